// test/client/store-interop.test.ts: one disk format. A store of ours opens in Apache's own store classes, and one of theirs in
// ours, after an orderly stop and after a crash. Without a JDK and the stock jars these tests are skipped, by name.
import { beforeAll, describe, expect, it } from 'vitest'
import { parseProperties } from '../../broker/protocol/properties'
import { decodeRecord, decodeRecords } from '../../broker/protocol/record'
import type { MessageStore, StoreOptions } from '../../broker/store'
import { openMessageStore } from '../../broker/store'
import { removeFolder, temporaryFolder } from '../support/folders'
import { compileJava, javaParts, runJava } from '../support/java'
import { newMessage, put, storeOptions } from '../support/stores'

const parts = await javaParts()
/** `npm run test:long -- interop` asks for a million. */
const COUNT = Number(process.env.ROCKETDECK_INTEROP ?? 3000)
const isLarge = COUNT > 100_000
const sizes = isLarge
  ? { log: 32 * 1024 * 1024, queue: 600_000, slots: 50_000, items: 200_000 }
  : { log: 256 * 1024, queue: 2000, slots: 500, items: 400 }
/** Each key is of 60 messages. */
const KEYS = COUNT / 60
const bodyBytes = isLarge ? 60 : 700
const LIMIT_MS = 180_000 + COUNT
const WRITTEN = isLarge ? COUNT : 2000
const options = (folder: string): StoreOptions =>
  storeOptions(folder, {
    commitLogSegmentBytes: sizes.log,
    consumeQueueSegmentBytes: sizes.queue,
    indexMaxSlots: sizes.slots,
    indexMaxItems: sizes.items,
  })

let classes = ''
beforeAll(async () => {
  if (!('missing' in parts)) classes = await compileJava(parts)
})

async function storeCheck(args: string[]): Promise<string[][]> {
  if ('missing' in parts) throw new Error(parts.missing)
  const properties = Object.fromEntries(Object.entries(sizes).map(([key, value]) => [key, String(value)]))
  const { output } = await runJava({ ...parts, main: 'StoreCheck', classes, args, properties, timeoutMs: LIMIT_MS })
  const lines = output.split('\n').map((line) => line.split('\t'))
  expect(lines[0], output).toEqual(['load', 'true'])
  return lines
}

interface Fact {
  topic: string
  queueId: number
  queueOffset: number
  commitLogOffset: number
  body: string
}
const key = ({ topic, queueId, queueOffset, commitLogOffset, body }: Fact): string =>
  `${topic} ${queueId} ${queueOffset} ${commitLogOffset} ${body}`

async function allOf(store: MessageStore): Promise<string[]> {
  const facts: string[] = []
  for (const topic of store.topics) {
    for (const queueId of store.queuesOf(topic)) {
      for (let next = store.minOffset(topic, queueId); next < store.maxOffset(topic, queueId); ) {
        const result = await store.get({ topic, queueId, queueOffset: next, maxMessages: 32, maxBytes: 1 << 20 })
        for (const piece of result.records) {
          for (const record of decodeRecords(piece)) facts.push(key({ ...record, body: record.body.toString() }))
        }
        result.release()
        next = result.nextBeginOffset
      }
    }
  }
  return facts.sort()
}

async function fill(folder: string, count: number): Promise<{ store: MessageStore; sent: string[] }> {
  const store = await openMessageStore(options(folder))
  const sent: string[] = []
  for (let n = 0; n < count; n++) {
    const message = newMessage({
      topic: `ours-${n % 2}`,
      queueId: n % 3,
      body: `message ${n} ${'x'.repeat(n % bodyBytes)}`,
      tags: n % 4 === 0 ? 'A' : 'B',
      keys: [`key${n % KEYS}`],
      uniqueKey: n.toString(16).padStart(32, '0').toUpperCase(),
    })
    const { queueOffset, commitLogOffset } = store.append(message)
    sent.push(key({ ...message, queueOffset, commitLogOffset, body: message.body.toString() }))
    if (n % 100 === 0) await new Promise(setImmediate)
  }
  const last = await put(store, { topic: 'ours-0', body: 'last' })
  sent.push(key({ topic: 'ours-0', queueId: 0, ...last, body: 'last' }))
  return { store, sent: sent.sort() }
}

