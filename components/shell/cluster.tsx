'use client'
// components/shell/cluster.tsx: the cluster a page is about: its id from the address, its card, and the overview that the
// sidebar and the first page share. One subscription keeps that overview moving.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useParams } from 'next/navigation'
import { createContext, use } from 'react'
import type { ClusterCard, Me } from '../../server/shared/views'
import { useTRPC } from '../trpc/client'
import { useLive } from '../trpc/refresh'
import { decoded } from './address'
import { spineOf } from './spine'

const ClusterContext = createContext<string | null>(null)
/** Set by the frame, so that a page which belongs to no cluster still shows the one it was opened from. */
export const ClusterProvider = ClusterContext

/** The id in the path, below /c/{cluster}; elsewhere the frame's. */
export function useClusterId(): string {
  const held = use(ClusterContext)
  const { cluster } = useParams<{ cluster?: string }>()
  return cluster === undefined ? (held ?? '') : decoded(cluster)
}

export function useClusters(): readonly ClusterCard[] | undefined {
  const trpc = useTRPC()
  return useQuery(trpc.cluster.list.queryOptions(undefined, { staleTime: 10_000 })).data
}
export function useClusterCard(): ClusterCard | undefined {
  const id = useClusterId()
  return useClusters()?.find((card) => card.id === id)
}

/** Who is signed in; the frame draws nothing without. */
export function useMe(): Me | undefined {
  const trpc = useTRPC()
  return (
    useQuery(trpc.auth.state.queryOptions(undefined, { staleTime: 60_000, meta: { still: true } })).data?.me ??
    undefined
  )
}

export function useOverview(cluster: string) {
  const trpc = useTRPC()
  return useQuery(trpc.cluster.overview.queryOptions({ cluster }, { enabled: cluster !== '', meta: { fed: true } }))
}

/** Mounted once, by the frame. */
export function useOverviewFeed(cluster: string): void {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const live = useLive()
  useSubscription(
    trpc.cluster.live.subscriptionOptions(
      { cluster },
      {
        enabled: live && cluster !== '',
        onData: ({ data }) => cache.setQueryData(trpc.cluster.overview.queryKey({ cluster }), data),
      },
    ),
  )
}

/** The spine and the name, for heads of dialogs: "on ▌trade-prod". */
export function ClusterName() {
  const id = useClusterId()
  const card = useClusterCard()
  return (
    <span className="inline-flex items-center gap-1.5 text-ink">
      <i aria-hidden className="inline-block h-3.5 w-1" style={{ background: spineOf(card?.colour ?? 0) }} />
      {card?.name ?? id}
    </span>
  )
}
