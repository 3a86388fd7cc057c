'use client'
// components/cluster/clusters-view.tsx: all clusters side by side: how each is, and what each can do. An admin connects more
// and changes how they are reached.
import { useQueries, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { parseAsString, useQueryState } from 'nuqs'
import { useTranslations } from 'use-intl'
import type { ClusterInfo } from '../../server/shared/views'
import { useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { PageHead } from '../ui/panel'
import { Empty } from '../ui/region'
import { AbilityTable } from './ability-table'
import { ClusterCardPanel } from './cluster-card'
import { ClusterEditor } from './cluster-editor'

const NEW = 'new'

export function ClustersView() {
  const t = useTranslations('clusters')
  const trpc = useTRPC()
  const isAdmin = useMe()?.rights.includes('console.admin') ?? false
  const [open, setOpen] = useQueryState('open', parseAsString)
  const list = useQuery(trpc.cluster.list.queryOptions())
  const infos = useQueries({
    queries: (list.data ?? []).map(({ id }) => trpc.cluster.info.queryOptions({ cluster: id })),
    combine: (all) => all.flatMap(({ data }): ClusterInfo[] => (data ? [data] : [])),
  })
  const settings = useQuery(
    trpc.cluster.settings.queryOptions(undefined, { enabled: isAdmin, meta: { still: true } }),
  ).data
  const needs = isAdmin ? undefined : t('needsAdmin')
  const edited = settings?.find(({ id }) => id === open)
  return (
    <>
      <PageHead title={t('title')} about={list.data && t('count', { count: list.data.length })}>
        <Button look="primary" reason={needs} onClick={() => void setOpen(NEW)}>
          <Plus />
          {t('connect')}
        </Button>
      </PageHead>
      <Region query={list}>
        {(cards) =>
          cards.length === 0 ? (
            <Empty title={t('none')}>{t('noneNote')}</Empty>
          ) : (
            <>
              <ul className="grid gap-2.5 [grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr))]">
                {cards.map((card) => (
                  <li key={card.id} className="min-w-0">
                    <ClusterCardPanel
                      card={card}
                      info={infos.find(({ id }) => id === card.id)}
                      settings={settings?.find(({ id }) => id === card.id)}
                      onEdit={isAdmin ? () => void setOpen(card.id) : undefined}
                    />
                  </li>
                ))}
              </ul>
              <AbilityTable infos={infos} />
            </>
          )
        }
      </Region>
      {open !== null && isAdmin && (open === NEW || edited !== undefined) && (
        <ClusterEditor
          key={open}
          settings={open === NEW ? null : (edited ?? null)}
          taken={(list.data ?? []).map(({ id }) => id)}
          onClose={() => void setOpen(null)}
        />
      )}
    </>
  )
}