function expectAll(lines: string[][], sent: string[]): void {
  const read = lines.filter(([what]) => what === 'message')
  const facts = read.map(([, topic = '', queueId, queueOffset, commitLogOffset, , , , body = '']) =>
    key({
      topic,
      queueId: Number(queueId),
      queueOffset: Number(queueOffset),
      commitLogOffset: Number(commitLogOffset),
      body,
    }),
  )
  expect(facts.sort()).toEqual(sent)
  expect(lines.filter(([what]) => what === 'stuck')).toEqual([])
}

describe.skipIf('missing' in parts)('ST1 ST2 ST3 ST4: the store format', { timeout: LIMIT_MS }, () => {
  it('of ours is read by Apache after an orderly stop, with queues, index and tags', async () => {
    const folder = temporaryFolder('interop')
    const { store, sent } = await fill(folder, COUNT)
    await store.close()
    const lines = await storeCheck(['read', folder, 'key=ours-1/key7', `key=ours-0/${'0'.repeat(31)}4`])
    expectAll(lines, sent)
    const hits = lines.filter(([what]) => what === 'key').map(([, , , bodies = '']) => bodies.split(',').length)
    expect(hits).toEqual([60, 1])
    const tags = lines.filter(([what]) => what === 'message').map(([, , , , , , tag]) => tag)
    expect(tags.filter((tag) => tag === 'A')).toHaveLength(COUNT / 4)
    // and ours goes on with what Apache left
    const again = await openMessageStore(options(folder))
    expect(await allOf(again)).toEqual(sent)
    await again.close()
    removeFolder(folder)
  })

  it('of ours is read by Apache after a crash', async () => {
    const folder = temporaryFolder('interop')
    const { store, sent } = await fill(folder, isLarge ? COUNT : 1200)
    const copy = `${folder}-crashed`
    const { cpSync } = await import('node:fs')
    cpSync(folder, copy, { recursive: true }) // what a killed process leaves
    const lines = await storeCheck(['read', copy, 'key=ours-1/key7'])
    expectAll(lines, sent)
    expect(lines.find(([what]) => what === 'key')?.[3]?.split(',')).toHaveLength(isLarge ? 60 : 24)
    await store.close()
    removeFolder(folder)
    removeFolder(copy)
  })

  it.each([
    ['an orderly stop', []],
    ['a crash', ['halt']],
  ])('of Apache is read by ours after %s', async (_how, how) => {
    const folder = temporaryFolder('interop')
    const lines = await storeCheck(['write', folder, String(WRITTEN), ...how])
    const written = lines
      .filter(([what]) => what === 'put')
      .map(([, topic = '', queueId, queueOffset, commitLogOffset, status, body = '']) => {
        expect(status).toBe('PUT_OK')
        const numbers = {
          queueId: Number(queueId),
          queueOffset: Number(queueOffset),
          commitLogOffset: Number(commitLogOffset),
        }
        return key({ topic, ...numbers, body })
      })
    expect(written).toHaveLength(WRITTEN)
    const store = await openMessageStore(options(folder))
    expect(await allOf(store)).toEqual(written.sort())
    const hits = await store.query('java-1', 'key7', 64, 0, Number.MAX_SAFE_INTEGER)
    expect(hits.records).toHaveLength(Math.min(64, WRITTEN / 50))
    for (const record of hits.records) expect(parseProperties(decodeRecord(record).properties).get('KEYS')).toBe('key7')
    const result = await store.get({
      topic: 'java-0',
      queueId: 0,
      queueOffset: 0,
      maxMessages: 32,
      maxBytes: 1 << 20,
      filter: { byUnit: (tagsCode) => tagsCode === 65 },
    })
    for (const piece of result.records) {
      for (const record of decodeRecords(piece)) expect(parseProperties(record.properties).get('TAGS')).toBe('A')
    }
    expect(result.messageCount).toBeGreaterThan(0)
    result.release()
    // the next message follows the last one
    const { queueOffset } = await put(store, { topic: 'java-0', queueId: 0 })
    expect(queueOffset).toBe(Math.ceil(WRITTEN / 6))
    await store.close()
    removeFolder(folder)
  })
})
