// test/support/store-model.ts: a store beside a plain list of what was put into it. Random operations go to both; after each
// reopening everything the list says was acknowledged must be read back from the store, and nothing that was never sent.
import { expect } from 'vitest'
import { decodeRecord, decodeRecords } from '../../broker/protocol/record'
import type { MessageStore, StoreOptions } from '../../broker/store'
import { openMessageStore } from '../../broker/store'
import { type MemoryDisk, memoryRoot } from './disks'
import type { Random } from './random'
import { newMessage, storeOptions } from './stores'

export interface Sent {
  topic: string
  queueId: number
  queueOffset: number
  commitLogOffset: number
  body: string
  key: string
  acked: boolean
  /** How its put ended, when not well. */
  refused?: string
}

export class StoreModel {
  readonly disk: MemoryDisk
  readonly random: Random
  readonly #overrides: Partial<StoreOptions>
  store!: MessageStore // opened before anything else is called
  /** What may be in the store, by queue and offset. An offset may have been given again after a message was lost. */
  sent: Sent[] = []
  lines: string[] = []
  #number = 0
  #timeMs = 1_700_000_000_000

  constructor(disk: MemoryDisk, random: Random, overrides: Partial<StoreOptions> = {}) {
    this.disk = disk
    disk.clock = () => this.#timeMs
    this.random = random
    this.#overrides = overrides
  }

  async open(): Promise<void> {
    const { more, ...overrides } = this.#overrides
    const before: MessageStore | undefined = this.store
    const files = this.disk.mount()
    // a killed process does nothing any more; this one's timers would go on complaining, faster than others can work
    before?.close().catch(() => {})
    this.store = await openMessageStore(
      storeOptions(memoryRoot, {
        fileReservedTimeHours: 1,
        clock: () => this.#timeMs,
        ...overrides,
        log: (level, line) => this.lines.push(`${level} ${line}`),
        more: {
          flushConsumeQueueIntervalMs: 5,
          flushConsumeQueueThoroughIntervalMs: 20,
          ...more,
          files,
        },
      }),
    )
  }

  /** Appends some messages in one turn. Their acknowledgements come when they come. */
  append(count: number, maxBody = 700): Sent[] {
    const added: Sent[] = []
    for (let n = 0; n < count; n++) {
      const { random } = this
      const body = `${this.#number++} ${'x'.repeat(random.below(maxBody))}`
      const topic = random.pick(['orders', 'payments', '%RETRY%group'])
      const queueId = random.below(3)
      const key = `key${this.#number % 50}`
      const appended = this.store.append(newMessage({ topic, queueId, body, keys: [key] }))
      const { queueOffset, commitLogOffset } = appended
      const one: Sent = { topic, queueId, queueOffset, commitLogOffset, body, key, acked: false }
      this.sent.push(one)
      added.push(one)
      this.store.whenSafe(commitLogOffset, true, (status) => {
        if (status === 'ok') one.acked = true
        else one.refused = status
      })
    }
    return added
  }

  /** Time passes, and whole segments become old enough to go; never the one that is in use. */
  async expire(): Promise<number> {
    this.#timeMs += 2 * 3_600_000
    const count = await this.store.deleteExpiredCommitLog()
    this.#forgetExpired()
    return count
  }
  #forgetExpired(): void {
    const { minOffset } = this.store.commitLog
    this.sent = this.sent.filter((one) => one.commitLogOffset >= minOffset)
  }

  async acked(messages: readonly Sent[]): Promise<void> {
    while (messages.some((message) => !message.acked)) {
      const refused = messages.find((message) => !message.acked && message.refused !== undefined)
      if (refused) throw new Error(`${refused.topic} ${refused.queueOffset} is never acknowledged: ${refused.refused}`)
      await new Promise(setImmediate)
    }
  }

  async readAll(topic: string, queueId: number): Promise<Map<number, string>> {
    const found = new Map<number, string>()
    const { store } = this
    for (let next = store.minOffset(topic, queueId); next < store.maxOffset(topic, queueId); ) {
      const result = await store.get({ topic, queueId, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
      for (const piece of result.records) {
        for (const record of decodeRecords(piece)) found.set(record.queueOffset, record.body.toString())
      }
      result.release()
      if (result.nextBeginOffset <= next) throw new Error(`${topic}-${queueId} does not go on from ${next}`)
      next = result.nextBeginOffset
    }
    return found
  }

  /** Holds the store against the list, and then the list against the store: what was lost unacknowledged is forgotten. */
  async check(): Promise<void> {
    const seed = `seed ${this.random.seed}`
    this.#forgetExpired()
    const queues = new Map<string, Map<number, string>>()
    for (const topic of this.store.topics) {
      for (const queueId of this.store.queuesOf(topic))
        queues.set(`${topic}-${queueId}`, await this.readAll(topic, queueId))
    }
    const bodies = new Map<string, Set<string>>()
    for (const { topic, queueId, queueOffset, body, acked } of this.sent) {
      const queue = queues.get(`${topic}-${queueId}`)
      if (acked) expect(queue?.get(queueOffset), `${seed}: acknowledged ${topic}-${queueId} ${queueOffset}`).toBe(body)
      const place = `${topic}-${queueId}-${queueOffset}`
      if (!bodies.has(place)) bodies.set(place, new Set())
      bodies.get(place)?.add(body)
    }
    for (const [name, queue] of queues) {
      for (const [offset, body] of queue) {
        expect(bodies.get(`${name}-${offset}`)?.has(body), `${seed}: ${name} ${offset} was never sent`).toBe(true)
      }
    }
    this.sent = this.sent.filter((one) => queues.get(`${one.topic}-${one.queueId}`)?.get(one.queueOffset) === one.body)
    // whatever survived once, survives from now on: it has been seen by a consumer
    for (const one of this.sent) one.acked = true
  }

  /** Every message of a few random keys is found by it. */
  async checkIndex(): Promise<void> {
    await this.acked(this.sent)
    for (let n = 0; n < 3 && this.sent.length > 0; n++) {
      const { topic, key } = this.random.pick(this.sent)
      const expected = this.sent.filter((one) => one.topic === topic && one.key === key).map((one) => one.body)
      const result = await this.store.query(topic, key, 64, 0, Number.MAX_SAFE_INTEGER)
      const found = result.records.map((record) => decodeRecord(record).body.toString())
      expect(new Set(found), `seed ${this.random.seed}: ${topic} ${key}`).toEqual(new Set(expected))
      expect(found.length, `seed ${this.random.seed}: ${topic} ${key} once each`).toBe(new Set(found).size)
    }
  }
}
