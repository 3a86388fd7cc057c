'use client'
// components/message/compare-page.tsx: two messages side by side: fields and properties that differ first, then the bodies line by
// line. JSON is compared as it means, not as it was laid out.
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'use-intl'
import type { MessageView } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { cn } from '../ui/cn'
import { CopyButton } from '../ui/copy'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { PageHead, Panel } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { fromBase64, hexLines } from './hex'
import { lineDiff, MOST_LINES } from './line-diff'

export const ComparePage = () => {
  const t = useTranslations('message.compare')
  const params = useSearchParams()
  const left = useMessage(params.get('a'))
  const right = useMessage(params.get('b'))
  const missing = params.get('a') === null || params.get('b') === null
  const error = left.error ?? right.error
  return (
    <>
      <PageHead title={t('title')} about={t('about')} />
      {missing ? (
        <Panel>
          <Empty title={t('none')}>{t('noneText')}</Empty>
        </Panel>
      ) : error ? (
        <QueryFault
          error={error}
          onRetry={() => {
            void left.refetch()
            void right.refetch()
          }}
        />
      ) : left.data === undefined || right.data === undefined ? (
        <Skeleton lines={12} />
      ) : (
        <>
          <FieldsPanel left={left.data} right={right.data} />
          <BodyPanel left={left.data} right={right.data} />
        </>
      )}
    </>
  )
}
const useMessage = (offsetId: string | null) => {
  const trpc = useTRPC()
  const cluster = useClusterId()
  return useQuery(
    trpc.message.get.queryOptions(
      { cluster, offsetId: offsetId ?? '', whole: true },
      { enabled: offsetId !== null, meta: { still: true }, staleTime: Number.POSITIVE_INFINITY },
    ),
  )
}

const FieldsPanel = ({ left, right }: { left: MessageView; right: MessageView }) => {
  const t = useTranslations('message.compare')
  const format = useFormat()
  const cluster = useClusterId()
  const fieldsOf = ({ row }: MessageView): [string, string][] => [
    [t('field.topic'), row.topic],
    [t('field.place'), `${row.broker}/${row.queueId} @ ${format.count(row.queueOffset)}`],
    [t('field.id'), row.uniqueId ?? ''],
    [t('field.stored'), format.isoTime(row.storedAt)],
    [t('field.born'), format.isoTime(row.bornAt)],
    [t('field.host'), row.bornHost],
    [t('field.tries'), format.count(row.reconsumeTimes)],
    [t('field.size'), format.count(row.sizeBytes)],
  ]
  const other = new Map(fieldsOf(right))
  const fields = fieldsOf(left).map(([name, value]) => ({ name, left: value, right: other.get(name) ?? '' }))
  const propertiesOf = ({ systemProperties, userProperties }: MessageView) => ({
    ...systemProperties,
    ...userProperties,
  })
  const [a, b] = [propertiesOf(left), propertiesOf(right)]
  const properties = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((name) => ({ name, left: a[name] ?? null, right: b[name] ?? null }))
  const rows = [...fields, ...properties]
  const sorted = [...rows].sort((x, y) => Number(x.left === x.right) - Number(y.left === y.right))
  const differing = rows.filter((row) => row.left !== row.right).length
  return (
    <Panel ruled title={t('fields')} about={t('differ', { count: differing })}>
      <Table density="compact">
        <thead>
          <tr>
            <Th className="w-48 max-sm:w-28">{t('name')}</Th>
            {[left, right].map(({ row }, side) => (
              <Th key={side === 0 ? 'left' : 'right'}>
                <span className="flex min-w-0 items-center gap-1">
                  <Link href={clusterHref(cluster, 'messages', row.offsetId)} className="mono min-w-0 truncate">
                    {row.uniqueId ?? row.offsetId}
                  </Link>
                  <CopyButton text={row.offsetId} what={t('offsetId')} />
                </span>
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <Tr key={row.name} className={row.left === row.right ? undefined : 'bg-warn-wash'}>
              <Td>
                <span className="flex items-center gap-1.5">
                  {row.left !== row.right && <Mark state="warn" label={t('differs')} />}
                  <Name>{row.name}</Name>
                </span>
              </Td>
              {[row.left, row.right].map((value, side) => (
                <Td key={side === 0 ? 'left' : 'right'} className="mono" title={value ?? undefined}>
                  {value === null ? <span className="text-ink-3">{t('absent')}</span> : value}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  )
}

/** Fields of an object in one order, since their order means nothing. */
const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, ordered(inner)]),
        )
      : value
const linesOf = ({ body }: MessageView, json: boolean): string[] => {
  if (body === null) return []
  if (body.text === null)
    return hexLines(fromBase64(body.base64), MOST_LINES + 1).map(({ hex, text }) => `${hex}  ${text}`)
  return (json ? JSON.stringify(ordered(JSON.parse(body.text)), null, 2) : body.text).split('\n')
}

const BodyPanel = ({ left, right }: { left: MessageView; right: MessageView }) => {
  const t = useTranslations('message.compare')
  if (left.body === null || right.body === null)
    return (
      <Panel ruled title={t('body')}>
        <Empty title={t('forbidden')} />
      </Panel>
    )
  if (left.body.base64 === right.body.base64)
    return (
      <Panel ruled title={t('body')}>
        <Empty title={t('sameBody')} />
      </Panel>
    )
  const json = left.body.json && right.body.json
  const lines = lineDiff(linesOf(left, json), linesOf(right, json))
  const changes = lines?.filter(({ kind }) => kind !== 'both').length ?? 0
  return (
    <Panel ruled title={t('body')} about={json ? t('asJson') : left.body.text === null ? t('asHex') : t('asText')}>
      {lines === null ? (
        <Empty title={t('tooLong')} />
      ) : changes === 0 ? (
        <Empty title={t('sameMeaning')} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        <section tabIndex={0} aria-label={t('body')} className="max-h-[640px] overflow-auto py-1.5">
          {lines.map(({ kind, text }, at) => (
            <pre
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              key={at}
              className={cn(
                'mono w-max min-w-full px-3 text-xs leading-[18px]',
                kind === 'left' && 'bg-crit-wash text-crit',
                kind === 'right' && 'bg-ok-wash text-ok',
              )}
            >
              {kind === 'both' ? '  ' : kind === 'left' ? '− ' : '+ '}
              {text}
            </pre>
          ))}
        </section>
      )}
    </Panel>
  )
}
