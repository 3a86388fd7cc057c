// broker/worker/adopt.ts: what a broker takes up that a controller made master: topics of which it has the messages and not
// the tables.
import type { TopicCatalog, TopicConfig } from '../catalog/types'
import type { MessageStore } from '../store'
import type { PartLog } from './part-thread'
import type { Place } from './replication'

/** A topic that is younger may have missed the last copy of the master's table. */
const ADOPT_MS = 600_000

/**
 * What the master before made in its last moments may have come with its log and not with its tables: queues whose topic is
 * not known would be seen by nobody. Name servers take the table of the newer epoch.
 */
export async function adopt(
  { masterEpoch }: Place,
  store: MessageStore,
  topics: TopicCatalog,
  log: PartLog,
): Promise<void> {
  const sinceMs = Date.now() - ADOPT_MS
  for (const topic of [...store.topics]) {
    if (topics.get(topic) !== undefined) continue
    const ids = [...store.queuesOf(topic)]
    const beganMs = await Promise.all(ids.map((queueId) => store.earliestStoreTime(topic, queueId)))
    // an older topic was deleted at the master, and its queues are still to be cleaned here
    if (!beganMs.some((atMs) => atMs > sinceMs)) continue
    const queues = Math.max(...ids) + 1
    log('warn', `topic ${topic} came with the log and not with the master's table: made with ${queues} queues`)
    topics.put(newTopic(topic, queues))
  }
  topics.begin(masterEpoch)
}
const newTopic = (topicName: string, queues: number): TopicConfig => ({
  attributes: new Map(),
  order: false,
  perm: 6,
  readQueueNums: queues,
  topicFilterType: 'SINGLE_TAG',
  topicName,
  topicSysFlag: 0,
  writeQueueNums: queues,
})
