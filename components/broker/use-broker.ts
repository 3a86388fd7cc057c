'use client'
// components/broker/use-broker.ts: the broker a page is about, from its address, and what the server knows of it.
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'next/navigation'
import { decoded } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'

export function useBrokerAt(): { cluster: string; broker: string } {
  const cluster = useClusterId()
  const { broker } = useParams<{ broker: string }>()
  return { cluster, broker: decoded(broker) }
}

export function useBroker() {
  const trpc = useTRPC()
  return useQuery(trpc.broker.get.queryOptions(useBrokerAt()))
}
