'use client'
// components/group/group-filter.tsx: the script that says which messages a group gets: what it did at each broker, how often
// it failed, and the sheet in which it is written.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileCode2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import { parseBrokerKey } from '../../server/shared/names'
import type { ApplyResult, GroupFilter, GroupFilterRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { count, Moment } from '../format'
import { UnknownWord } from '../format/known'
import { ClusterName } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Code } from '../ui/code'
import { Sheet } from '../ui/dialog'
import { Field, Input, Textarea } from '../ui/input'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { Table, Td, Th, Tr } from '../ui/table'
import { useToast } from '../ui/toast'
import { TryFilter } from './try-filter'
import { useGroupAt } from './use-group'

const mostMs = 1000
const example = `// Called for each message the subscription lets through.
// message: topic, tags, keys, properties, body (text), bodySize,
// queueId, queueOffset, bornTimestamp, storeTimestamp, reconsumeTimes
function match(message) {
  return Number(message.properties.amount) >= 100
}
`

export const GroupFilterPanel = () => {
  const at = useGroupAt()
  const t = useTranslations('group.filter')
  const trpc = useTRPC()
  const query = useQuery(trpc.group.filter.queryOptions(at))
  const [editing, setEditing] = useState(false)
  const whyNot = useWhyNot()
  // A script can be tried where nothing may be changed.
  const mayNot = whyNot('group.write', false) ?? whyNot('message.read')
  const held = query.data?.map(scriptOf).find((one) => one !== null) ?? null
  const isSupported = query.data?.some(({ filter }) => isKnown(filter)) ?? false
  return (
    <>
      <Panel
        title={t('title')}
        aux={
          <Button
            size="sm"
            reason={mayNot ?? (isSupported ? undefined : t('notSupported'))}
            onClick={() => setEditing(true)}
          >
            <FileCode2 />
            {held === null ? t('write') : t('change')}
          </Button>
        }
      >
        <Region query={query}>
          {(rows) => (held === null ? <Nothing rows={rows} /> : <Brokers rows={rows} source={held.source} />)}
        </Region>
      </Panel>
      {/* What is typed stays, though all brokers be silent meanwhile. */}
      {(isSupported || editing) && (
        <EditFilter
          key={`${editing}`}
          {...at}
          held={held}
          rows={query.data ?? []}
          open={editing}
          onOpenChange={setEditing}
        />
      )}
    </>
  )
}
const scriptOf = ({ filter }: GroupFilterRow): GroupFilter | null => (isKnown(filter) ? filter.value : null)

const Nothing = ({ rows }: { rows: readonly GroupFilterRow[] }) => {
  const t = useTranslations('group.filter')
  return rows.some(({ filter }) => isKnown(filter)) ? (
    <Empty title={t('none')}>{t('noneText')}</Empty>
  ) : (
    <Empty title={t('notSupported')}>{t('notSupportedText')}</Empty>
  )
}

const Brokers = ({ rows, source }: { rows: readonly GroupFilterRow[]; source: string }) => {
  const t = useTranslations('group.filter')
  return (
    <>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('broker')}
        className="overflow-x-auto"
      >
        <Table className="min-w-[640px]">
          <thead>
            <tr>
              <Th className="w-40">{t('broker')}</Th>
              <Th className="w-28 text-right">{t('passed')}</Th>
              <Th className="w-28 text-right">{t('leftOut')}</Th>
              <Th className="w-24 text-right">{t('faults')}</Th>
              <Th className="w-32">{t('onFault')}</Th>
              <Th>{t('state')}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ broker, filter }) => (
              <Tr key={broker}>
                <Td className="mono">{broker}</Td>
                {isKnown(filter) && filter.value !== null && isIdleSlave(broker, filter.value) ? (
                  <Td colSpan={5} className="whitespace-normal py-1.5 text-ink-3 text-sm">
                    {t('slave')}
                  </Td>
                ) : isKnown(filter) && filter.value !== null ? (
                  <Figures filter={filter.value} />
                ) : (
                  <Td colSpan={5} className="text-warn">
                    {isKnown(filter) ? t('missing') : <UnknownWord reason={filter.unknown} />}
                  </Td>
                )}
              </Tr>
            ))}
          </tbody>
        </Table>
      </section>
      <div className="p-3">
        <Code label={t('source')} className="max-h-72">
          {source}
        </Code>
      </div>
    </>
  )
}

/** A slave has the script too, for when it serves reads: until then its zeros would say that nothing passed. */
const isIdleSlave = (broker: string, { passed, leftOut, faults }: GroupFilter): boolean =>
  parseBrokerKey(broker)?.id !== 0 && passed + leftOut + faults === 0

