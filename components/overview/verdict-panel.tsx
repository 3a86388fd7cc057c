'use client'
// components/overview/verdict-panel.tsx: one word and its causes, worst first, each with a link. A healthy cluster says on
// what that word rests.
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Overview, VerdictWord } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { verdictMark } from '../shell/cluster-switcher'
import { cn } from '../ui/cn'
import { Link, LinkButton } from '../ui/link'
import { Mark, stateWash } from '../ui/mark'
import { Panel } from '../ui/panel'
import { type CauseWords, causeHref, useCauseWords } from './causes'

const SHOWN = 3

export function VerdictPanel({ cluster, overview }: { cluster: string; overview: Overview }) {
  const t = useTranslations('overview')
  const tShell = useTranslations('shell')
  const [all, setAll] = useState(false)
  const words = useCauseWords()
  const { verdict, causes } = overview
  const shown = all ? causes : causes.slice(0, SHOWN)
  const mark = verdictMark[verdict]
  return (
    <Panel className="flex-none flex-row max-sm:flex-col" aria-label={t('health')}>
      <div
        className={cn(
          'flex w-42 flex-none flex-col border-r border-line px-3.5 py-3 max-sm:w-full max-sm:flex-row max-sm:flex-wrap max-sm:items-center max-sm:border-r-0 max-sm:border-b max-sm:px-3 max-sm:py-2.5',
          stateWash[mark],
        )}
      >
        <h1 className="text-xs text-ink-2 max-sm:sr-only">{t('health')}</h1>
        <div className="mt-[3px] flex items-center gap-2 max-sm:mt-0 max-sm:flex-1">
          <Mark state={mark} className="size-[17px]" />
          <span className="text-xl font-semibold" role="status">
            {tShell(`verdict.${verdict}`)}
          </span>
        </div>
        <Summary overview={overview} />
      </div>
      <ul className="grid min-w-0 flex-1 auto-rows-[minmax(36px,1fr)] divide-y divide-hair">
        {shown.map((cause) => (
          <li key={`${cause.kind} ${cause.subject}`}>
            <CauseRow
              href={causeHref(cluster, cause)}
              level={cause.level === 'critical' ? 'crit' : 'warn'}
              levelLabel={t(`level.${cause.level}`)}
              subject={cause.subject}
              words={words(cause, overview)}
              open={t(`open.${cause.subjectKind}`)}
            />
          </li>
        ))}
        {causes.length > SHOWN ? (
          <li className="flex items-center px-3 text-xs">
            <LinkButton onClick={() => setAll(!all)} aria-expanded={all}>
              {all ? t('fewer') : t('moreCauses', { count: causes.length - SHOWN })}
            </LinkButton>
          </li>
        ) : null}
        {causes.length === 0 ? <Grounds overview={overview} verdict={verdict} /> : null}
      </ul>
    </Panel>
  )
}

/** Under the word: how many causes and since when, or what it means that there is none. */
function Summary({ overview }: { overview: Overview }) {
  const t = useTranslations('overview')
  const format = useFormat()
  const { causes, verdict } = overview
  const sinces = causes.flatMap(({ sinceMs }) => (sinceMs === null ? [] : [sinceMs]))
  const first = sinces.length > 0 ? Math.min(...sinces) : null
  const writable = !causes.some(
    ({ kind, level }) =>
      kind === 'no-writable-master' || kind === 'disk-full' || (kind === 'no-write-permission' && level === 'critical'),
  )
  return (
    <p className="mt-auto pt-1 text-xs text-ink-2 max-sm:mt-0 max-sm:pt-0" suppressHydrationWarning>
      {causes.length > 0
        ? verdict === 'healthy'
          ? t('toWatch', { count: causes.length })
          : first === null
            ? t('causes', { count: causes.length })
            : t('causesSince', { count: causes.length, time: format.clock(first) })
        : verdict === 'unknown'
          ? t('nothingKnown')
          : null}
      <span className="block max-sm:hidden">
        {verdict === 'unknown' ? null : writable ? t('allWritable') : t('notAllWritable')}
      </span>
    </p>
  )
}

interface CauseRowProps {
  readonly href: string
  readonly level: 'crit' | 'warn'
  readonly levelLabel: string
  readonly subject: string
  readonly words: CauseWords
  readonly open: string
}
const CauseRow = ({ href, level, levelLabel, subject, words, open }: CauseRowProps) => (
  <Link
    href={href}
    quiet
    aria-label={`${subject} ${words.fact}. ${words.consequence}`}
    className="group flex h-full items-center gap-2 px-3 text-sm hover:bg-hover hover:text-ink hover:no-underline max-sm:items-start max-sm:py-2.5"
  >
    <Mark state={level} label={levelLabel} className="max-sm:mt-1" />
    <span className="flex min-w-0 flex-1 gap-[0.35em] max-sm:block sm:whitespace-nowrap">
      <Name className="max-w-72 shrink-0 font-medium max-sm:max-w-full">{subject}</Name>
      <span className="truncate max-sm:whitespace-normal">
        {words.fact}
        <span className="text-ink-3"> · {words.consequence}</span>
      </span>
    </span>
    <span className="text-xs font-strong whitespace-nowrap text-tide group-hover:underline max-sm:hidden">{open}</span>
    <ChevronRight className="mt-2.5 text-ink-3 sm:hidden" />
  </Link>
)

/** What "healthy" rests on, figure by figure; what is not known is left out, never assumed. */
function Grounds({ overview, verdict }: { overview: Overview; verdict: VerdictWord }) {
  const t = useTranslations('overview')
  const format = useFormat()
  if (verdict === 'unknown')
    return (
      <li className="flex items-center gap-2 px-3 text-sm text-ink-2">
        <Mark state="unknown" />
        {t('grounds.nothing')}
      </li>
    )
  const { brokers, worstBehind, worstBehindGroup, diskRatio, diskBroker, diskCleanRatio, groups } = overview
  const { idleGroups, unknownGroups } = overview
  const known = groups - idleGroups - unknownGroups
  const answering = brokers.filter(({ state }) => state === 'ok').length
  const rows: string[] = [t('grounds.brokers', { answering, count: brokers.length })]
  if (groups === 0) rows.push(t('grounds.noGroups'))
  else if (groups === idleGroups) rows.push(t('grounds.allIdle', { count: groups }))
  else if ('value' in worstBehind && known > 0)
    rows.push(
      worstBehind.value === 0
        ? t('grounds.noneBehind', { count: known, unknown: unknownGroups })
        : t('grounds.behind', { group: worstBehindGroup ?? '', span: format.duration(worstBehind.value) }),
    )
  if ('value' in diskRatio)
    rows.push(
      'value' in diskCleanRatio
        ? t('grounds.disk', {
            broker: diskBroker ?? '',
            share: format.percent(diskRatio.value),
            clean: format.percent(diskCleanRatio.value),
          })
        : t('grounds.diskOnly', { broker: diskBroker ?? '', share: format.percent(diskRatio.value) }),
    )
  return rows.map((text) => (
    <li key={text} className="flex min-w-0 items-center gap-2 px-3 text-sm text-ink-2 max-sm:py-2">
      <Mark state="ok" />
      <span className="truncate max-sm:whitespace-normal">{text}</span>
    </li>
  ))
}
