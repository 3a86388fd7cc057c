'use client'
// components/message/send-results.tsx: what brokers answered to what was sent, the newest first. A status other than OK is a
// warning with its meaning; what waits lies in a queue of the system, and is shown where it will be seen: not by that place.
import { useTranslations } from 'use-intl'
import type { SendResult } from '../../server/shared/views'
import { useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { CopyButton } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'

export interface Sent {
  readonly topic: string
  readonly result: SendResult
  /** More than one: a batch, of which the result names the first. */
  readonly count: number
  readonly at: number
}
/** Where it is to be looked for now. */
const whereOf = ({ ended, waitsUntil }: SendResult): 'place' | 'scheduled' | 'transactions' | 'search' | 'nowhere' => {
  if (ended === 'unknown') return 'transactions'
  if (ended !== undefined) return ended === 'commit' ? 'search' : 'nowhere'
  return waitsUntil === undefined ? 'place' : 'scheduled'
}

export const SendResults = ({ results }: { results: readonly Sent[] }) => {
  const t = useTranslations('message.send')
  const format = useFormat()
  const cluster = useClusterId()
  const newest = results[0]
  if (newest === undefined)
    return (
      <Panel ruled title={t('results')}>
        <p className="px-3 py-4 text-ink-3 text-sm">{t('noResult')}</p>
      </Panel>
    )
  const { result, count } = newest
  const { status } = result
  return (
    <Panel ruled title={t('results')} about={format.count(results.reduce((sum, one) => sum + one.count, 0))}>
      <div role="status" className="border-hair border-b px-3 py-3">
        <p className="flex items-center gap-2 text-sm">
          <Mark state={status === 'SEND_OK' ? 'ok' : 'warn'} />
          <b className="mono font-strong">{status}</b>
          <span className="text-ink-3">
            {count > 1 && `${t('lines', { count })} · `}
            {t('took', { span: format.duration(result.tookMs) })}
          </span>
        </p>
        {status !== 'SEND_OK' && <p className="mt-1 text-sm text-warn">{t(`status.${status}`)}</p>}
        {result.ended && <p className="mt-1 text-ink-2 text-sm">{t(`ended.${result.ended}`)}</p>}
        {result.waitsUntil !== undefined && (
          <p className="mt-1 text-ink-2 text-sm">
            {result.waitsUntil === null
              ? t('waits')
              : t('waitsUntil', { time: format.fullTime(result.waitsUntil), zone: format.zoneLabel() })}
          </p>
        )}
        <p className="mono mt-1.5 flex items-center gap-1 text-sm">
          {whereOf(result) === 'place' ? (
            <Link href={messageHref(cluster, newest)} className="truncate">
              {result.uniqueId}
            </Link>
          ) : (
            <span className="truncate">{result.uniqueId}</span>
          )}
          <CopyButton text={result.uniqueId} what={t('id')} />
        </p>
        <p className="text-sm">
          <Where sent={newest} quiet />
        </p>
      </div>
      {results.length > 1 && (
        <Table density="compact">
          <thead>
            <tr>
              <Th className="w-24">{t('sentAt')}</Th>
              <Th>{t('place')}</Th>
              <Th number className="w-20">
                {t('ms')}
              </Th>
            </tr>
          </thead>
          <tbody>
            {results.slice(1).map((sent) => (
              <Tr key={sent.result.uniqueId}>
                <Td className="tnum text-ink-2">{format.clockSeconds(sent.at)}</Td>
                <Td>
                  <Where sent={sent} />
                </Td>
                <Td number>{format.duration(sent.result.tookMs)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  )
}

const messageHref = (cluster: string, { topic, result }: Sent): string =>
  `${clusterHref(cluster, 'messages', result.offsetId)}?topic=${encodeURIComponent(topic)}`

/** `quiet`: its place as words, beside a link that leads there. */
const Where = ({ sent, quiet = false }: { sent: Sent; quiet?: boolean }) => {
  const { topic, result, count } = sent
  const t = useTranslations('message.send')
  const format = useFormat()
  const cluster = useClusterId()
  const where = whereOf(result)
  const of = (page: string, query: Record<string, string>): string =>
    `${clusterHref(cluster, page)}?${new URLSearchParams(query)}`
  if (where === 'nowhere') return <span className="text-ink-3">{t('where.nowhere')}</span>
  if (where !== 'place')
    return (
      <Link
        href={
          where === 'search'
            ? of('messages', { q: result.uniqueId, by: 'id', topic })
            : of(where, { q: result.uniqueId })
        }
        title={result.uniqueId}
      >
        {t(`where.${where}`)}
      </Link>
    )
  const last = result.queueOffset + BigInt(count - 1)
  const place = `${result.broker}/${result.queueId} @ ${format.count(result.queueOffset)}${count > 1 ? `–${format.count(last)}` : ''}`
  return quiet ? (
    <span className="mono text-ink-2">{place}</span>
  ) : (
    <Link href={messageHref(cluster, sent)} className="mono" title={result.uniqueId}>
      {place}
    </Link>
  )
}
