'use client'
// components/message/scheduled-page.tsx: what will be delivered later: timed messages, which can be called back, and the delay
// levels, which cannot; when they come due, and whether timers keep up.
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { DelayLevel, TimedRow, Timetable } from '../../server/shared/views'
import { type Column, FilterBox } from '../data-table'
import { NotApplicable, useFormat } from '../format'
import { useClusterId } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { PageHead, Panel, PanelFoot } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { dueSlices } from './waiting-list'
import { WaitingSheet, type Wanted } from './waiting-sheet'
import { MissingLine, useNameColumns, WaitingTable } from './waiting-table'

const keys = { q: parseAsString.withDefault('') }
/** Later than this, something is wrong. */
const LATE_MS = 1000

export const ScheduledPage = () => {
  const t = useTranslations('waiting.scheduled')
  const format = useFormat()
  const trpc = useTRPC()
  const cluster = useClusterId()
  const [{ q }, set] = useQueryStates(keys, { history: 'replace' })
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const query = useQuery(trpc.waiting.timetable.queryOptions({ cluster }))
  const table = query.data
  const columns = useColumns()
  const levels = table?.levels.reduce((sum, { waiting }) => sum + waiting, 0) ?? 0
  return (
    <>
      <PageHead
        title={t('title')}
        about={
          table && (
            <span className="tnum">
              {t('about', { timed: format.count(table.timed.length), levels: format.count(levels) })}
            </span>
          )
        }
      />
      {table && table.timed.length > 0 && <DueChart rows={table.timed} at={table.at} />}
      <FilterBox
        value={q}
        onChange={(next) => void set({ q: next || null })}
        placeholder={t('contains')}
        className="w-[264px]"
      />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_360px] items-start gap-3 max-lg:grid-cols-1">
        <Panel title={t('timed')} about={t('timedAbout')} className="min-h-[260px]">
          <WaitingTable
            isMain
            label={t('timed')}
            columns={columns}
            all={table?.timed}
            query={query}
            q={q}
            onClear={() => void set({ q: null })}
            empty={<Empty title={t('none')}>{t('noneText')}</Empty>}
            decide={[{ act: 'recall', look: 'danger', text: t('recall') }]}
            onDecide={setWanted}
            foot={
              table &&
              table.kept > 0 && (
                <PanelFoot className="mt-0 min-h-8 bg-panel">
                  <span className="tnum min-w-0 truncate">
                    {t('read', { read: format.count(table.read), kept: format.count(table.kept) })}
                  </span>
                </PanelFoot>
              )
            }
          />
          <MissingLine who={table?.missing} onRetry={() => void query.refetch()} />
        </Panel>
        <div className="flex flex-col gap-3">
          <Panel ruled title={t('timers')}>
            <Region query={query} skeleton={<Skeleton lines={2} />}>
              {(one) => <Timers table={one} />}
            </Region>
          </Panel>
          <Panel title={t('levels')} about={t('levelsAbout')}>
            <Region query={query} skeleton={<Skeleton lines={8} />}>
              {(one) => <Levels levels={one.levels} />}
            </Region>
          </Panel>
        </div>
      </div>
      <WaitingSheet wanted={wanted} onClose={() => setWanted(null)} />
    </>
  )
}

const DueChart = ({ rows, at }: { rows: readonly TimedRow[]; at: number }) => {
  const t = useTranslations('waiting.scheduled')
  const format = useFormat()
  const { from, stepMs, counts } = dueSlices(
    rows.map(({ deliverAt }) => deliverAt),
    at,
  )
  const most = Math.max(1, ...counts)
  const end = from + stepMs * counts.length
  return (
    <Panel
      title={t('chart')}
      about={t('chartAbout', { span: format.duration(stepMs) })}
      className="flex-none"
      aux={<span className="tnum">{t('most', { count: format.count(most) })}</span>}
    >
      <div className="px-3 pb-2">
        <div
          role="img"
          aria-label={t('chartSummary', {
            count: format.count(rows.length),
            from: format.dayClock(from),
            to: format.dayClock(end),
          })}
          className="flex h-[72px] items-end gap-px border-line border-b"
        >
          {counts.map((count, slice) => (
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: a slice is its place
              key={slice}
              title={`${format.dayClock(from + slice * stepMs)} · ${format.count(count)}`}
              className={count > 0 ? 'min-w-0 flex-1 rounded-t-[1px] bg-(--series-in)' : 'min-w-0 flex-1'}
              style={{ height: count === 0 ? 0 : `max(2px, ${(count / most) * 100}%)` }}
            />
          ))}
        </div>
        <div className="tnum flex justify-between pt-1 text-2xs text-(--axis)" aria-hidden>
          <span>{t('now')}</span>
          <span>{format.dayClock(from + (stepMs * counts.length) / 2)}</span>
          <span>{format.dayClock(end)}</span>
        </div>
      </div>
    </Panel>
  )
}

