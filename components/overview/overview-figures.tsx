'use client'
// components/overview/overview-figures.tsx: six figures: in, out, lag, send time, fullest disk, dead letters. A sum that lacks
// a part says at least; a figure nobody knows says so and why.
import { useTranslations } from 'use-intl'
import { isKnown, type Known } from '../../server/shared/known'
import type { History, Overview, Total } from '../../server/shared/views'
import { Sparkline } from '../chart/sparkline'
import { joined, type Parts, UnknownWord, useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { Link } from '../ui/link'
import type { MarkState } from '../ui/mark'
import { Figure, Figures } from '../ui/panel'

const SPARK_POINTS = 40
/** Older than so many samples, a figure is dimmed and its age stands beside it. */
const STALE_TURNS = 3
/** The same thresholds as the verdict's: where a cause about it stands, the figure carries its mark. */
const markFrom = (overview: Overview, kinds: readonly string[]): MarkState | undefined => {
  const found = overview.causes.filter(({ kind }) => kinds.includes(kind))
  if (found.length === 0) return undefined
  return found.some(({ level }) => level === 'critical') ? 'crit' : 'warn'
}

/** The newest points, thinned to the width of a small line; a gap stays a gap. */
const sparkOf = (history: History | undefined, of: 'in' | 'out'): (number | null)[] => {
  const points = history?.points ?? []
  const step = Math.max(1, Math.ceil(points.length / SPARK_POINTS))
  return points.filter((_, place) => place % step === 0).map((point) => point[of])
}

export function OverviewFigures({
  cluster,
  overview,
  history,
}: {
  cluster: string
  overview: Overview
  history: History | undefined
}) {
  const t = useTranslations('overview.figure')
  const format = useFormat()
  const { inPerSecond, outPerSecond, inBytesPerSecond, outBytesPerSecond, meanSizeBytes, lag } = overview
  const { unknownGroups, unreadGroups, partialGroups, idleGroups, putP99Ms, putP999Ms, putWorstBroker } = overview
  const { diskRatio, diskBroker, diskCleanRatio, deadLetters } = overview

  const shown = (figure: Total | Known<number>, draw: (value: number) => Parts) => {
    if (!isKnown(figure)) return { value: <UnknownWord reason={figure.unknown} /> }
    const { digits, unit } = draw(figure.value)
    const atLeast = 'missing' in figure && figure.missing > 0
    const isStale = figure.at > 0 && overview.at - figure.at > STALE_TURNS * overview.turnMs
    return {
      value: atLeast ? `≥ ${digits}` : digits,
      unit,
      title: format.count(Math.round(figure.value)),
      tone: isStale ? 'text-ink-3' : undefined,
    }
  }
  const ratio =
    isKnown(inPerSecond) && isKnown(outPerSecond) && inPerSecond.value > 0
      ? outPerSecond.value / inPerSecond.value
      : null
  const staleNote = (figure: Total | Known<number>) =>
    isKnown(figure) && figure.at > 0 && overview.at - figure.at > STALE_TURNS * overview.turnMs ? (
      <span className="text-warn">{t('asOf', { age: format.ago(overview.at - figure.at) })}</span>
    ) : null
  /** A time that rounds to nothing still says in what. */
  const spanParts = (ms: number): Parts => (ms <= 0 ? { digits: '0', unit: 'ms' } : format.durationParts(ms))
  const join = (...parts: (string | null)[]) => parts.filter(Boolean).join(' · ')
  const lagDigits = shown(lag, format.figure)
  return (
    <Figures columns="1.06fr 1.06fr 1.2fr 1fr .96fr .96fr">
      <Figure
        label={t('in')}
        {...shown(inPerSecond, format.rate)}
        title={undefined}
        note={join(
          isKnown(inBytesPerSecond) ? format.byteRate(inBytesPerSecond.value) : null,
          isKnown(meanSizeBytes) ? t('mean', { size: format.bytes(meanSizeBytes.value) }) : null,
        )}
        spark={<Sparkline points={sparkOf(history, 'in')} tone="in" width={50} />}
      />
      <Figure
        label={t('out')}
        {...shown(outPerSecond, format.rate)}
        title={undefined}
        note={join(
          isKnown(outBytesPerSecond) ? format.byteRate(outBytesPerSecond.value) : null,
          ratio === null ? null : t('timesIn', { ratio: ratio.toFixed(2) }),
        )}
        spark={<Sparkline points={sparkOf(history, 'out')} tone="out" width={50} />}
      />
      <Figure
        label={t('lag')}
        mark={markFrom(overview, ['lag-critical', 'lag-warning', 'group-stalled', 'group-blocked'])}
        {...lagDigits}
        unit={isKnown(lag) ? t('messages', { unit: lagDigits.unit ?? '' }).trim() : undefined}
        note={
          staleNote(lag) ??
          t('lagNote', {
            unknown: unknownGroups,
            partial: partialGroups,
            idle: idleGroups,
            unread: unreadGroups,
            none: unknownGroups + unreadGroups + partialGroups + idleGroups,
          })
        }
      />
      <Figure
        label={t('put')}
        mark={markFrom(overview, ['put-slow'])}
        {...shown(putP99Ms, spanParts)}
        title={undefined}
        note={
          staleNote(putP99Ms) ??
          join(isKnown(putP999Ms) ? t('p999', { time: joined(spanParts(putP999Ms.value)) }) : null, putWorstBroker)
        }
      />
      <Figure
        label={t('disk')}
        mark={markFrom(overview, ['disk-full', 'disk-high'])}
        {...shown(diskRatio, (share) => ({ digits: (share * 100).toFixed(1), unit: '%' }))}
        title={undefined}
        note={
          staleNote(diskRatio) ??
          join(
            diskBroker,
            isKnown(diskCleanRatio) ? t('cleansAt', { share: `${(diskCleanRatio.value * 100).toFixed(0)} %` }) : null,
          )
        }
      />
      <Figure
        label={
          <Link quiet href={clusterHref(cluster, 'dlq')}>
            {t('dead')}
          </Link>
        }
        {...shown(deadLetters, format.figure)}
        note={staleNote(deadLetters) ?? t('deadNote')}
      />
    </Figures>
  )
}
