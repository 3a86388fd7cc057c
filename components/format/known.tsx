'use client'
// components/format/known.tsx: figures as they reach a cell: known, a lower bound, or unknown with its reason. Unknown is a
// word with a reason, never a zero; why it is unknown is on hover and is read out.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown, type Known, type Reason } from '../../server/shared/known'
import type { Behind, Drain, Total } from '../../server/shared/views'
import { useFormat } from './use-format'

export const UnknownWord = ({ reason }: { reason: Reason }) => {
  const t = useTranslations('format')
  const why = t(`reason.${reason}`)
  // Nothing is hidden here: there is nothing yet to be known.
  if (reason === 'no-traffic' || reason === 'never-committed')
    return (
      <span className="text-ink-3" title={why}>
        {reason === 'no-traffic' ? '–' : t('noneYet')}
        <span className="sr-only">: {why}</span>
      </span>
    )
  return (
    <span className="unknown-word" title={why}>
      {t('unknown')}
      <span className="sr-only">: {why}</span>
    </span>
  )
}

/** What does not apply, which is not the same as not known: a slave takes no writes. */
export const NotApplicable = () => <span className="text-ink-3">–</span>

/** A known value drawn by `children`, or the word unknown. */
export function Value<T>({ of, children }: { of: Known<T>; children: (value: T, at: number) => ReactNode }) {
  return isKnown(of) ? children(of.value, of.at) : <UnknownWord reason={of.unknown} />
}

/** A sum. With parts missing it is a lower bound, and says how many are missing. */
export function TotalValue({ of, children }: { of: Total; children: (value: number) => ReactNode }) {
  const t = useTranslations('format')
  if ('unknown' in of) return <UnknownWord reason={of.unknown} />
  if (of.missing === 0) return children(of.value)
  return <span title={t('atLeast', { missing: of.missing })}>≥ {children(of.value)}</span>
}

/** Warning from a minute behind, critical from ten; a position before the oldest kept message is a warning of its own. */
export type Level = 'ok' | 'warning' | 'critical' | 'unknown'
const WARNING_MS = 60_000
const CRITICAL_MS = 600_000
export const behindLevel = (behind: Behind): Level => {
  if ('unknown' in behind) return 'unknown'
  if (behind.value >= CRITICAL_MS) return 'critical'
  return behind.value >= WARNING_MS || behind.pastKept ? 'warning' : 'ok'
}
const levelText: Readonly<Record<Level, string>> = {
  ok: '',
  warning: 'font-strong text-warn',
  critical: 'font-strong text-crit',
  unknown: '',
}

/** How old the oldest unread message is. `level` overrules the usual thresholds (an idle group is never red). */
export function BehindValue({ of, level }: { of: Behind; level?: Level }) {
  const t = useTranslations('format')
  const format = useFormat()
  if ('unknown' in of) return <UnknownWord reason={of.unknown} />
  if (of.pastKept)
    return (
      <span className="font-strong text-warn" title={t('pastKeptTip')}>
        {t('pastKept')}
      </span>
    )
  return (
    <span className={levelText[level ?? behindLevel(of)]} title={of.approx ? t('approxTip') : undefined}>
      {of.approx && of.value > 0 ? '≈ ' : ''}
      {format.duration(of.value)}
    </span>
  )
}

/** In minus out over five minutes. Growing is only coloured where the group is behind as well. */
export function GrowthValue({ of, level = 'ok' }: { of: Known<number>; level?: Level }) {
  const format = useFormat()
  if (!isKnown(of)) return <UnknownWord reason={of.unknown} />
  const size = Math.abs(of.value)
  if (size < 0.05) return <span className="text-ink-2">± 0</span>
  const up = of.value > 0
  const tone = up ? (level === 'critical' ? 'text-crit' : level === 'warning' ? 'text-warn' : 'text-ink-2') : 'text-ok'
  return (
    <span className={`inline-flex items-baseline gap-1 ${tone}`}>
      <svg width="7" height="7" viewBox="0 0 7 7" aria-hidden="true" fill="currentColor">
        <path d={up ? 'M3.5.6 6.8 6.4H.2Z' : 'M3.5 6.4.2.6h6.6Z'} />
      </svg>
      <span className="sr-only">{up ? '+' : '−'}</span>
      {format.rateDigits(size)}
      {format.perSecond}
    </span>
  )
}

/** Of how long a look: whole minutes once it is one. */
export const lookMs = (ms: number): number => {
  const step = ms < 60_000 ? 1000 : 60_000
  return Math.max(1000, Math.round(ms / step) * step)
}
/** Some minutes tell nothing of what comes after a day: beyond it only that it takes longer is said. */
export const LONGEST_DRAIN_MS = 86_400_000
export const drainIsLong = (of: Drain): boolean => of.kind === 'shrinking' && of.ms > LONGEST_DRAIN_MS

export function DrainValue({ of, growing }: { of: Drain; growing?: boolean }) {
  const t = useTranslations('format')
  const format = useFormat()
  switch (of.kind) {
    case 'done':
      return <NotApplicable />
    case 'shrinking':
      return (
        <span title={t('drainTip', { span: format.duration(lookMs(of.overMs)) })}>
          {of.ms < 1000
            ? `< ${format.duration(1000)}`
            : drainIsLong(of)
              ? `> ${format.duration(LONGEST_DRAIN_MS)}`
              : `≈ ${format.duration(of.ms)}`}
        </span>
      )
    case 'not-shrinking':
      return <span className="text-ink-2">{growing === true ? t('never') : t('notShrinking')}</span>
    case 'unknown':
      return <UnknownWord reason={of.reason} />
  }
}
