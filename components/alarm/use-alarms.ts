'use client'
// components/alarm/use-alarms.ts: the board of alarms, asked again with every turn that is pushed, and what changes it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useClusterId, useMe, useOverview } from '../shell/cluster'
import { useTRPC } from '../trpc/client'

export const useBoard = () => {
  const cluster = useClusterId()
  const trpc = useTRPC()
  const at = useOverview(cluster).data?.at
  const query = useQuery(trpc.alarm.board.queryOptions({ cluster }))
  const { refetch } = query
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is the reason to ask, though its time is not used
  useEffect(() => void refetch(), [at, refetch])
  return query
}
/** After a change: every list of alarms is asked anew. */
export const useAlarmsChanged = () => {
  const trpc = useTRPC()
  const cache = useQueryClient()
  return async () => {
    await Promise.all([
      cache.invalidateQueries(trpc.alarm.pathFilter()),
      cache.invalidateQueries(trpc.channel.pathFilter()),
    ])
  }
}
export const useMay = () => {
  const me = useMe()
  return {
    handle: me?.rights.includes('alarm.handle') ?? false,
    write: me?.rights.includes('alarm.write') ?? false,
    admin: me?.rights.includes('console.admin') ?? false,
  }
}
