'use client'
// components/message/scan-panel.tsx: how a search goes: scanned of how many, matched, how fast, within which budget, and where
// in the range the matches lie. When it ends it says why, and what was not read.
import { ChevronDown, Square } from 'lucide-react'
import { useId } from 'react'
import { useTranslations } from 'use-intl'
import type { NotRead } from '../../server/shared/views'
import { useFormat } from '../format'
import { Button } from '../ui/button'
import { Mark } from '../ui/mark'
import { Menu, MenuChoice, MenuLabel } from '../ui/menu'
import { Panel } from '../ui/panel'
import { histogram, type ScanState } from './scan-state'
import type { Budget, Scan } from './use-scan'

const messageBudgets = ['100000', '1000000', '10000000'] as const
const timeBudgets = ['10000', '60000', '300000'] as const
const SLICES = 60

export const ScanPanel = (props: {
  scan: Scan
  order: 'newest' | 'oldest'
  budget: Budget
  onBudget: (budget: Budget) => void
}) => {
  const { scan, order, budget, onBudget } = props
  const { state } = scan
  const t = useTranslations('message.scan')
  const format = useFormat()
  const running = state.phase === 'running'
  const share = state.estimate > 0 ? Math.min(1, state.scanned / state.estimate) : running ? 0 : 1
  const estimate = format.figure(state.estimate)
  const why = state.end?.why
  const mark = running ? 'busy' : why === 'not-all' ? 'warn' : why === 'range-done' ? 'ok' : 'note'
  const words = running ? t('running') : t(`end.${why ?? 'range-done'}`)
  return (
    <Panel className="flex-none">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pt-[9px] pr-2 pl-3">
        <span className="flex items-center gap-2" role="status">
          <Mark state={mark} />
          <b className="font-strong">{words}</b>
        </span>
        <span className="tnum text-sm">
          <span className="text-ink-3">{t('scanned')}</span>{' '}
          <b className="font-strong">{format.count(state.scanned)}</b>{' '}
          {running && state.estimate > 0 && (
            <span className="text-ink-3">
              {t('of')} ≈ {estimate.digits} {estimate.unit}
            </span>
          )}
        </span>
        <span className="tnum text-sm">
          <span className="text-ink-3">{t('matched')}</span>{' '}
          <b className="font-strong">{format.count(state.matched)}</b>
        </span>
        <span className="flex-1" />
        {running ? (
          <Button size="sm" onClick={scan.stop}>
            <Square />
            {t('stop')}
          </Button>
        ) : (
          <>
            {scan.goOn && (
              <Button size="sm" look="primary" onClick={scan.goOn}>
                {t('goOn')}
              </Button>
            )}
            <Button size="sm" onClick={scan.again}>
              {t('again')}
            </Button>
          </>
        )}
      </div>
      <div className="flex items-center gap-3 px-3 pt-0.5 pb-2 text-ink-3 text-xs">
        <span className="tnum min-w-0 truncate">
          {state.elapsedMs > 0 && format.duration(Math.round(state.elapsedMs))}
          {tellsRate(state) && ` · ${format.rateDigits(state.perSecond)} ${format.messagesPerSecond}`}
        </span>
        <span className="flex-1" />
        <Menu
          trigger={
            <button type="button" className="flex min-h-6 items-center gap-1 rounded-md hover:text-ink">
              {t.rich('budget', {
                messages: () => <b className="tnum font-strong text-ink-2">{format.count(budget.messages)}</b>,
                span: () => format.duration(budget.ms),
              })}
              <ChevronDown className="size-[13px]!" />
            </button>
          }
        >
          <MenuLabel>{t('budgetMessages')}</MenuLabel>
          <MenuChoice
            value={messageBudgets.find((one) => Number(one) === budget.messages) ?? '1000000'}
            onChange={(messages) => onBudget({ ...budget, messages: Number(messages) })}
            choices={messageBudgets.map((value) => ({ value, label: format.count(value) }))}
          />
          <MenuLabel>{t('budgetTime')}</MenuLabel>
          <MenuChoice
            value={timeBudgets.find((one) => Number(one) === budget.ms) ?? '60000'}
            onChange={(ms) => onBudget({ ...budget, ms: Number(ms) })}
            choices={timeBudgets.map((value) => ({ value, label: format.duration(Number(value)) }))}
          />
        </Menu>
      </div>
      <div className="h-0.5 bg-hair">
        <i className="block h-0.5 bg-tide" style={{ width: `${share * 100}%` }} />
      </div>
      {state.plan && <Histogram state={state} order={order} />}
      {state.end &&
        why !== 'limit' &&
        why !== 'stopped' &&
        notReadBecause(state.end.notRead).map(({ says, queues }) => (
          <p key={says} className="break-words border-hair border-t bg-warn-wash px-3 py-1.5 text-warn text-xs">
            {t('notRead', { queues: queues.slice(0, 8).join(', '), count: queues.length })}
            {says !== null && <span className="mono"> · {says}</span>}
          </p>
        ))}
      {state.end && state.end.bodiesUnread > 0 && (
        <p className="border-hair border-t bg-warn-wash px-3 py-1.5 text-warn text-xs">
          {t('bodiesUnread', { count: state.end.bodiesUnread })}
        </p>
      )}
    </Panel>
  )
}

