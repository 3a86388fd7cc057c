// test/broker/processor/real-broker.ts: a whole broker in this process, on ports of its own, and clients that speak to it
// over the wire. Nothing of it is pretended.
import { openDialer } from '../../../broker/net/dial'
import type { Dialer, Reply } from '../../../broker/net/types'
import { encodeBatch } from '../../../broker/protocol/batch'
import { type ConsumerData, heartbeatData, writeBody } from '../../../broker/protocol/bodies'
import { RequestCode } from '../../../broker/protocol/codes'
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { parseOffsetId } from '../../../broker/protocol/message-id'
import { parseProperties, writeProperties } from '../../../broker/protocol/properties'
import { decodeRecord, decodeRecords, type StoredRecord } from '../../../broker/protocol/record'
import { parseTagExpression } from '../../../broker/protocol/subscription'
import { startBrokerPart } from '../../../broker/worker/broker-life'
import type { PartPlan } from '../../../broker/worker/messages'
import { removeFolder, temporaryFolder } from '../../support/folders'
import { freePort } from '../../support/ports'

export interface RealBroker {
  readonly address: string
  readonly vipAddress: string
  readonly dataDir: string
  /** What it logged at warn or error. */
  readonly complaints: readonly string[]
  client(): TestClient
  /** Stops and starts it on the same store and port; `between` has the store to itself. */
  restart(between?: (dataDir: string) => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function openRealBroker(
  properties: Record<string, string> = {},
  brokerName = 'broker-a',
  plan: Partial<PartPlan> = {},
): Promise<RealBroker> {
  const port = await freePort([-2, 0, 1])
  const dataDir = temporaryFolder('broker')
  const complaints: string[] = []
  const clients: TestClient[] = []
  const start = () =>
    startBrokerPart(
      {
        ...plan,
        kind: 'broker',
        name: `${brokerName}:0`,
        host: '127.0.0.1',
        port,
        dataDir,
        // small files, so that a test's store is small
        properties: { mappedFileSizeCommitLog: '16777216', maxHashSlotNum: '1000', maxIndexNum: '4000', ...properties },
        preset: {
          brokerName,
          brokerId: '0',
          brokerIP1: '127.0.0.1',
          brokerIP2: '127.0.0.1',
          listenPort: String(port),
          haListenPort: String(port + 1),
        },
      },
      (level, text) => {
        if (level === 'warn' || level === 'error') complaints.push(text)
      },
    )
  let part = await start()
  return {
    address: `127.0.0.1:${port}`,
    vipAddress: `127.0.0.1:${port - 2}`,
    dataDir,
    complaints,
    client() {
      const client = new TestClient(`127.0.0.1:${port}`)
      clients.push(client)
      return client
    },
    async restart(between) {
      await part.stop()
      await between?.(dataDir)
      part = await start()
    },
    async stop() {
      for (const client of clients) client.close()
      await part.stop()
      removeFolder(dataDir)
    },
  }
}

export interface Send {
  topic: string
  body?: string | Buffer
  queueId?: number
  properties?: Record<string, string>
  ext?: ExtFields
}

/** One client with a connection of its own. */
export class TestClient {
  readonly told: Command[] = []
  /** What it answers when the broker asks; undefined: nothing. */
  answers: (asked: Command) => Reply | undefined = () => undefined
  readonly #dialer: Dialer
  readonly #address: string
  constructor(address: string) {
    this.#address = address
    this.#dialer = openDialer({
      onRequest: (command, connection) => {
        this.told.push(command)
        const reply = this.answers(command)
        if (reply !== undefined) connection.reply(command, reply)
      },
    })
  }

