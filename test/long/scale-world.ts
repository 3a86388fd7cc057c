// test/long/scale-world.ts: a cluster as large as a large user's: thousands of topics with a group each, and clients that read
// for them. Its tables are written beforehand, as a broker keeps them: made one by one they would take an hour.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDialer } from '../../broker/net/dial'
import { RequestCode } from '../../broker/protocol/codes'
import type { Admin } from '../../server/admin/open'

const AT_ONCE = 16
const BEAT_MS = 30_000
const topicOf = (number: number) => `scale_topic_${number}`
const groupOf = (number: number) => `GID_scale_${number}`

export const eachOf = async <T>(all: readonly T[], run: (one: T) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await run(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

export const writeTables = (folder: string, topics: number): void => {
  const numbers = Array.from({ length: topics }, (_, number) => number)
  const dataVersion = { stateVersion: 0, timestamp: Date.now(), counter: 1 }
  const topic = (topicName: string, queues: number) => [
    topicName,
    {
      topicName,
      ...{ readQueueNums: queues, writeQueueNums: queues, perm: 6, order: false, topicSysFlag: 0 },
      ...{ topicFilterType: 'SINGLE_TAG', attributes: {} },
    },
  ]
  const put = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value))
  mkdirSync(folder, { recursive: true })
  put('topics.json', {
    dataVersion,
    topicConfigTable: Object.fromEntries(
      numbers.flatMap((number) => [topic(topicOf(number), 2), topic(`%RETRY%${groupOf(number)}`, 1)]),
    ),
  })
  put('subscriptionGroup.json', {
    dataVersion,
    subscriptionGroupTable: Object.fromEntries(
      numbers.map((number) => [groupOf(number), { groupName: groupOf(number), consumeEnable: true }]),
    ),
  })
  put('consumerOffset.json', {
    dataVersion,
    offsetTable: Object.fromEntries(numbers.map((number) => [`${topicOf(number)}@${groupOf(number)}`, { 0: 1, 1: 0 }])),
  })
}
/** Three messages into each topic, so that every group has some unread. */
export const fillTopics = (admin: Admin, broker: string, topics: number): Promise<void> =>
  eachOf(
    Array.from({ length: topics }, (_, number) => number),
    async (number) => {
      for (let sent = 0; sent < 3; sent++)
        await admin.messages.send(broker, {
          topic: topicOf(number),
          producerGroup: 'scale',
          queueId: sent % 2,
          body: Buffer.from(`${number}`),
          properties: '',
          sysFlag: 0,
          bornTimestamp: Date.now(),
        })
    },
  )
/** So many clients, each of which reads for its share of the groups and says so again and again, as a stock one does. */
export const startClients = async (broker: string, topics: number, clients: number): Promise<() => void> => {
  const dialers = Array.from({ length: clients }, () => openDialer())
  const bodies = dialers.map((_, at) => {
    const consumerDataSet = Array.from({ length: topics }, (_one, number) => number)
      .filter((number) => number % clients === at)
      .map((number) => ({
        groupName: groupOf(number),
        ...{ consumeType: 'CONSUME_PASSIVELY', messageModel: 'CLUSTERING' },
        ...{ consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET', unitMode: false },
        subscriptionDataSet: [
          {
            topic: topicOf(number),
            ...{
              subString: '*',
              expressionType: 'TAG',
              subVersion: 1,
              classFilterMode: false,
              tagsSet: [],
              codeSet: [],
            },
          },
        ],
      }))
    const client = { clientID: `scale-${at}@${at}`, producerDataSet: [], consumerDataSet, heartbeatFingerprint: 0 }
    return Buffer.from(JSON.stringify(client))
  })
  const beat = (): Promise<void> =>
    eachOf([...dialers.entries()], ([at, dialer]) =>
      dialer.request(broker, RequestCode.HEART_BEAT, {}, bodies[at] ?? Buffer.alloc(0), 60_000),
    )
  await beat()
  const beating = setInterval(() => void beat().catch(() => undefined), BEAT_MS)
  return () => {
    clearInterval(beating)
    for (const dialer of dialers) dialer.close()
  }
}
