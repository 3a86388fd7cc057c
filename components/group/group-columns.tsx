'use client'
// components/group/group-columns.tsx: the columns of the list of groups: who is behind, since when, is it getting better.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupRow } from '../../server/shared/views'
import { Sparkline, type SparkTone } from '../chart'
import type { Column } from '../data-table'
import { BehindValue, DrainValue, GrowthValue, type Level, Name, TotalValue, useFormat, Value } from '../format'
import { groupHref } from '../shell/address'
import { GroupStateWord, useModeWords } from '../shell/group-state'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'

/** An idle group is listed and never red. */
export const levelOf = (row: GroupRow): Level => (row.idle && row.level !== 'unknown' ? 'ok' : row.level)
const sparkTone: Readonly<Record<Level, SparkTone>> = {
  ok: 'quiet',
  warning: 'warn',
  critical: 'crit',
  unknown: 'quiet',
}

export const useGroupColumns = (cluster: string): readonly Column<GroupRow>[] => {
  const t = useTranslations('group')
  const format = useFormat()
  const modeWords = useModeWords()
  return useMemo<readonly Column<GroupRow>[]>(() => {
    const whole = (value: number) => format.count(value)
    const rate = (value: number) => format.rateDigits(value)
    const head = (id: Parameters<typeof t>[0] & `column.${string}`) => ({ head: t(id), name: t(id) })
    return [
      {
        id: 'name',
        ...head('column.name'),
        priority: 0,
        sort: 'ascending',
        card: 'name',
        cell: (row) => (
          <Link quiet href={groupHref(cluster, row.name)} className="block" tabIndex={-1}>
            <Name>{row.name}</Name>
          </Link>
        ),
      },
      {
        id: 'state',
        ...head('column.state'),
        widthPx: 132,
        priority: 1,
        sort: 'ascending',
        card: 'state',
        cell: (row) => <GroupStateWord state={row.state} />,
      },
      {
        id: 'mode',
        ...head('column.mode'),
        widthPx: 158,
        priority: 6,
        cell: (row) => <span className="text-ink-2">{modeWords(row.mode).join(' · ')}</span>,
      },
      {
        id: 'clients',
        ...head('column.clients'),
        widthPx: 66,
        priority: 4,
        number: true,
        sort: 'descending',
        cell: (row) => (
          <Value of={row.clients}>
            {(clients) => <span className={clients === 0 ? 'text-ink-3' : undefined}>{whole(clients)}</span>}
          </Value>
        ),
      },
      {
        id: 'topics',
        ...head('column.topics'),
        widthPx: 66,
        priority: 7,
        number: true,
        cell: (row) => <span title={row.topics.join('\n')}>{whole(row.topics.length)}</span>,
      },
      {
        id: 'lag',
        ...head('column.lag'),
        widthPx: 100,
        priority: 0,
        number: true,
        sort: 'descending',
        card: 'value',
        cell: (row) => <TotalValue of={row.lag}>{whole}</TotalValue>,
      },
      {
        id: 'behind',
        ...head('column.behind'),
        widthPx: 116,
        priority: 1,
        number: true,
        sort: 'descending',
        card: 'value',
        cell: (row) => {
          const level = levelOf(row)
          const state =
            level === 'critical' ? 'crit' : level === 'warning' ? 'warn' : level === 'unknown' ? 'unknown' : null
          return (
            <span className="flex items-center justify-end gap-2">
              {state && <Mark state={state} />}
              <BehindValue of={row.behind} level={level} />
            </span>
          )
        },
      },
      {
        id: 'growth',
        ...head('column.growth'),
        widthPx: 94,
        priority: 2,
        number: true,
        sort: 'descending',
        card: 'value',
        cell: (row) => <GrowthValue of={row.growthPerSecond} level={levelOf(row)} />,
      },
      {
        id: 'line',
        ...head('column.line'),
        widthPx: 86,
        priority: 3,
        card: 'line',
        cell: (row) => <Sparkline points={row.spark} tone={sparkTone[levelOf(row)]} width={64} />,
      },
      {
        id: 'drain',
        ...head('column.drain'),
        widthPx: 140,
        priority: 4,
        number: true,
        cell: (row) => (
          <DrainValue of={row.drain} growing={isKnown(row.growthPerSecond) && row.growthPerSecond.value > 0.05} />
        ),
      },
      {
        id: 'in',
        ...head('column.in'),
        widthPx: 88,
        priority: 8,
        number: true,
        optional: true,
        cell: (row) => <TotalValue of={row.inPerSecond}>{rate}</TotalValue>,
      },
      {
        id: 'out',
        ...head('column.out'),
        widthPx: 88,
        priority: 5,
        number: true,
        sort: 'descending',
        cell: (row) => <TotalValue of={row.outPerSecond}>{rate}</TotalValue>,
      },
      {
        id: 'retry',
        ...head('column.retry'),
        widthPx: 88,
        priority: 8,
        number: true,
        optional: true,
        cell: (row) => <TotalValue of={row.retryLag}>{whole}</TotalValue>,
      },
      {
        id: 'dead',
        ...head('column.dead'),
        widthPx: 60,
        priority: 5,
        number: true,
        sort: 'descending',
        cell: (row) => (
          <Value of={row.deadLetters}>
            {(dead) => <span className={dead === 0 ? 'text-ink-3' : 'text-warn'}>{whole(dead)}</span>}
          </Value>
        ),
      },
      {
        id: 'versions',
        ...head('column.versions'),
        widthPx: 120,
        priority: 9,
        optional: true,
        cell: (row) =>
          row.versions && (
            <span className="mono text-ink-2">
              {row.versions[0] === row.versions[1] ? row.versions[0] : `${row.versions[0]}–${row.versions[1]}`}
            </span>
          ),
      },
    ]
  }, [cluster, format, modeWords, t])
}
