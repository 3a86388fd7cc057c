'use client'
// components/message/waiting-table.tsx: messages that wait, as a list to look through and to tick for a decision; and whom the
// console could not ask. What may be decided, and what the columns are, is its page's to say.
import { type ReactNode, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import type { WaitingAct, WaitingMessage } from '../../server/shared/views'
import { waitingKey } from '../../server/shared/waiting-key'
import { type Column, DataTable } from '../data-table'
import { Name, useFormat } from '../format'
import { topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { Button } from '../ui/button'
import { Link } from '../ui/link'
import { NoMatch, Partial } from '../ui/region'
import { waitingMatching } from './waiting-list'
import type { Wanted } from './waiting-sheet'

/** What can be done with those ticked. */
export interface Deciding {
  readonly act: WaitingAct
  readonly look: 'danger' | 'primary'
  readonly text: string
}

export const WaitingTable = <Row extends WaitingMessage & { producerGroup?: string }>(props: {
  label: string
  columns: readonly Column<Row>[]
  /** undefined while they are asked for. */
  all: readonly Row[] | undefined
  query: { error: unknown; isFetching: boolean; isPending: boolean; refetch: () => unknown }
  q: string
  onClear: () => void
  /** Instead of the list when nothing waits. */
  empty: ReactNode
  decide: readonly Deciding[]
  onDecide: (wanted: Wanted) => void
  foot?: ReactNode
  /** The page's own list: driven by keys, and as high as there is room. */
  isMain?: boolean
}) => {
  const { label, columns, all, query, q, isMain = false } = props
  const w = useTranslations('waiting')
  const format = useFormat()
  const rows = useMemo(() => waitingMatching(all, q), [all, q])
  const mayNot = useWhyNot()('message.resolve')
  return (
    <DataTable
      label={label}
      density="compact"
      columns={columns}
      rows={rows}
      rowKey={waitingKey}
      {...(isMain
        ? { keyboard: true, refetching: query.isFetching && !query.isPending }
        : { scrolls: false, skeletonRows: 2 })}
      bulk={(waiting, untick) => (
        <>
          <b className="font-strong">{w('ticked', { count: waiting.length })}</b>
          <Button look="ghost" onClick={untick}>
            {w('untick')}
          </Button>
          {props.decide.map(({ act, look, text }) => (
            <Button key={act} look={look} reason={mayNot} onClick={() => props.onDecide({ act, waiting })}>
              {text}
            </Button>
          ))}
        </>
      )}
      instead={
        query.error !== null && all === undefined ? (
          <QueryFault error={query.error} onRetry={() => void query.refetch()} />
        ) : all?.length === 0 ? (
          props.empty
        ) : rows?.length === 0 ? (
          <NoMatch title={w('noMatch', { total: format.count(all?.length ?? 0) })} onClear={props.onClear} />
        ) : undefined
      }
      foot={props.foot}
    />
  )
}

/** Which message, and of which topic: how the columns of every such list begin. */
export const useNameColumns = (heads: { key: string; topic: string }): readonly Column<WaitingMessage>[] => {
  const cluster = useClusterId()
  return [
    {
      id: 'key',
      head: heads.key,
      name: heads.key,
      priority: 0,
      card: 'name',
      cell: (row) => <Name>{row.keys.length > 0 ? row.keys.join(' ') : (row.uniqueId ?? row.offsetId)}</Name>,
    },
    {
      id: 'topic',
      head: heads.topic,
      name: heads.topic,
      widthPx: 200,
      priority: 0,
      card: 'value',
      cell: (row) => (
        <Link quiet href={topicHref(cluster, row.topic)}>
          <Name>{row.topic}</Name>
        </Link>
      ),
    },
  ]
}

export const MissingLine = (props: { who: readonly { who: string }[] | undefined; onRetry: () => void }) => {
  const w = useTranslations('waiting')
  return props.who === undefined || props.who.length === 0 ? null : (
    <Partial onRetry={props.onRetry}>{w('missing', { who: props.who.map(({ who }) => who).join(', ') })}</Partial>
  )
}