  ask(code: number, ext: ExtFields = {}, body?: Buffer | string, timeoutMs = 60_000): Promise<Command> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    return this.#dialer.request(this.#address, code, ext, bytes, timeoutMs)
  }
  oneway(code: number, ext: ExtFields, body?: string): Promise<void> {
    return this.#dialer.oneway(this.#address, code, ext, body === undefined ? undefined : Buffer.from(body))
  }

  /** As a Java producer sends. */
  send({ topic, body = 'hello', queueId = 0, properties = {}, ext = {} }: Send): Promise<Command> {
    return this.ask(RequestCode.SEND_MESSAGE_V2, { ...v2(topic, queueId, properties), ...ext }, body)
  }
  sendBatch(topic: string, entries: readonly { body: string; properties?: Record<string, string> }[], ext = {}) {
    const body = encodeBatch(
      entries.map(({ body, properties = {} }) => ({
        flag: 0,
        body: Buffer.from(body),
        properties: Buffer.from(writeProperties(Object.entries(properties))),
      })),
    )
    return this.ask(RequestCode.SEND_BATCH_MESSAGE, { ...v2(topic, 0, {}), m: 'true', ...ext }, body)
  }

  pull(group: string, topic: string, queueOffset: number, ext: ExtFields = {}): Promise<Command> {
    return this.ask(RequestCode.PULL_MESSAGE, {
      consumerGroup: group,
      topic,
      queueId: '0',
      queueOffset: String(queueOffset),
      maxMsgNums: '32',
      sysFlag: '4',
      commitOffset: '0',
      suspendTimeoutMillis: '15000',
      subscription: '*',
      subVersion: '0',
      ...ext,
    })
  }
  /** Pulls until something is there. */
  async pullUntil(group: string, topic: string, queueOffset = 0, queueId = 0, timeoutMs = 10_000): Promise<Stored[]> {
    const endMs = Date.now() + timeoutMs
    const ext = { sysFlag: '6', suspendTimeoutMillis: '500', queueId: String(queueId) }
    for (;;) {
      const reply = await this.pull(group, topic, queueOffset, ext)
      if (reply.code === 0) return decodeRecords(reply.body).map(readable)
      if (Date.now() > endMs)
        throw new Error(`nothing in ${topic} after ${timeoutMs} ms: ${reply.code} ${reply.remark}`)
    }
  }

  heartbeat(
    clientID: string,
    consumers: readonly Partial<ConsumerData>[],
    producers: readonly string[] = [],
    more = {},
  ) {
    const body = writeBody(heartbeatData, {
      clientID,
      consumerDataSet: consumers.map((consumer) => ({
        consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
        consumeType: 'CONSUME_PASSIVELY',
        groupName: 'g',
        messageModel: 'CLUSTERING',
        subscriptionDataSet: [parseTagExpression('t', '*', 1)],
        unitMode: false,
        ...consumer,
      })),
      heartbeatFingerprint: 0,
      producerDataSet: producers.map((groupName) => ({ groupName })),
      withoutSub: false,
      ...more,
    })
    return this.ask(RequestCode.HEART_BEAT, {}, body)
  }

  async view(offsetMsgId: string): Promise<Stored> {
    const { commitLogOffset } = parseOffsetId(offsetMsgId)
    const reply = await this.ask(RequestCode.VIEW_MESSAGE_BY_ID, { offset: String(commitLogOffset) })
    if (reply.code !== 0) throw new Error(`${reply.code} ${reply.remark}`)
    return readable(decodeRecord(reply.body))
  }
  close(): void {
    this.#dialer.close()
  }
}

const v2 = (topic: string, queueId: number, properties: Record<string, string>): ExtFields => ({
  a: 'PG',
  b: topic,
  c: 'TBW102',
  d: '4',
  e: String(queueId),
  f: '0',
  g: '1700000000000',
  h: '0',
  i: writeProperties(Object.entries(properties)),
  j: '0',
  k: 'false',
  m: 'false',
  n: 'broker-a',
})

/** A record with its body as text and its properties as an object. */
export type Stored = Omit<StoredRecord, 'body' | 'properties'> & { text: string; properties: Record<string, string> }
const readable = ({ body, properties, ...record }: StoredRecord): Stored => ({
  ...record,
  text: body.toString('utf8'),
  properties: Object.fromEntries(parseProperties(properties)),
})
