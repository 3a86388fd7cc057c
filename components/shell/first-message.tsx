'use client'
// components/shell/first-message.tsx: sends a message through the cluster and reads it back from its queue, before the
// reader's eyes: the proof that all of it works, with the time each step took.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, Send } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { useTRPC } from '../trpc/client'
import { faultOf } from '../trpc/fault'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { clusterHref } from './address'
import { QueryFault } from './fault'

const TOPIC = 'hello'
const TRIES = 20
const BETWEEN_MS = 150

interface Trip {
  readonly id: string
  readonly queue: string
  readonly sendMs: number
  readonly storedAfterMs: number
  readonly readMs: number
}

export function FirstMessage({ cluster }: { cluster: string }) {
  const t = useTranslations('shell.first')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const create = useMutation(trpc.topic.create.mutationOptions()).mutateAsync
  const send = useMutation(trpc.message.send.mutationOptions()).mutateAsync

  const trip = useMutation({
    mutationFn: async (): Promise<Trip> => {
      await create({ cluster, topic: TOPIC, readQueues: 4, writeQueues: 4 }).catch((error) => {
        if (faultOf(error)?.kind !== 'exists') throw error
      })
      const began = performance.now()
      const sent = await sendWithPatience(() =>
        send({ cluster, topic: TOPIC, body: { kind: 'text', value: t('body') }, tag: 'first' }),
      )
      const { broker, queueId, queueOffset } = sent
      const asked = performance.now()
      const read = await cache.fetchQuery(
        trpc.message.byOffset.queryOptions({ cluster, topic: TOPIC, broker, queueId, queueOffset }, { staleTime: 0 }),
      )
      const done = performance.now()
      return {
        id: sent.uniqueId || sent.offsetId,
        queue: `${broker}/${queueId} @ ${queueOffset}`,
        sendMs: sent.tookMs || asked - began,
        storedAfterMs: Math.max(0, read.row.storedAt - read.row.bornAt),
        readMs: done - asked,
      }
    },
  })
  const { data, error } = trip
  return (
    <Panel
      title={t('title')}
      about={
        <>
          {t('topic')} <span className="mono">{TOPIC}</span>
        </>
      }
      ruled
      aux={
        <Button size="sm" busy={trip.isPending} onClick={() => trip.mutate()}>
          {data || error ? <RotateCcw /> : <Send />}
          {data || error ? t('again') : t('send')}
        </Button>
      }
    >
      {error ? (
        <QueryFault error={error} onRetry={() => trip.mutate()} />
      ) : data ? (
        <div className="px-4 pt-3.5 pb-2.5">
          <Bars
            label={t('bars')}
            bars={[
              { name: t('sent'), from: 0, ms: data.sendMs, colour: 'var(--series-in)' },
              { name: t('read'), from: data.sendMs, ms: data.readMs, colour: 'var(--series-out)' },
            ]}
          />
          <p className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" role="status">
            <span className="flex items-center gap-1.5">
              <Mark state="ok" />
              <span>
                {t.rich('done', {
                  time: format.duration(data.sendMs + data.readMs),
                  b: (words) => <b className="tnum font-strong">{words}</b>,
                })}
              </span>
            </span>
            <span className="mono text-ink-3">{data.queue}</span>
            <Link quiet href={`${clusterHref(cluster, 'messages')}?q=${data.id}`} className="mono text-ink-3">
              {data.id}
            </Link>
            <CopyButton text={data.id} />
          </p>
        </div>
      ) : (
        <p className="px-3 py-4 text-sm text-ink-3">{t('note')}</p>
      )}
    </Panel>
  )
}

/** A topic made a moment ago is not in every route yet. */
async function sendWithPatience<T>(send: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await send()
    } catch (error) {
      if (faultOf(error)?.kind !== 'not-found' || tried === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    }
  }
}

interface Bar {
  readonly name: string
  readonly from: number
  readonly ms: number
  readonly colour: string
}
/** Steps one after the other on one axis of milliseconds. */
function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const format = useFormat()
  const most = Math.max(...bars.map(({ from, ms }) => from + ms), 0.5)
  const step = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((size) => most / size <= 4) ?? 10_000
  const end = step * 4.6
  const ticks = [0, 1, 2, 3, 4].map((tick) => tick * step)
  const at = (ms: number) => `${(ms / end) * 100}%`
  return (
    <div
      role="img"
      aria-label={`${label}: ${bars.map(({ name, ms }) => `${name} ${format.duration(ms)}`).join(', ')}`}
      className="grid grid-cols-[92px_minmax(0,1fr)] text-xs text-ink-2"
    >
      {bars.map(({ name, from, ms, colour }) => (
        <div key={name} className="contents">
          <span className="text-sm/[24px]">{name}</span>
          <span className="relative h-6 border-l border-line">
            {ticks.slice(1).map((tick) => (
              <i key={tick} className="absolute inset-y-0 w-px bg-(--grid)" style={{ left: at(tick) }} />
            ))}
            <i
              className="mark absolute top-[6px] h-[11px] min-w-0.5 rounded-[2px]"
              style={{ left: at(from), width: at(ms), background: colour }}
            />
            <span className="tnum absolute top-1 whitespace-nowrap pl-1.5" style={{ left: at(from + ms) }}>
              {format.duration(ms)}
            </span>
          </span>
        </div>
      ))}
      <span />
      <span className="relative h-4">
        {ticks.map((tick) => (
          <span
            key={tick}
            className="tnum absolute -translate-x-1/2 text-2xs text-ink-3 first:translate-x-0"
            style={{ left: at(tick) }}
          >
            {tick === 0 ? '0 ms' : format.duration(tick)}
          </span>
        ))}
      </span>
    </div>
  )
}
