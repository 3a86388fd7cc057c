// server/metrics/group-trouble.ts: what ails a group that is online: queues that stand still, clients that disagree on what
// they read, kinds of topics that do not go together. Told with the queue, the message and the clients, from what the sampler
// holds; nobody is asked here.
import type { Subscription } from '../admin/types'
import { isKnown } from '../shared/known'
import { RETRY_PREFIX } from '../shared/names'
import type { GroupTrouble, StillQueue } from '../shared/views'
import { disagreementsOf } from './agreement'
import { behindOf, lagOf, readingsOf, topicsOf } from './figures'
import type { ClusterState, GroupState } from './state'

/** A queue with unread messages that has not moved for so long stands still. */
export const STILL_MS = 60_000
/** What clients said of their subscriptions is believed for so long after it was last heard. */
const SAID_MS = 15 * 60_000
const MOST_TOLD = 5

export const troublesOf = (
  state: ClusterState,
  group: GroupState,
  silent: ReadonlySet<string>,
  now: number,
): GroupTrouble[] => {
  if ((group.clients?.length ?? 0) === 0) return []
  return [...standing(state, group, silent, now), ...mismatch(group, now), ...mixedKinds(state, group)]
}

/** One queue that stands while others move is blocked; when none moves, the group is stalled. */
const standing = (state: ClusterState, group: GroupState, silent: ReadonlySet<string>, now: number): GroupTrouble[] => {
  if (group.model === 'BROADCASTING') return []
  const still: StillQueue[] = []
  let moving = 0
  for (const topic of topicsOf(group))
    for (const reading of readingsOf(state, group, topic)) {
      const { queue, position } = reading
      const lag = lagOf(reading, silent)
      if (queue === undefined || position === undefined || !isKnown(lag)) continue
      const movedAt = Math.max(position.movedAt, group.firstSeenAt)
      // A queue that was empty for hours stands since its first unread message came, not since its last was read.
      const behind = behindOf(reading, silent, now, lag)
      const sinceMs = isKnown(behind) ? Math.max(movedAt, now - behind.value) : movedAt
      if (lag.value > 0 && now - sinceMs > STILL_MS)
        still.push({
          topic,
          broker: queue.broker,
          queueId: queue.queueId,
          offset: BigInt(Math.max(position.committed, queue.min)),
          sinceMs,
          lag: lag.value,
        })
      else if (position.movedAt > group.firstSeenAt && now - position.movedAt < STILL_MS) moving += 1
    }
  if (still.length === 0) return []
  still.sort((a, b) => a.sinceMs - b.sinceMs)
  return [
    {
      kind: moving > 0 || group.orderly === true ? 'blocked' : 'stalled',
      orderly: group.orderly,
      queues: still.slice(0, MOST_TOLD),
      count: still.length,
    },
  ]
}

/**
 * Clients say what they subscribe to where their library can. Where it cannot, the broker still shows it: it keeps one
 * subscription per group, so two clients that read different topics change it back and forth with every heartbeat.
 */
const mismatch = (group: GroupState, now: number): GroupTrouble[] => {
  if (group.said.size < 2 && group.subscriptionLog.length < 3) return [] // nobody to disagree with, nothing to sway
  const online = new Set((group.clients ?? []).map(({ clientId }) => clientId))
  const said = [...group.said].flatMap(([clientId, one]) =>
    online.has(clientId) && now - one.at < SAID_MS
      ? [{ clientId, subscriptions: withoutRetry(one.subscriptions) }]
      : [],
  )
  const topics = disagreementsOf(said)
  if (topics.length > 0) return [{ kind: 'mismatch', topics }]
  const swaying = swayingTopics(group, now)
  return swaying.length > 0 ? [{ kind: 'mismatch', topics: swaying.map((topic) => ({ topic, differing: [] })) }] : []
}
const withoutRetry = (all: readonly Subscription[]) => all.filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))

/** How the broker's subscriptions of a group changed; two heartbeats of each client fit in. */
export const SWAY_MS = 180_000
const swayingTopics = ({ subscriptionLog }: GroupState, now: number): string[] => {
  const recent = subscriptionLog.filter(({ at }) => now - at < SWAY_MS)
  const back = recent.find((one, index) => recent.slice(0, Math.max(0, index - 1)).some(({ key }) => key === one.key))
  if (back === undefined) return []
  const sets = recent.map(({ topics }) => new Set(topics))
  return [...new Set(recent.flatMap(({ topics }) => topics))]
    .filter((topic) => sets.some((one) => !one.has(topic)))
    .sort()
}

/** Ordered and plain topics in one group: allowed, and advised against, since one of them gets the wrong listener. */
const mixedKinds = (state: ClusterState, group: GroupState): GroupTrouble[] => {
  const topics = withoutRetry(group.subscriptions)
  if (topics.length < 2) return []
  const ordered: string[] = []
  const plain: string[] = []
  for (const { topic } of topics) {
    let isThere = false
    let isOrdered = false
    for (const broker of state.brokers.values()) {
      const config = broker.topicConfigs.get(topic)
      if (config === undefined) continue
      isThere = true
      isOrdered ||= config.order || config.attributes['message.type'] === 'FIFO'
    }
    if (isThere) (isOrdered ? ordered : plain).push(topic)
  }
  return ordered.length > 0 && plain.length > 0 ? [{ kind: 'mixed-kinds', ordered, plain }] : []
}