/** Of a few messages, or of a moment, a rate says how long the first answer took and nothing else. */
const tellsRate = ({ scanned, before, elapsedMs }: ScanState): boolean =>
  scanned - before.scanned >= 1000 && elapsedMs >= 1000
/** Queues by what their brokers said. */
const notReadBecause = (all: readonly NotRead[]): { says: string | null; queues: string[] }[] => {
  const because = new Map<string | null, string[]>()
  for (const { who, says } of all) because.set(says, [...(because.get(says) ?? []), who])
  return [...because].map(([says, queues]) => ({ says, queues }))
}

const WIDTH = 600
const HEIGHT = 38

const Histogram = ({ state, order }: { state: ScanState; order: 'newest' | 'oldest' }) => {
  const t = useTranslations('message.scan')
  const format = useFormat()
  const hatch = `scan-${useId().replaceAll(':', '')}`
  const { plan, rows, reachedAt, end } = state
  if (plan === null || rows.length === 0) return null
  const times = rows.map((row) => row.storedAt)
  // Without a range of its own, the search shows the range its matches span.
  const from = plan.from > 0 ? plan.from : Math.min(...times)
  const to = Math.max(plan.to < Date.now() ? plan.to : Math.max(...times), from + 1)
  const counts = histogram(rows, from, to, SLICES)
  const most = Math.max(1, ...counts)
  const whole = end?.why === 'range-done'
  const reached = reachedAt === null || whole ? null : Math.min(1, Math.max(0, (reachedAt - from) / (to - from)))
  const slice = WIDTH / SLICES
  const unread =
    reached === null || plan.from === 0
      ? null
      : order === 'oldest'
        ? { x: reached * WIDTH, width: (1 - reached) * WIDTH }
        : { x: 0, width: reached * WIDTH }
  const marks = [0, 1, 2, 3, 4]
  return (
    <div className="px-3 pt-2 pb-1.5">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-[38px] w-full border-line border-b"
        role="img"
        aria-label={t('histogram', { count: rows.length, from: format.fullTime(from), to: format.fullTime(to) })}
      >
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="5" fill="var(--gap)" />
          </pattern>
        </defs>
        {unread && unread.width > 1 && (
          <rect x={unread.x} width={unread.width} height={HEIGHT} fill={`url(#${hatch})`} />
        )}
        {counts.map((count, index) =>
          count === 0 ? null : (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a slice is its place
              key={index}
              className="mark"
              x={index * slice + 0.7}
              width={slice - 1.4}
              y={HEIGHT - Math.max(3, (count / most) * (HEIGHT - 8))}
              height={Math.max(3, (count / most) * (HEIGHT - 8))}
              fill="var(--tide)"
              opacity="0.5"
            />
          ),
        )}
      </svg>
      <div className="tnum flex justify-between pt-0.5 text-2xs text-(--axis)">
        {marks.map((mark) => (
          <span key={mark}>
            {to - from > 86_400_000
              ? format.dayClock(from + ((to - from) * mark) / 4)
              : format.clockSeconds(from + ((to - from) * mark) / 4)}
          </span>
        ))}
      </div>
    </div>
  )
}
