'use client'
// components/overview/alarms-panel.tsx: what fires, worst first: rule, subject, since when. Rules have thresholds and waiting times of their
// own, so this is not the verdict.
import { useTranslations } from 'use-intl'
import { ruleNameIn } from '../../server/shared/alarms'
import type { Overview } from '../../server/shared/views'
import { Name, useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { clusterHref } from '../shell/address'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'

export function AlarmsPanel({ cluster, overview }: { cluster: string; overview: Overview }) {
  const t = useTranslations('overview')
  const format = useFormat()
  const { language } = usePreferences()
  const { critical, warning, silenced, first } = overview.alarms
  return (
    <Panel
      ruled
      title={<span title={t('firingNote')}>{t('alarms')}</span>}
      about={<span className="tnum">{format.count(critical + warning + silenced)}</span>}
      aux={
        <Link href={clusterHref(cluster, 'alarms')} className="font-strong">
          {t('allAlarms')}
        </Link>
      }
    >
      <ul className="grid flex-1 auto-rows-[minmax(27px,1fr)] divide-y divide-hair">
        {first.slice(0, 3).map(({ id, rule, subject, severity, since, silenced: quiet }) => (
          <li key={id} className="flex min-w-0 items-center gap-2 px-3 text-sm max-sm:min-h-11">
            <Mark
              state={quiet ? 'off' : severity === 'critical' ? 'crit' : 'warn'}
              label={quiet ? t('silenced') : t(`level.${severity}`)}
            />
            <span className="flex-none">{ruleNameIn(language, rule)}</span>
            <span className="min-w-0 flex-1 text-ink-3">
              <Name>{subject}</Name>
            </span>
            <span className="tnum flex-none whitespace-nowrap text-ink-2" suppressHydrationWarning>
              {format.age(Math.max(0, overview.at - since))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