const Figures = ({ filter }: { filter: GroupFilter }) => {
  const t = useTranslations('group.filter')
  const isResting = filter.restsUntil !== null && filter.restsUntil > Date.now()
  return (
    <>
      <Td className="mono text-right">{count(filter.passed)}</Td>
      <Td className="mono text-right">{count(filter.leftOut)}</Td>
      <Td className={`mono text-right ${filter.faults > 0 ? 'text-crit' : ''}`}>{count(filter.faults)}</Td>
      <Td>{t(`of.${filter.onFault}`)}</Td>
      <Td className="whitespace-normal py-1.5 text-sm">
        {isResting ? (
          <span className="text-crit">
            {t('rests')} <Moment at={filter.restsUntil ?? 0} />
          </span>
        ) : filter.lastFault === null ? (
          <span className="text-ink-3">{t('fine')}</span>
        ) : null}
        {filter.lastFault !== null && (
          <span className="block text-ink-2">
            {filter.lastFaultAt !== null && <Moment at={filter.lastFaultAt} />}{' '}
            <span className="mono break-words text-xs">{filter.lastFault}</span>
          </span>
        )}
      </Td>
    </>
  )
}

interface EditProps {
  cluster: string
  group: string
  held: GroupFilter | null
  rows: readonly GroupFilterRow[]
  open: boolean
  onOpenChange: (open: boolean) => void
}
const EditFilter = ({ cluster, group, held, rows, open, onOpenChange }: EditProps) => {
  const t = useTranslations('group.filter')
  const common = useTranslations('group.create')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [source, setSource] = useState(held?.source ?? example)
  const [onFault, setOnFault] = useState<GroupFilter['onFault']>(held?.onFault ?? 'open')
  const [limit, setLimit] = useState(String(held?.timeLimitMs ?? 20))
  // what was there when it was opened: what somebody else sets meanwhile is not overwritten unseen
  const [seen, setSeen] = useState(() =>
    rows.flatMap(({ broker, filter }) => (isKnown(filter) ? [{ broker, setAt: filter.value?.setAt ?? 0 }] : [])),
  )
  const done = (text: string) => async (result: ApplyResult) => {
    await cache.invalidateQueries(trpc.group.filter.queryFilter({ cluster, group }))
    // another try replaces what this one has put
    setSeen((all) => all.filter(({ broker }) => !result.rows.some((row) => row.ok && row.item === broker)))
    if (result.failed > 0) return
    toast({ text })
    onOpenChange(false)
  }
  const save = useMutation(trpc.group.setFilter.mutationOptions({ onSuccess: done(t('saved')) }))
  const remove = useMutation(trpc.group.removeFilter.mutationOptions({ onSuccess: done(t('removed')) }))
  const mayNotChange = useWhyNot()('group.write')
  const limitMs = /^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= mostMs ? Number(limit) : null
  const unfit = source.trim() === '' ? t('empty') : limitMs === null ? t('limitRange', { most: mostMs }) : undefined
  const failed = [save.data, remove.data].flatMap((data) => data?.rows.filter((row) => !row.ok) ?? [])
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="pane"
      title={held === null ? t('write') : t('change')}
      about={
        <>
          <span className="mono truncate text-ink">{group}</span> {common('on')} <ClusterName />
        </>
      }
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={() => onOpenChange(false)}>
            {common('cancel')}
          </Button>
          <Button
            look="primary"
            className="h-8"
            busy={save.isPending}
            reason={mayNotChange ?? unfit}
            onClick={() =>
              limitMs !== null && save.mutate({ cluster, group, source, onFault, timeLimitMs: limitMs, seen })
            }
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3.5">
        <Field label={t('source')} hint={t('sourceHint')}>
          <Textarea mono rows={16} value={source} onChange={(event) => setSource(event.target.value)} />
        </Field>
        <div className="flex flex-col gap-1">
          <span className="text-ink-2 text-xs">{t('onFaultLong')}</span>
          <Segmented
            label={t('onFaultLong')}
            value={onFault}
            onChange={setOnFault}
            className="self-start"
            choices={[
              { value: 'open', label: t('of.open') },
              { value: 'closed', label: t('of.closed') },
            ]}
          />
          <p className="text-ink-3 text-xs">{t(`hintOf.${onFault}`)}</p>
        </div>
        <Field
          label={t('limit')}
          hint={t('limitHint')}
          error={limitMs === null ? t('limitRange', { most: mostMs }) : undefined}
          className="w-48"
        >
          <Input inputMode="numeric" value={limit} onChange={(event) => setLimit(event.target.value)} />
        </Field>
        <TryFilter cluster={cluster} group={group} source={source} timeLimitMs={limitMs} reason={unfit} />
        {save.error && <QueryFault error={save.error} className="px-0 py-1" />}
        {failed.length > 0 && (
          <ul role="alert" className="text-crit text-sm">
            {failed.map((row) => (
              <li key={row.item}>
                <span className="mono">{row.item}</span>: {row.error}
              </li>
            ))}
          </ul>
        )}
        {held !== null && (
          <TypedName
            name={group}
            effect={t('remove')}
            note={t('removeNote')}
            reason={mayNotChange}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={(confirm) => remove.mutate({ cluster, group, confirm })}
          />
        )}
      </div>
    </Sheet>
  )
}
