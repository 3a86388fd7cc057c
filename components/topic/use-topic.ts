'use client'
// components/topic/use-topic.ts: one topic, asked once and then kept moving by its live feed while the page is live. The query
// cache alone holds it; every tab of the page reads the same.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useParams } from 'next/navigation'
import { decoded } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { type RangeSpan, useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { useLive } from '../trpc/refresh'

export interface TopicAt {
  readonly cluster: string
  readonly topic: string
}
/** The topic of the address; decoded once, here. */
export const useTopicAt = (): TopicAt => {
  const cluster = useClusterId()
  const { topic } = useParams<{ topic: string }>()
  return { cluster, topic: decoded(topic ?? '') }
}

export const useTopic = (at: TopicAt) => {
  const trpc = useTRPC()
  return useQuery(trpc.topic.get.queryOptions({ cluster: at.cluster, topic: at.topic }, { meta: { fed: true } }))
}

/** Mounted once, by the topic's frame. */
export const useTopicFeed = ({ cluster, topic }: TopicAt): void => {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const live = useLive()
  useSubscription(
    trpc.topic.live.subscriptionOptions(
      { cluster, topic },
      { enabled: live, onData: ({ data }) => cache.setQueryData(trpc.topic.get.queryKey({ cluster, topic }), data) },
    ),
  )
}

export const useTopicHistory = ({ cluster, topic }: TopicAt, span: RangeSpan) => {
  const trpc = useTRPC()
  return useQuery(trpc.topic.history.queryOptions({ cluster, topic, ...span }, { placeholderData: (before) => before }))
}
export { useRange }
