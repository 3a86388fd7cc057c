// test/server/message/queue-reader.test.ts: what a search reads of a queue. Bytes are looked at before messages are made of them,
// which leaves out nothing that matches; what is found in one go stays within bounds; and order is kept both ways.
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'
import { MessageSysFlag } from '../../../broker/protocol/sys-flag'
import type { Admin } from '../../../server/admin/open'
import { eachMessage, messagesOf, propertiesText } from '../../../server/admin/records'
import { type MessageFilter, openGlance, openMatch } from '../../../server/message/match'
import { openQueueReader } from '../../../server/message/queue-reader'

interface Sent {
  body: Buffer
  properties?: Record<string, string>
  packed?: boolean
}
const host = Buffer.from([10, 0, 0, 1, 0, 0, 0, 1])
const recordOf = ({ body, properties = {}, packed = false }: Sent, queueOffset: number): Buffer => {
  const parts = {
    ...{ topic: 'T', queueId: 0, flag: 0, bornTimestampMs: 1, bornHost: host, reconsumeTimes: 0 },
    ...{ preparedTransactionOffset: 0, sysFlag: packed ? MessageSysFlag.compressed | (3 << 8) : 0 },
    body: packed ? deflateSync(body) : body,
    properties: Buffer.from(propertiesText(Object.entries(properties))),
  }
  const page = Buffer.alloc(recordSize(parts))
  encodeRecord(page, 0, parts, queueOffset, queueOffset * 1000, 2, host)
  return page
}

it('looks at bytes first and leaves out nothing that matches', () => {
  const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'paid', '订单', 'ab abc')
  const sent = fc.record({
    body: fc.array(word, { maxLength: 3 }).map((words) => Buffer.from(words.join(' '))),
    packed: fc.boolean(),
    properties: fc.dictionary(fc.constantFrom('KEYS', 'TAGS', 'region', 'UNIQ_KEY'), word),
  })
  const filter: fc.Arbitrary<MessageFilter> = fc.record(
    {
      tag: fc.constantFrom('a', 'a || paid', '*', ''),
      key: word,
      body: word,
      property: fc.record({
        name: fc.constantFrom('region', 'KEYS'),
        value: fc.oneof(word, fc.constant('')),
        how: fc.constantFrom('is' as const, 'contains' as const),
      }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 12 }), filter, (all, asked) => {
      const records = Buffer.concat(all.map(recordOf))
      const passes = openMatch(asked)
      const found = [...eachMessage(records, openGlance(asked))].filter(passes)
      expect(found.map(({ queueOffset }) => queueOffset)).toEqual(
        messagesOf(records)
          .filter(passes)
          .map(({ queueOffset }) => queueOffset),
      )
    }),
    { numRuns: 1000 },
  )
})
it('makes no message of what lacks the words', () => {
  const records = Buffer.concat([recordOf({ body: Buffer.from('one') }, 0), recordOf({ body: Buffer.from('two') }, 1)])
  expect([...eachMessage(records, openGlance({ body: 'two' }))].map((one) => one.queueOffset)).toEqual([1n])
  // words that begin in one message and end in the next are in neither
  expect([...eachMessage(records, openGlance({ body: 'one\0' }))]).toEqual([])
})

/** A broker that hands out so many bytes at once. */
const brokerWith = (all: readonly Sent[], mostBytes: number, asked: number[] = []) =>
  ({
    messages: {
      pull: async (_: string, { offset, max }: { offset: bigint; max: number }) => {
        asked.push(max)
        const records: Buffer[] = []
        let bytes = 0
        for (
          let at = Number(offset);
          at < all.length && records.length < max && (at === Number(offset) || bytes < mostBytes);
          at++
        ) {
          const record = recordOf(all[at] as Sent, at) // it is below the length
          records.push(record)
          bytes += record.length
        }
        const next = offset + BigInt(records.length)
        return { status: 'found', records: Buffer.concat(records), next, min: 0n, max: BigInt(all.length) }
      },
    },
  }) as unknown as Admin // what a reader asks of it
const readAll = async (admin: Admin, count: number, backwards: boolean, filter: MessageFilter = {}) => {
  const reader = openQueueReader({
    ...{ admin, topic: 'T', broker: 'b', address: 'b:1', queueId: 0, next: 0n, end: BigInt(count), backwards },
    ...{ tags: undefined, glance: openGlance(filter), passes: openMatch(filter) },
  })
  const offsets: number[] = []
  let scanned = 0
  let most = 0
  while (!reader.done) {
    const piece = await reader.read()
    scanned += piece.scanned
    most = Math.max(
      most,
      piece.matches.reduce((sum, { body }) => sum + body.length, 0),
    )
    offsets.push(...piece.matches.map(({ queueOffset }) => Number(queueOffset)))
  }
  return { offsets, scanned, most }
}
it.each([false, true])('reads each message once, in order, backwards: %s', async (backwards) => {
  const all = Array.from({ length: 500 }, (_, at) => ({ body: Buffer.from(at % 7 === 0 ? 'seven' : 'other') }))
  const sevens = all.flatMap(({ body }, at) => (body.toString() === 'seven' ? [at] : []))
  const asked: number[] = []
  const { offsets, scanned } = await readAll(brokerWith(all, 3000, asked), 500, backwards, { body: 'seven' })
  expect(offsets).toEqual(backwards ? sevens.reverse() : sevens)
  expect(scanned).toBe(500)
  expect(Math.max(...asked)).toBeGreaterThan(32) // pieces grow while little is found
})
it.each([false, true])('holds so much of large bodies at once and no more, backwards: %s', async (backwards) => {
  const large = Buffer.alloc(3 * 1024 * 1024, 'x')
  const all = Array.from({ length: 24 }, () => ({ body: large }))
  const { offsets, most } = await readAll(brokerWith(all, 1), 24, backwards)
  expect(offsets).toEqual([...all.keys()].sort((a, b) => (backwards ? b - a : a - b)))
  expect(most).toBeLessThanOrEqual(36 * 1024 * 1024)
})
