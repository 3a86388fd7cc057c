'use client'
// components/shell/cluster-gate.tsx: a cluster nobody knows gets a sentence and a way on, not a page full of errors.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Link } from '../ui/link'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { clusterHref } from './address'
import { useClusterId, useClusters } from './cluster'

export function ClusterGate({ children }: { children: ReactNode }) {
  const t = useTranslations('shell')
  const cluster = useClusterId()
  const clusters = useClusters()
  if (!clusters || clusters.some(({ id }) => id === cluster)) return children
  return (
    <Panel>
      <Empty
        title={t('unknownCluster', { name: cluster })}
        action={
          <span className="flex gap-3">
            {clusters.map(({ id, name }) => (
              <Link key={id} href={clusterHref(id)}>
                {t('openClusters', { name })}
              </Link>
            ))}
          </span>
        }
      >
        {t('unknownClusterNote')}
      </Empty>
    </Panel>
  )
}
