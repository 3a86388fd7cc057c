'use client'
// components/broker/broker-state.tsx: the state of a broker as shape and word, and why something may not be done to it.
import { useTranslations } from 'use-intl'
import type { BrokerRow } from '../../server/shared/views'
import { useFormat } from '../format'
import { type MarkState, State } from '../ui/mark'

const partMarks: Record<NonNullable<BrokerRow['part']>['state'], MarkState> = {
  starting: 'busy',
  running: 'ok',
  stopping: 'busy',
  stopped: 'off',
  failed: 'crit',
  'backing-off': 'warn',
}

/** What the part says counts before what the wire says: a stopped broker is off, not silent. */
export function BrokerStateWord({ row, now }: { row: BrokerRow; now: number }) {
  const t = useTranslations('broker')
  const format = useFormat()
  const { part, state, silentSinceMs } = row
  if (part && part.state !== 'running') return <State state={partMarks[part.state]}>{t(`part.${part.state}`)}</State>
  if (state === 'silent')
    return (
      <State state="crit">
        {silentSinceMs === null
          ? t('state.silent')
          : t('state.silentFor', { span: format.duration(Math.max(1000, now - silentSinceMs)) })}
      </State>
    )
  if (state === 'unknown') return <State state="unknown">{t('state.unknown')}</State>
  if (row.refusesSends) return <State state="crit">{t('state.full')}</State>
  if (row.writable && 'value' in row.writable && !row.writable.value)
    return <State state="warn">{t('state.wiped')}</State>
  return <State state="ok">{t('state.ok')}</State>
}
