// components/alarm/severity-name.tsx: the name of a rule or alarm behind the mark of its severity.
import { useTranslations } from 'use-intl'
import type { AlarmRow } from '../../server/shared/views'
import { Mark } from '../ui/mark'
import { useAlarmWords } from './use-alarm-words'

export const SeverityName = ({ severity, name }: { severity: AlarmRow['severity']; name: string }) => {
  const t = useTranslations('alarm')
  const words = useAlarmWords()
  return (
    <span className="flex items-center gap-2">
      <Mark state={severity === 'critical' ? 'crit' : 'warn'} label={t(`severity.${severity}`)} />
      <span className="truncate">{words.ruleName(name)}</span>
    </span>
  )
}
