'use client'
// components/shell/group-state.tsx: the state of a consumer group as shape and word, alike on every page that names one.
import { useTranslations } from 'use-intl'
import type { GroupMode, GroupState } from '../../server/shared/views'
import { Mark, type MarkState } from '../ui/mark'

export const groupMarks: Readonly<Record<GroupState, MarkState>> = {
  consuming: 'ok',
  'catching-up': 'ok',
  stalled: 'crit',
  blocked: 'crit',
  rebalancing: 'busy',
  mismatch: 'warn',
  'no-client': 'off',
  'switched-off': 'off',
  unknown: 'unknown',
}

export const GroupStateWord = ({ state }: { state: GroupState }) => {
  const t = useTranslations('group')
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 whitespace-nowrap" title={t(`stateTip.${state}`)}>
      <Mark state={groupMarks[state]} />
      <span className="truncate">{t(`state.${state}`)}</span>
    </span>
  )
}

export const useModeWords = (): ((mode: GroupMode) => readonly string[]) => {
  const t = useTranslations('group')
  return (mode) => [
    ...(mode.model === null ? [] : [t(`mode.${mode.model}`)]),
    ...(mode.order === null ? [] : [t(`mode.${mode.order}`)]),
    ...(mode.how === null || mode.how === 'push' ? [] : [t(`mode.${mode.how}`)]),
  ]
}
