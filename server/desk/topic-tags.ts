// server/desk/topic-tags.ts: which tags a topic's messages bear, by the newest few of its queues. A sample, and said to be one:
// brokers count no tags.
import type { Admin } from '../admin/open'
import { messagesOf } from '../admin/records'
import { askable, type ClusterState, type TopicState } from '../metrics/state'
import type { TopicTags } from '../shared/views'

/** One pull of each, of at most so many queues: brokers hand out 32 messages, or 256 KiB. */
const MOST_QUEUES = 16
const MOST_OF_A_QUEUE = 32
const MOST_TAGS = 20

export const sampleTags = async (
  admin: Pick<Admin, 'messages'>,
  state: ClusterState,
  topic: TopicState,
  now: () => number,
): Promise<TopicTags> => {
  const alive = new Map(askable(state).map((one) => [one.name, one.address]))
  const filled = [...topic.queues.values()]
    .filter(({ broker, max, min }) => max > min && alive.has(broker))
    .sort((a, b) => b.max - b.min - (a.max - a.min))
  const asked = filled.slice(0, MOST_QUEUES).map(async ({ broker, queueId, min, max }) => {
    const offset = BigInt(Math.max(min, max - MOST_OF_A_QUEUE))
    const query = { group: 'TOOLS_CONSUMER', topic: topic.name, queueId, offset, max: MOST_OF_A_QUEUE }
    return messagesOf((await admin.messages.pull(alive.get(broker) ?? '', query)).records)
  })
  const found = await Promise.allSettled(asked)
  const messages = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const counts = new Map<string | null, number>()
  for (const { tag } of messages) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  const tags = [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count)
  return {
    tags: tags.slice(0, MOST_TAGS),
    otherTags: Math.max(0, tags.length - MOST_TAGS),
    messages: messages.length,
    silent: found.filter(({ status }) => status === 'rejected').length,
    at: now(),
  }
}
