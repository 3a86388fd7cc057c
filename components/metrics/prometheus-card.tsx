'use client'
// components/metrics/prometheus-card.tsx: how Prometheus gets the same figures.
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useTRPC } from '../trpc/client'
import { Code } from '../ui/code'
import { CopyButton } from '../ui/copy'
import { Panel } from '../ui/panel'

export const PrometheusCard = () => {
  const t = useTranslations('metrics.prometheus')
  const trpc = useTRPC()
  const served = useQuery(trpc.auth.state.queryOptions(undefined, { meta: { still: true } })).data?.servesMetrics
  const [host, setHost] = useState('127.0.0.1:3000')
  useEffect(() => setHost(window.location.host), [])
  const config = `scrape_configs:
  - job_name: rocketdeck
    scrape_interval: 15s
    authorization:
      credentials: TOKEN
    static_configs:
      - targets: ['${host}']`
  return (
    <Panel ruled title={t('title')} aux={<CopyButton text={config} what={t('config')} />}>
      <div className="grid gap-3 p-3 md:grid-cols-2">
        <p className="max-w-[68ch] text-ink-2 text-sm">
          {served === undefined ? null : t(served ? 'served' : 'notServed')} {t('more')}
        </p>
        <Code label={t('config')}>{config}</Code>
      </div>
    </Panel>
  )
}
