'use client'
// components/alarm/alarm-lanes.tsx: the last day, a line per rule and thing: critical tall, warning low, silenced hatched,
// what cannot be checked dashed. The time in all stands beside each as a number.
import { useTranslations } from 'use-intl'
import type { AlarmBoard, AlarmLane } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { cn } from '../ui/cn'
import { Panel } from '../ui/panel'
import { useAlarmWords } from './use-alarm-words'

type Span = AlarmLane['spans'][number]
const looksOf = ({ state, silenced }: Span): string =>
  state === 'unknown'
    ? 'inset-y-[6px] border border-dashed border-unknown-mark'
    : cn(
        state === 'critical' ? 'inset-y-[4px]' : 'inset-y-[7px]',
        silenced
          ? 'bg-[repeating-linear-gradient(135deg,var(--warn-mark)_0_2px,transparent_2px_5px)]'
          : state === 'critical'
            ? 'bg-crit-mark'
            : 'bg-warn-mark',
      )
/** A short one is still seen. */
const LEAST_PERCENT = 0.4
const MARKS = 6

export const AlarmLanes = ({ board }: { board: AlarmBoard }) => {
  const t = useTranslations('alarm.lanes')
  const words = useAlarmWords()
  const format = useFormat()
  const { from, lanes } = board
  const to = from + 86_400_000
  const placeOf = (at: number) => ((at - from) / (to - from)) * 100
  const legend = ['critical', 'warning', 'silenced', 'unknown'] as const
  return (
    <Panel
      title={t('title')}
      ruled
      aux={
        <span className="flex gap-3 max-sm:hidden">
          {legend.map((one) => (
            <span key={one} className="flex items-center gap-1.5">
              <i aria-hidden className={cn('mark relative inline-block h-2.5 w-3 *:absolute *:inset-x-0')}>
                <i
                  className={looksOf({
                    from: 0,
                    to: 0,
                    state: one === 'unknown' ? 'unknown' : one === 'critical' ? 'critical' : 'warning',
                    silenced: one === 'silenced',
                  }).replace(/inset-y-\[\d+px\]/, 'inset-y-0')}
                />
              </i>
              {t(one)}
            </span>
          ))}
        </span>
      }
    >
      {lanes.length === 0 ? (
        <p className="px-3 py-4 text-ink-3 text-sm">{t('none')}</p>
      ) : (
        <ul className="py-1">
          {lanes.map((lane) => {
            const lastMs = lane.spans.reduce(
              (sum, span) => sum + (span.state === 'unknown' ? 0 : span.to - span.from),
              0,
            )
            const total = lastMs === 0 ? t('notChecked') : format.duration(lastMs)
            return (
              <li
                key={`${lane.ruleId} ${lane.subject}`}
                className="grid grid-cols-[170px_minmax(0,190px)_1fr_84px] items-center gap-2 px-3 text-sm max-md:grid-cols-[minmax(0,1fr)_40%_64px]"
              >
                <span className="truncate max-md:hidden">{words.ruleName(lane.rule)}</span>
                <span className="min-w-0 text-ink-2 text-xs">
                  <span className="block truncate text-ink md:hidden">{words.ruleName(lane.rule)}</span>
                  <Name>{lane.subject}</Name>
                </span>
                <span
                  role="img"
                  aria-label={t('summary', {
                    rule: words.ruleName(lane.rule),
                    subject: lane.subject,
                    times: lane.spans.length,
                    total,
                  })}
                  className="relative h-6 border-grid border-x bg-[repeating-linear-gradient(90deg,var(--grid)_0_1px,transparent_1px_16.666%)]"
                >
                  {lane.spans.map((span) => (
                    <i
                      key={`${span.from} ${span.state}`}
                      title={`${format.time(span.from)} – ${format.time(span.to)}`}
                      className={cn('mark absolute rounded-[1px]', looksOf(span))}
                      style={{
                        left: `${Math.min(placeOf(span.from), 100 - LEAST_PERCENT)}%`,
                        width: `${Math.max(LEAST_PERCENT, placeOf(span.to) - placeOf(span.from))}%`,
                      }}
                    />
                  ))}
                </span>
                <span className="tnum text-right text-ink-2 text-xs">{total}</span>
              </li>
            )
          })}
          <li
            aria-hidden
            className="tnum grid grid-cols-[170px_minmax(0,190px)_1fr_84px] gap-2 px-3 pt-0.5 text-[11px] text-ink-3 max-md:grid-cols-[minmax(0,1fr)_40%_64px]"
          >
            <span className="max-md:hidden" />
            <span />
            <span className="flex justify-between">
              {Array.from({ length: MARKS + 1 }, (_, at) => from + ((to - from) / MARKS) * at).map((at, index) => (
                <span key={at} className={index % 3 === 0 ? '' : 'max-md:hidden'}>
                  {index === MARKS ? t('now') : format.clock(at)}
                </span>
              ))}
            </span>
          </li>
        </ul>
      )}
    </Panel>
  )
}
