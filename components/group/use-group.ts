'use client'
// components/group/use-group.ts: one consumer group, asked once and kept moving by its live feed while the page is live.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useParams } from 'next/navigation'
import { decoded } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import type { RangeSpan } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { useLive } from '../trpc/refresh'

export interface GroupAt {
  readonly cluster: string
  readonly group: string
}
/** The group of the address; decoded once, here. */
export const useGroupAt = (): GroupAt => {
  const cluster = useClusterId()
  const { group } = useParams<{ group: string }>()
  return { cluster, group: decoded(group ?? '') }
}

export const useGroup = ({ cluster, group }: GroupAt) => {
  const trpc = useTRPC()
  return useQuery(trpc.group.get.queryOptions({ cluster, group }, { meta: { fed: true } }))
}

/** Mounted once, by the group's frame. */
export const useGroupFeed = ({ cluster, group }: GroupAt): void => {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const live = useLive()
  useSubscription(
    trpc.group.live.subscriptionOptions(
      { cluster, group },
      { enabled: live, onData: ({ data }) => cache.setQueryData(trpc.group.get.queryKey({ cluster, group }), data) },
    ),
  )
}

export const useGroupHistory = ({ cluster, group }: GroupAt, span: RangeSpan) => {
  const trpc = useTRPC()
  return useQuery(trpc.group.history.queryOptions({ cluster, group, ...span }, { placeholderData: (before) => before }))
}
