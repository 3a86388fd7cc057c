'use client'
// components/broker/broker-runtime.tsx: how one broker does: figures, history, and its whole runtime table in named groups with
// units, or raw as it came.
import dynamic from 'next/dynamic'
import { useQueryState } from 'nuqs'
import { useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown, type Known } from '../../server/shared/known'
import type { BrokerView, RuntimeEntry } from '../../server/shared/views'
import { FilterBox } from '../data-table'
import { Moment, type Parts, UnknownWord, useFormat } from '../format'
import { Figure, Figures, Panel } from '../ui/panel'
import { NoMatch, Partial, Skeleton, Unsupported } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { BrokerDrain } from './broker-drain'
import { runtimeKind } from './runtime-units'
import { useBroker } from './use-broker'

export function BrokerRuntime() {
  const { data } = useBroker()
  if (!data) return null
  return (
    <>
      <RuntimeFigures view={data} />
      <BrokerDrain view={data} />
      <BrokerHistory />
      <RuntimeTable view={data} />
    </>
  )
}

function RuntimeFigures({ view }: { view: BrokerView }) {
  const t = useTranslations('broker')
  const format = useFormat()
  const { row, at } = view
  const shown = (figure: Known<number>, draw: (value: number) => Parts) =>
    isKnown(figure)
      ? { value: draw(figure.value).digits, unit: draw(figure.value).unit }
      : { value: <UnknownWord reason={figure.unknown} /> }
  const note = (figure: Known<number>, say: (value: number) => string) =>
    isKnown(figure) ? say(figure.value) : undefined
  /** Of a silent broker the last value stays, with its age. */
  const asOf = (figure: Known<number>) =>
    row.state === 'silent' && isKnown(figure) ? (
      <span className="text-warn">{t('figure.asOf', { age: format.ago(Math.max(1000, at - figure.at)) })}</span>
    ) : null
  return (
    <Figures>
      <Figure
        label={t('figure.in')}
        {...shown(row.inPerSecond, format.rate)}
        note={note(row.inBytesPerSecond, format.byteRate)}
      />
      <Figure
        label={t('figure.out')}
        {...shown(row.outPerSecond, format.rate)}
        note={note(row.outBytesPerSecond, format.byteRate)}
      />
      <Figure
        label={t('figure.p99')}
        {...shown(row.putP99Ms, format.durationParts)}
        note={
          asOf(row.putP99Ms) ?? note(row.pageCacheBusyMs, (ms) => t('figure.pageCache', { time: format.duration(ms) }))
        }
      />
      <Figure
        label={t('figure.disk')}
        {...shown(row.diskRatio, (share) => ({ digits: (share * 100).toFixed(1), unit: '%' }))}
        note={
          asOf(row.diskRatio) ?? note(row.diskCleanRatio, (share) => t('cleansAt', { share: (share * 100).toFixed(0) }))
        }
      />
      <Figure
        label={t('figure.log')}
        {...shown(row.commitLogBytes, format.bytesParts)}
        note={
          asOf(row.commitLogBytes) ??
          note(row.startedAt, (started) => t('figure.up', { span: format.duration(Math.max(1000, at - started)) }))
        }
      />
      <Figure
        label={t('figure.queues')}
        {...shown(row.sendQueue, (value) => ({ digits: format.count(value), unit: '' }))}
        note={note(row.sendHeadWaitMs, (ms) => t('figure.headWait', { time: format.duration(ms) }))}
      />
    </Figures>
  )
}

/** The chart library comes after the figures. */
const BrokerHistory = dynamic(() => import('./broker-history').then((room) => room.BrokerHistory), {
  ssr: false,
  loading: () => (
    <Panel className="h-[232px]">
      <Skeleton lines={5} className="py-2" />
    </Panel>
  ),
})

const groupOrder: readonly RuntimeEntry['group'][] = [
  'traffic',
  'latency',
  'storage',
  'queues',
  'schedule',
  'memory',
  'other',
]

function RuntimeTable({ view }: { view: BrokerView }) {
  const t = useTranslations('broker')
  const [q, setQ] = useQueryState('q', { defaultValue: '' })
  const [raw, setRaw] = useState<'parsed' | 'raw'>('parsed')
  const entries = isKnown(view.runtime) ? view.runtime.value : []
  const shown = useMemo(() => {
    const wanted = q.toLowerCase()
    return entries.filter(
      ({ key, value }) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
    )
  }, [entries, q])
  return (
    <Panel
      title={t('runtime.title')}
      about={isKnown(view.runtime) ? t('runtime.count', { count: entries.length }) : undefined}
      ruled
      className="flex-none"
      aux={
        <>
          <FilterBox
            value={q}
            onChange={(next) => void setQ(next || null)}
            placeholder={t('runtime.filter')}
            className="w-56"
          />
          <Segmented
            label={t('runtime.view')}
            value={raw}
            onChange={setRaw}
            choices={[
              { value: 'parsed', label: t('runtime.parsed') },
              { value: 'raw', label: t('runtime.raw') },
            ]}
          />
        </>
      }
    >
      {!isKnown(view.runtime) ? (
        <Unsupported title={<UnknownWord reason={view.runtime.unknown} />}>{t('runtime.none')}</Unsupported>
      ) : shown.length === 0 ? (
        <NoMatch title={t('runtime.noMatch', { count: entries.length })} onClear={() => void setQ(null)} />
      ) : (
        <div className="columns-1 gap-0 md:columns-2 xl:columns-3 [&>section]:break-inside-avoid">
          {groupOrder.map((group) => {
            const some = shown.filter((entry) => entry.group === group)
            return some.length === 0 ? null : (
              <section key={group} className="pb-2">
                <h3 className="narrow px-3 pt-2 pb-1 text-xs font-medium text-ink-3">{t(`runtime.group.${group}`)}</h3>
                <dl>
                  {some.map((entry) => (
                    <div key={entry.key} className="mx-3 flex items-baseline gap-3 border-b border-hair py-1 text-sm">
                      <dt className="mono min-w-0 truncate text-ink-2" title={entry.key}>
                        {entry.key}
                      </dt>
                      <dd className="tnum ml-auto min-w-0 truncate text-right" title={entry.value}>
                        {raw === 'raw' ? <span className="mono">{entry.value}</span> : <Parsed entry={entry} />}
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          })}
        </div>
      )}
      {view.row.state === 'silent' ? <Partial>{t('runtime.stale')}</Partial> : null}
    </Panel>
  )
}

function Parsed({ entry }: { entry: RuntimeEntry }) {
  const format = useFormat()
  const { key, value } = entry
  const number = Number(value)
  switch (runtimeKind(key, value)) {
    case 'bytes':
      return number < 0 ? value : format.bytes(number)
    case 'ms':
      return number < 0 ? value : format.duration(number)
    case 'at':
      return number > 0 ? <Moment at={number} /> : '–'
    case 'ratio':
      return number < 0 ? value : format.percent(number)
    case 'count':
      return /^-?\d+$/.test(value) ? format.count(value) : value
    case 'numbers':
      return value
        .split(' ')
        .map((one) => format.rateDigits(Number(one)))
        .join(' · ')
    case 'text':
      return value
  }
}
