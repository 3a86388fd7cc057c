// test/broker/protocol/record.test.ts: records against the bytes of Apache's own encoder, cut, damaged and random.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32Positive } from '../../../broker/protocol/crc32'
import { ProtocolError } from '../../../broker/protocol/errors'
import { hostText, parseHost } from '../../../broker/protocol/host'
import { createOffsetId } from '../../../broker/protocol/message-id'
import {
  checkRecord,
  decodeRecord,
  decodeRecords,
  encodeBlank,
  encodeRecord,
  magicBlank,
  peek,
  type RecordParts,
  recordSize,
} from '../../../broker/protocol/record'
import { cutsOf, golden } from '../../support/golden'

const records = golden().records
const partsOf = (one: (typeof records)[number]): RecordParts => ({
  topic: one.topic,
  queueId: 3,
  flag: -9,
  sysFlag: one.sysFlag,
  bornTimestampMs: 1_700_000_000_000,
  bornHost: parseHost(one.bornHost),
  reconsumeTimes: one.reconsumeTimes,
  preparedTransactionOffset: one.preparedTransactionOffset,
  body: Buffer.from(one.body),
  properties: Buffer.from(one.properties),
})

describe('a record', () => {
  it.each(records)('is written as Apache writes it: $topic', (one) => {
    const storeHost = parseHost(one.storeHost)
    const parts = partsOf(one)
    const size = recordSize(parts, storeHost.length)
    const page = Buffer.alloc(size + 20, 0xee)
    expect(encodeRecord(page, 10, parts, 5, 4096, 1_700_000_000_001, storeHost)).toBe(size)
    expect(page.subarray(10, 10 + size).toString('hex')).toBe(one.hex)
    expect(page.subarray(0, 10).every((byte) => byte === 0xee)).toBe(true)
    expect(page.subarray(10 + size).every((byte) => byte === 0xee)).toBe(true)
  })

  it.each(records)('is read as Apache wrote it, whole or field by field: $topic', (one) => {
    const bytes = Buffer.concat([Buffer.alloc(7), Buffer.from(one.hex, 'hex'), Buffer.alloc(5)])
    const { bornHost, storeHost, ...read } = decodeRecord(bytes, 7)
    const { bornHost: _, ...parts } = partsOf(one)
    expect(read).toEqual({
      ...parts,
      sysFlag: one.storedSysFlag,
      totalSize: one.hex.length / 2,
      version: one.topic.length > 127 ? 2 : 1,
      bodyCrc: one.bodyCrc,
      queueOffset: 5,
      commitLogOffset: 4096,
      storeTimestampMs: 1_700_000_000_001,
    })
    expect(hostText(bornHost)).toBe(hostText(parseHost(one.bornHost)))
    expect(hostText(storeHost)).toBe(hostText(parseHost(one.storeHost)))
    expect(createOffsetId(storeHost, read.commitLogOffset)).toBe(one.msgId)
    for (const name of ['totalSize', 'queueId', 'queueOffset', 'commitLogOffset', 'sysFlag', 'bodyCrc'] as const) {
      expect([name, peek[name](bytes, 7)]).toEqual([name, read[name]])
    }
    for (const name of ['bornTimestampMs', 'storeTimestampMs', 'reconsumeTimes', 'topic', 'flag'] as const) {
      expect([name, peek[name](bytes, 7)]).toEqual([name, read[name]])
    }
    expect(peek.preparedTransactionOffset(bytes, 7)).toBe(read.preparedTransactionOffset)
    expect(peek.bodyBytes(bytes, 7)).toBe(read.body.length)
    expect(peek.properties(bytes, 7)).toEqual(read.properties)
  })

  it('refuses every shorter cut', () => {
    for (const one of records) {
      for (const cut of cutsOf(Buffer.from(one.hex, 'hex'))) {
        expect(() => decodeRecord(cut)).toThrow(ProtocolError)
        expect(['short', 'broken']).toContain(checkRecord(cut, 0, { withCrc: true }).kind)
      }
    }
  })

  it('refuses or survives any byte turned over, and its checksum finds a changed body', () => {
    const bytes = Buffer.from(records[0]?.hex ?? '', 'hex')
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      const found = checkRecord(damaged, 0, { withCrc: true, expectedOffset: 4096 })
      if (at >= 88 && at < 93) expect(found.kind).toBe('broken')
      if (at >= 4 && at < 8) expect(found.kind).toBe('end')
      if (at >= 28 && at < 36) expect(found.kind).toBe('broken')
    }
  })

  it('is recognised with its place and checksum, as is the blank end of a segment', () => {
    const bytes = Buffer.from(records[0]?.hex ?? '', 'hex')
    expect(checkRecord(bytes, 0, { withCrc: true, expectedOffset: 4096 })).toMatchObject({ kind: 'record' })
    expect(checkRecord(bytes, 0, { withCrc: true, expectedOffset: 4097 })).toMatchObject({ kind: 'broken' })
    const blank = Buffer.alloc(100)
    encodeBlank(blank, 0, 100)
    expect(blank.readInt32BE(4)).toBe(magicBlank)
    expect(blank.subarray(0, 8).toString('hex')).toBe('00000064cbd43194')
    expect(checkRecord(blank, 0, { withCrc: true })).toEqual({ kind: 'blank', restBytes: 100 })
    expect(checkRecord(Buffer.alloc(100), 0, { withCrc: true })).toEqual({ kind: 'end' })
  })

  it('comes back as it went in, many in a row', () => {
    const host = fc.oneof(fc.constant('10.1.2.3:99'), fc.constant('[2001:db8::1]:99')).map(parseHost)
    const parts = fc.record({
      topic: fc.stringMatching(/^[%|a-zA-Z0-9_-]{1,200}$/),
      queueId: fc.nat(),
      flag: fc.integer(),
      sysFlag: fc.integer({ min: 0, max: 0x7ff }).map((flag) => flag & ~0x30),
      bornTimestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
      bornHost: host,
      reconsumeTimes: fc.nat(),
      preparedTransactionOffset: fc.integer({ min: 0, max: 2 ** 50 }),
      body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      properties: fc.string({ maxLength: 60, unit: 'grapheme' }).map((text) => Buffer.from(text)),
    })
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 4 }), host, (all: RecordParts[], storeHost) => {
        const sizes = all.map((one) => recordSize(one, storeHost.length))
        const page = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0))
        let at = 0
        for (const one of all) at += encodeRecord(page, at, one, 2 ** 40 + 1, at, 1, storeHost)
        const read = decodeRecords(page)
        expect(read.map(({ sysFlag, ...rest }) => ({ ...rest, sysFlag: sysFlag & ~0x30 }))).toMatchObject(all)
        expect(read.every((one) => one.queueOffset === 2 ** 40 + 1 && one.bodyCrc === crc32Positive(one.body))).toBe(
          true,
        )
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  it('does not take a topic or properties that do not fit their length fields', () => {
    const parts = {
      topic: '中'.repeat(127),
      body: Buffer.alloc(0),
      properties: Buffer.alloc(0),
      bornHost: Buffer.alloc(8),
    }
    expect(() => recordSize(parts)).toThrow(/topic/)
    expect(() => recordSize({ ...parts, topic: 'T', properties: Buffer.alloc(32_768) })).toThrow(/32767/)
  })
})
