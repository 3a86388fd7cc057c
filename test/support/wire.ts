// test/support/wire.ts: a plain client of the wire, for tests that need to know exactly which message was acknowledged
// and which was not. Stock clients judge the wire itself, in test/client.
import { openDialer } from '../../broker/net/dial'
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import {
  offsetReply,
  pullMessageHeader,
  pullMessageReply,
  queryConsumerOffsetHeader,
  queueHeader,
  readHeader,
  sendMessageReply,
  sendMessageV2Header,
  updateConsumerOffsetHeader,
  writeHeader,
} from '../../broker/protocol/headers'
import { createTopicHeader } from '../../broker/protocol/headers-admin'
import { decodeRecords, type StoredRecord } from '../../broker/protocol/record'

export interface Acked {
  topic: string
  queueId: number
  queueOffset: number
  body: string
}
const TIMEOUT_MS = 5000

/** Talks to one broker; one connection. */
export function openWire(address: string) {
  const dialer = openDialer()
  const ask = async (code: number, ext: Record<string, string | undefined>, body?: Buffer) => {
    const reply = await dialer.request(address, code, ext, body, TIMEOUT_MS)
    if (reply.code !== ResponseCode.SUCCESS) throw new Error(`code ${reply.code}: ${reply.remark}`)
    return reply
  }
  const pullOnce = async (topic: string, queueId: number, queueOffset: number) => {
    const ext = writeHeader(pullMessageHeader, {
      consumerGroup: 'readers',
      topic,
      queueId,
      queueOffset,
      maxMsgNums: 32,
      sysFlag: 4,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subVersion: 0,
      subscription: '*',
      expressionType: 'TAG',
    })
    const reply = await ask(RequestCode.PULL_MESSAGE, ext)
    return { found: decodeRecords(reply.body), next: readHeader(pullMessageReply, reply.ext).nextBeginOffset }
  }
  return {
    close: () => dialer.close(),

    /** Rejects when the message was not acknowledged; it may be stored all the same. */
    async send(topic: string, queueId: number, body: string, key = body): Promise<Acked> {
      const ext = writeHeader(sendMessageV2Header, {
        a: 'testers',
        b: topic,
        c: 'TBW102',
        d: 4,
        e: queueId,
        f: 0,
        g: Date.now(),
        h: 0,
        i: `TAGS\u0001t\u0002KEYS\u0001${key}`,
      })
      const reply = await ask(RequestCode.SEND_MESSAGE_V2, ext, Buffer.from(body))
      const { queueOffset, queueId: at } = readHeader(sendMessageReply, reply.ext)
      return { topic, queueId: at, queueOffset, body }
    },

    /** `batch` is the body of a batch send, as encodeBatch makes it. */
    async sendBatch(topic: string, queueId: number, batch: Buffer): Promise<void> {
      const fields = {
        a: 'testers',
        b: topic,
        c: 'TBW102',
        d: 4,
        e: queueId,
        f: 0,
        g: Date.now(),
        h: 0,
        i: '',
        m: true,
      }
      await ask(RequestCode.SEND_BATCH_MESSAGE, writeHeader(sendMessageV2Header, fields), batch)
    },

    async createTopic(topic: string, queues: number): Promise<void> {
      const ext = writeHeader(createTopicHeader, {
        topic,
        defaultTopic: 'TBW102',
        readQueueNums: queues,
        writeQueueNums: queues,
        perm: 6,
        topicFilterType: 'SINGLE_TAG',
      })
      await ask(RequestCode.UPDATE_AND_CREATE_TOPIC, ext)
    },

    async maxOffset(topic: string, queueId: number): Promise<number> {
      const reply = await ask(RequestCode.GET_MAX_OFFSET, writeHeader(queueHeader, { topic, queueId }))
      return readHeader(offsetReply, reply.ext).offset
    },

    /** Every record of a queue from an offset on. */
    async readAll(topic: string, queueId: number, from = 0): Promise<StoredRecord[]> {
      const records: StoredRecord[] = []
      const end = await this.maxOffset(topic, queueId)
      for (let queueOffset = from; queueOffset < end; ) {
        const { found, next } = await pullOnce(topic, queueId, queueOffset)
        records.push(...found)
        queueOffset = next
      }
      return records
    },

    /** At most 32 records from an offset on. */
    async pull(topic: string, queueId: number, queueOffset: number): Promise<StoredRecord[]> {
      return (await pullOnce(topic, queueId, queueOffset)).found
    },

    async commit(consumerGroup: string, topic: string, queueId: number, commitOffset: number): Promise<void> {
      const ext = writeHeader(updateConsumerOffsetHeader, { consumerGroup, topic, queueId, commitOffset })
      await ask(RequestCode.UPDATE_CONSUMER_OFFSET, ext)
    },

    async committed(consumerGroup: string, topic: string, queueId: number): Promise<number> {
      const ext = writeHeader(queryConsumerOffsetHeader, { consumerGroup, topic, queueId })
      return readHeader(offsetReply, (await ask(RequestCode.QUERY_CONSUMER_OFFSET, ext)).ext).offset
    },
  }
}
export type Wire = ReturnType<typeof openWire>

/** The acknowledged messages that do not lie where their acknowledgement says. */
export async function missingOf(wire: Wire, acked: readonly Acked[]): Promise<Acked[]> {
  const queues = new Map<string, Acked[]>()
  for (const one of acked) {
    const key = `${one.topic} ${one.queueId}`
    const queue = queues.get(key)
    if (queue) queue.push(one)
    else queues.set(key, [one])
  }
  const missing: Acked[] = []
  for (const [first, ...rest] of [...queues.values()]) {
    if (first === undefined) continue
    const { topic, queueId } = first
    const from = rest.reduce((lowest, { queueOffset }) => Math.min(lowest, queueOffset), first.queueOffset)
    const records = await wire.readAll(topic, queueId, from)
    const found = new Map(records.map((record) => [record.queueOffset, record.body.toString()]))
    missing.push(...[first, ...rest].filter(({ queueOffset, body }) => found.get(queueOffset) !== body))
  }
  return missing
}