const Timers = ({ table }: { table: Timetable }) => {
  const t = useTranslations('waiting.scheduled')
  const format = useFormat()
  return (
    <ul className="text-sm">
      {table.timers.map(({ broker, behindMs, waiting, recall }) => (
        <li key={broker} className="border-hair border-b px-3 py-1.5 last:border-b-0">
          <span className="flex items-center gap-1.5">
            <Mark state={behindMs === null ? 'off' : behindMs > LATE_MS ? 'warn' : 'ok'} />
            <span className="mono min-w-0 flex-1 truncate">{broker}</span>
            <span className={behindMs !== null && behindMs > LATE_MS ? 'text-warn' : 'text-ink-2'}>
              {behindMs === null
                ? t('noTimer')
                : behindMs > LATE_MS
                  ? t('behind', { span: format.duration(behindMs) })
                  : t('onTime')}
            </span>
          </span>
          <span className="tnum block pl-[18px] text-ink-3 text-xs">
            {waiting !== null && `${t('inTimer', { count: format.count(waiting) })} · `}
            {t(recall ? 'recallOn' : 'recallOff')}
          </span>
        </li>
      ))}
    </ul>
  )
}

const Levels = ({ levels }: { levels: readonly DelayLevel[] }) => {
  const t = useTranslations('waiting.scheduled')
  const format = useFormat()
  return (
    <Table density="compact">
      <thead>
        <tr>
          <Th className="w-14">{t('level')}</Th>
          <Th>{t('delay')}</Th>
          <Th number>{t('waits')}</Th>
          <Th className="w-[104px]">{t('first')}</Th>
        </tr>
      </thead>
      <tbody>
        {levels.map(({ level, delayMs, waiting, lateMs, firstDueAt }) => (
          <Tr key={`${level} ${delayMs}`} className={waiting === 0 ? 'text-ink-3' : undefined}>
            <Td className="tnum">{level}</Td>
            <Td className="tnum">{format.duration(delayMs)}</Td>
            <Td number>{format.count(waiting)}</Td>
            <Td>
              {lateMs > LATE_MS ? (
                <span className="flex items-center gap-1 text-warn">
                  <Mark state="warn" />
                  {t('late', { span: format.duration(lateMs) })}
                </span>
              ) : firstDueAt === null ? (
                <NotApplicable />
              ) : (
                <span className="tnum">{format.time(firstDueAt)}</span>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  )
}

const useColumns = (): readonly Column<TimedRow>[] => {
  const t = useTranslations('waiting.scheduled')
  const format = useFormat()
  const names = useNameColumns({ key: t('column.key'), topic: t('column.topic') })
  return [
    ...names,
    {
      id: 'due',
      head: t('column.due'),
      name: t('column.due'),
      widthPx: 200,
      priority: 0,
      card: 'value',
      cell: (row) => (
        <time className="mono" dateTime={format.isoTime(row.deliverAt)} title={format.isoTime(row.deliverAt)}>
          {format.fullTime(row.deliverAt)}
        </time>
      ),
    },
    {
      id: 'in',
      head: t('column.in'),
      name: t('column.in'),
      widthPx: 110,
      priority: 1,
      number: true,
      card: 'value',
      cell: (row) => <span suppressHydrationWarning>{format.duration(Math.max(0, row.deliverAt - Date.now()))}</span>,
    },
    {
      id: 'fixed',
      head: t('column.fixed'),
      name: t('column.fixed'),
      widthPx: 150,
      priority: 2,
      cell: (row) => (
        <span className={row.fixed === null ? undefined : 'text-ink-3'}>{t(`fixed.${row.fixed ?? 'free'}`)}</span>
      ),
    },
  ]
}
