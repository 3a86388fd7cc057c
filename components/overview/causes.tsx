'use client'
// components/overview/causes.tsx: a cause of the verdict as a sentence: the fact with its number, and what follows from it.
import { useTranslations } from 'use-intl'
import type { Cause, Overview } from '../../server/shared/views'
import { useFormat } from '../format'
import { brokerHref, clusterHref, groupHref, topicHref } from '../shell/address'

export const causeHref = (cluster: string, { subject, subjectKind }: Cause): string => {
  switch (subjectKind) {
    case 'broker':
      return brokerHref(cluster, subject)
    case 'group':
      return groupHref(cluster, subject)
    case 'topic':
      return topicHref(cluster, subject)
    case 'namesrv':
    case 'cluster':
      return clusterHref(cluster, 'brokers')
  }
}

export interface CauseWords {
  readonly fact: string
  readonly consequence: string
}
/** `overview` knows what the cause does not carry: how many messages wait, whether a master has another copy. */
export function useCauseWords(): (cause: Cause, overview: Overview) => CauseWords {
  const t = useTranslations('overview.cause')
  const format = useFormat()
  return (cause, overview) => {
    const { kind, subject, value, limit, sinceMs } = cause
    const span = sinceMs === null ? '' : format.duration(Math.max(1000, overview.at - sinceMs))
    const since = sinceMs === null ? 'no' : 'yes'
    const group = overview.behindGroups.find(({ name }) => name === subject)
    const lag = group && 'value' in group.lag ? format.count(group.lag.value) : ''
    const say = (values: Record<string, string>): CauseWords => ({
      fact: t(`${kind}.fact`, values),
      consequence: t(`${kind}.then`, values),
    })
    switch (kind) {
      case 'broker-silent':
        return say({ span, since, copy: hasMaster(overview, subject) ? 'yes' : value ? 'read' : 'no' })
      case 'namesrv-silent':
      case 'no-writable-master':
        return say({ span, since })
      case 'no-write-permission':
        return say({ missed: cause.level === 'critical' ? 'yes' : 'no' })
      case 'slave-behind':
        return say({ size: format.bytes(value ?? 0) })
      case 'disk-full':
      case 'disk-high':
        return say({ share: format.percent(value ?? 0), limit: format.percent(limit ?? 0) })
      case 'lag-critical':
      case 'lag-warning':
        return say({
          span: value === null ? '' : format.duration(value),
          known: value === null ? 'no' : 'yes',
          lag,
          counted: lag === '' ? 'no' : 'yes',
        })
      case 'group-stalled':
        return say({ lag: value === null ? lag : format.count(value) })
      case 'group-blocked':
        return say({ span, queues: String(value ?? 1) })
      case 'group-mismatch':
        return say({})
      case 'put-slow':
      case 'flush-behind':
      case 'clock-skew':
        return say({ span: format.duration(value ?? 0), limit: format.duration(limit ?? 0) })
    }
  }
}

/** A slave, or a former master, whose master answers: nobody is hindered. */
const hasMaster = ({ brokers }: Overview, key: string): boolean => {
  const name = brokers.find((row) => row.key === key)?.name
  return brokers.some((row) => row.name === name && row.key !== key && row.role === 'master' && row.state === 'ok')
}
