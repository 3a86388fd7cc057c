// broker/protocol/static-topic.ts: the arithmetic of static topics. Such a topic has queues with numbers of its own over all
// brokers; each is a list of parts, oldest first, and a part is a queue of one broker. Values only: who keeps a mapping is
// catalog/static-topics.ts. Texts are Apache's.
import type { MessageQueue, RouteData, TopicQueueMappingDetail, TopicQueueMappingInfo } from './bodies'

/** A queue of a broker that holds messages of a static queue from `logicOffset` on; -1: not decided yet. */
export type MappingItem = TopicQueueMappingDetail['hostedQueues'] extends Map<number, (infer I)[]> ? I : never

const globalScope = '__global__'
/** Clients name this broker for every queue of a static topic, and find the real one by the route. */
export const mockBrokerName = (scope: string = globalScope): string =>
  `__syslo__${scope === globalScope ? scope.slice(2) : scope}`

export const logicOffsetOf = (item: MappingItem, physicalOffset: number): number =>
  physicalOffset < item.startOffset ? item.logicOffset : item.logicOffset + physicalOffset - item.startOffset
export const physicalOffsetOf = (item: MappingItem, logicOffset: number): number =>
  logicOffset - item.logicOffset + item.startOffset

/** The part that holds this offset; the first one for what lies before it. Parts without an offset hold none yet. */
export function itemAt(items: readonly MappingItem[], logicOffset: number): MappingItem | undefined {
  const decided = items.filter((item) => item.logicOffset >= 0)
  return decided.findLast((item) => logicOffset >= item.logicOffset) ?? decided[0]
}
export const itemBehind = (items: readonly MappingItem[], item: MappingItem): MappingItem | undefined => {
  const next = items[items.findIndex(({ gen }) => gen === item.gen) + 1]
  return next === undefined || next.logicOffset < 0 ? undefined : next
}

/** What name servers are told: the queues that are written to here. */
export function mappingInfoOf(detail: TopicQueueMappingDetail): TopicQueueMappingInfo {
  const { bname, dirty, epoch, scope, topic, totalQueues } = detail
  const currIdMap = new Map<number, number>()
  for (const [globalId, items] of detail.hostedQueues) {
    const leader = items.at(-1)
    if (leader !== undefined && leader.bname === bname) currIdMap.set(globalId, leader.queueId)
  }
  return { bname, currIdMap, dirty, epoch, scope, topic, totalQueues }
}

/** Why this cannot be a mapping of the topic at the broker, or undefined. */
export function mappingFault(detail: TopicQueueMappingDetail, topic: string, brokerName: string): string | undefined {
  if (detail.topic !== topic) return `The mapping is of topic ${detail.topic}, not of ${topic}`
  if (detail.bname !== brokerName) return `The mapping is for broker ${detail.bname}, and this is ${brokerName}`
  for (const [globalId, items] of detail.hostedQueues) {
    if (globalId < 0 || globalId >= detail.totalQueues) {
      return `The mapping has queue ${globalId}, and there are ${detail.totalQueues} queues`
    }
    const fault = itemsFault(items)
    if (fault !== undefined) return fault
  }
  return undefined
}

function itemsFault(items: readonly MappingItem[]): string | undefined {
  if (items.length === 0) return 'The new item list is null or empty'
  let newer: MappingItem | undefined
  for (const item of [...items].reverse()) {
    if (item.bname === undefined || item.bname === '') return 'The broker of item does not exist'
    if (item.startOffset < 0 || item.gen < 0 || item.queueId < 0) return 'The field is illegal, should not be negative'
    if (item.endOffset !== -1 && item.endOffset < item.startOffset) {
      return 'The endOffset is smaller than the start offset'
    }
    if (newer !== undefined) {
      if (item.logicOffset < 0) return 'The non-latest item has negative logic offset'
      if (item.gen >= newer.gen) return 'The gen does not increase monotonically'
      if (newer.logicOffset !== -1 && item.logicOffset >= newer.logicOffset) {
        return 'The base logic offset does not increase monotonically'
      }
      const end = item.endOffset >= item.startOffset ? item.logicOffset + item.endOffset - item.startOffset : 0
      if (newer.logicOffset !== -1 && end >= newer.logicOffset) {
        return 'The max logic offset does not increase monotonically'
      }
    }
    newer = item
  }
  return undefined
}

/** The mapping that follows from an older one and what a tool sends, or why it cannot. */
export function mergedMapping(
  held: TopicQueueMappingDetail | undefined,
  next: TopicQueueMappingDetail,
  force: boolean,
): TopicQueueMappingDetail | string {
  if (held === undefined) return next
  const hostedQueues = new Map(next.hostedQueues)
  if (!force) {
    if (next.epoch < held.epoch) return `Can't accept data with small epoch ${next.epoch} < ${held.epoch}`
    if ((next.scope ?? globalScope) !== (held.scope ?? globalScope)) {
      return `Can't accept data with unmatched scope ${next.scope} != ${held.scope}`
    }
  }
  const isSameEpoch = next.epoch === held.epoch
  for (const [globalId, items] of held.hostedQueues) {
    const given = hostedQueues.get(globalId)
    if (given === undefined) {
      if (isSameEpoch && !force) return 'Cannot accept equal epoch with null data'
      hostedQueues.set(globalId, items)
    } else if (!force) {
      const fault = changeFault(items, given, isSameEpoch)
      if (fault !== undefined) return fault
    }
  }
  return { ...next, hostedQueues }
}

/** What was written where cannot change afterwards; parts may only be added, or forgotten from the front. */
function changeFault(
  held: readonly MappingItem[],
  next: readonly MappingItem[],
  isSameEpoch: boolean,
): string | undefined {
  for (const item of next) {
    const before = held.find(({ gen }) => gen === item.gen)
    if (before === undefined) continue
    const isMoved =
      before.bname !== item.bname || before.queueId !== item.queueId || before.startOffset !== item.startOffset
    if (isMoved || (before.logicOffset !== -1 && before.logicOffset !== item.logicOffset)) {
      return `The item of generation ${item.gen} cannot be changed any more`
    }
  }
  return isSameEpoch && held.at(-1)?.gen !== next.at(-1)?.gen
    ? 'The new leader is different but epoch equal'
    : undefined
}

/** Queues as clients see them; undefined for a topic that is not static. */
export function staticQueuesOf(topic: string, route: RouteData): MessageQueue[] | undefined {
  const infos = [...(route.topicQueueMappingByBroker?.values() ?? [])]
  if (infos.length === 0) return undefined
  const [newest] = infos.sort((a, b) => b.epoch - a.epoch)
  const brokerName = mockBrokerName(newest?.scope)
  return Array.from({ length: newest?.totalQueues ?? 0 }, (_, queueId) => ({ topic, brokerName, queueId }))
}
