'use client'
// components/alarm/use-alarm-words.ts: values and conditions of alarms in the reader's language.
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { type AlarmMetricName, type AlarmRuleBody, alarmMetrics, ruleNameIn } from '../../server/shared/alarms'
import { useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { brokerHref, clusterHref, groupHref, topicHref } from '../shell/address'

export const useAlarmWords = () => {
  const t = useTranslations('alarm')
  const format = useFormat()
  const { language } = usePreferences()
  return useMemo(() => {
    const value = (metric: AlarmMetricName, of: number): string => {
      switch (alarmMetrics[metric].unit) {
        case 'ms':
          return format.duration(of)
        case 'ratio':
          return format.percent(of)
        case 'bytes':
          return format.bytes(of)
        case 'perSecond':
          return `${format.rateDigits(of)}${format.perSecond}`
        case 'flag':
          return of > 0 ? t('yes') : t('no')
        default:
          return format.count(Math.round(of))
      }
    }
    return {
      value,
      /** Those of the first start in the reader's language. */
      ruleName: (name: string) => ruleNameIn(language, name),
      metric: (metric: AlarmMetricName) => t(`metric.${metric}`),
      condition: (rule: Pick<AlarmRuleBody, 'metric' | 'comparator' | 'value' | 'forMs'>): string => {
        const name = t(`metric.${rule.metric}`)
        const span = rule.forMs > 0 ? ` ${t('forSpan', { span: format.duration(rule.forMs) })}` : ''
        if (alarmMetrics[rule.metric].unit === 'flag') return `${name}${span}`
        return `${name} ${rule.comparator === 'over' ? '>' : '<'} ${value(rule.metric, rule.value)}${span}`
      },
    }
  }, [format, language, t])
}

/** Where the thing an alarm is about is looked at; null where it has no page of its own. */
export const subjectHref = (cluster: string, metric: AlarmMetricName, subject: string): string | null => {
  if (metric === 'deadGrowth') return clusterHref(cluster, 'dlq', subject)
  switch (alarmMetrics[metric].of) {
    case 'group':
      return groupHref(cluster, subject)
    case 'topic':
      return topicHref(cluster, subject)
    case 'broker':
      return brokerHref(cluster, subject)
    default:
      return null
  }
}
