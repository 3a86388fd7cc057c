// test/broker/protocol/texts.test.ts: ids, properties, names, hashes, batches and signatures against Apache's own.
import { describe, expect, it } from 'vitest'
import { decodeBatch, encodeBatch } from '../../../broker/protocol/batch'
import { crc32, crc32ByTable, crc32Positive } from '../../../broker/protocol/crc32'
import { ProtocolError } from '../../../broker/protocol/errors'
import { encodeHost, hostText, ipBytes, parseHost } from '../../../broker/protocol/host'
import { indexHash, javaHash, tagsCode } from '../../../broker/protocol/java-hash'
import { readLong, writeLong } from '../../../broker/protocol/layout'
import { createOffsetId, openUniqueKeys, parseOffsetId, parseUniqueKey } from '../../../broker/protocol/message-id'
import { groupNameFault, isForbiddenToSend, isSystemTopic, topicNameFault } from '../../../broker/protocol/names'
import { isAccessible, isValidPerm, permText } from '../../../broker/protocol/perm'
import {
  PropertyReader,
  parseProperties,
  propertyOf,
  propertyOfBytes,
  splitKeys,
  writeProperties,
} from '../../../broker/protocol/properties'
import { sameSignature, sign, signatureOf } from '../../../broker/protocol/signature'
import { parseExpression } from '../../../broker/protocol/subscription'
import { compressionOf, transactionType, withTransactionType } from '../../../broker/protocol/sys-flag'
import { cutsOf, golden } from '../../support/golden'

const all = golden()

describe('an offset id', () => {
  it.each(all.ids.filter((one) => one.kind === 'offset'))('is that of Apache: $id', ({ id, ip, port, offset }) => {
    expect(createOffsetId(encodeHost(ip, port ?? 0), Number(offset))).toBe(id)
    const read = parseOffsetId(id.toLowerCase())
    expect(read.storeAddress).toBe(hostText(encodeHost(ip, port ?? 0)))
    expect(read.commitLogOffset).toBe(Number(offset))
  })
  it.each(['', 'x'.repeat(32), '0A', 'my-own-id', `${'0'.repeat(31)}g`])('is not read from %j', (text) => {
    expect(() => parseOffsetId(text)).toThrow(ProtocolError)
  })
})

describe('a unique key', () => {
  it('is read as Apache reads it', () => {
    for (const one of all.ids.filter(({ kind }) => kind === 'unique')) {
      const read = parseUniqueKey(one.id, one.nowMs ?? 0)
      expect(read?.pid).toBe(one.pid)
      expect(ipBytes(read?.ip ?? '')).toEqual(ipBytes(one.ip))
      // Apache takes a key of this very millisecond for one of last month; the zone is that of the machine that read it
      const zoneMs = ((one.offsetMinutes ?? 0) + new Date(one.nowMs ?? 0).getTimezoneOffset()) * 60_000
      if ((one.nowMs ?? 0) - (one.timeMs ?? 0) < 60_000) expect((read?.createdAtMs ?? 0) - zoneMs).toBe(one.timeMs)
    }
  })
  it('comes back with its time and never twice', () => {
    const nowMs = new Date(2026, 2, 31, 23, 59, 59, 999).getTime()
    let clockMs = nowMs
    const keys = openUniqueKeys(ipBytes('10.1.2.3'), () => clockMs, 70_000)
    const made = Array.from({ length: 1000 }, () => keys.next())
    expect(new Set(made).size).toBe(1000)
    expect(parseUniqueKey(made[0] ?? '', nowMs)).toMatchObject({
      ip: '10.1.2.3',
      pid: 70_000 & 0xffff,
      createdAtMs: nowMs,
    })
    clockMs = nowMs + 1 // the next month begins
    expect(parseUniqueKey(keys.next(), clockMs)?.createdAtMs).toBe(clockMs)
    expect(parseUniqueKey(made[0] ?? '', nowMs + 86_400_000)?.createdAtMs).toBe(nowMs)
  })
  it('is not read from a text that a client made up', () => {
    expect(parseUniqueKey('order-4711', 0)).toBeUndefined()
    expect(parseUniqueKey('z'.repeat(32), 0)).toBeUndefined()
  })
})

describe('a batch', () => {
  const [one] = all.batches
  const bytes = Buffer.from(one?.hex ?? '', 'hex')
  it('is read and written as Apache does', () => {
    const entries = decodeBatch(bytes)
    expect(
      entries.map(({ flag, body, properties }) => ({ flag, body: body.toString(), properties: properties.toString() })),
    ).toEqual(one?.entries)
    expect(encodeBatch(entries).toString('hex')).toBe(one?.hex)
  })
  it('is refused at every cut that is not between two entries', () => {
    const first = bytes.readInt32BE(0)
    for (const cut of cutsOf(bytes)) {
      if (cut.length === 0 || cut.length === first) continue
      expect(() => decodeBatch(cut)).toThrow(ProtocolError)
    }
  })
})

describe('properties', () => {
  it.each(all.properties)('are read as leniently as Apache does: $text', ({ text, parsed }) => {
    expect(Object.fromEntries(parseProperties(text))).toEqual(parsed)
    expect(Object.fromEntries(parseProperties(Buffer.from(text)))).toEqual(parsed)
    const reader = new PropertyReader()
    for (const name of ['a', 'b', 'c', 'k', 'K', 'x', 'KEYS', 'EYS', 'KEYS2', 'XKEYS', 'ab', 'aa']) {
      expect([name, propertyOf(text, name)]).toEqual([name, parsed[name]])
      reader.begin(Buffer.from(`x${text}y`), 1, 1 + Buffer.byteLength(text))
      expect([name, reader.text(name)]).toEqual([name, parsed[name]])
      const value = parsed[name]
      const isPlain = value !== undefined && Buffer.byteLength(value) === value.length
      expect(reader.is(name, value ?? 'none')).toBe(value === undefined ? undefined : isPlain)
      expect(reader.is(name, `${value}.`)).toBe(value === undefined ? undefined : false)
      expect(reader.digits(name)).toBe(value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined)
      expect([name, propertyOfBytes(Buffer.from(text), name)]).toEqual([name, parsed[name]])
    }
    expect(Object.fromEntries(parseProperties(writeProperties(Object.entries(parsed))))).toEqual(parsed)
  })
  it('hold several keys between blanks', () => {
    expect(splitKeys(' a  b ')).toEqual(['a', 'b'])
    expect(splitKeys(undefined)).toEqual([])
  })
})

describe('a hash', () => {
  it.each(all.hashes)('is that of Java: $text$indexKey', (one) => {
    if (one.indexKey !== undefined) {
      expect(javaHash(one.indexKey)).toBe(-(2 ** 31))
      return
    }
    const text = one.text ?? ''
    expect(javaHash(text)).toBe(one.hash)
    expect(tagsCode(text)).toBe(one.tagsCode)
    expect(crc32Positive(Buffer.from(text))).toBe(one.crc32)
    expect(indexHash('T', text)).toBe(one.indexHash)
  })
  it('of all bytes is the same from the table as from Node', () => {
    for (let size = 0; size < 300; size += 7) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at * 131) & 0xff))
      expect(crc32ByTable(bytes)).toBe(crc32(bytes))
    }
  })
})

describe('a name', () => {
  it.each(all.names)('is judged with the words of Apache: $name', (one) => {
    expect(topicNameFault(one.name) ?? '').toBe(one.topic)
    expect(groupNameFault(one.name) ?? '').toBe(one.group)
    expect(isSystemTopic(one.name)).toBe(one.system)
    const isOurs = one.name.startsWith('rmq_sys_') // refused here and not by Apache: see names.ts
    expect(isForbiddenToSend(one.name)).toBe(one.forbidden || isOurs)
  })
})

describe('an expression', () => {
  it.each(all.subscriptions)('is taken apart as Apache does: $expression $type', (one) => {
    const parse = () => parseExpression('T', one.expression, one.type)
    if (one.error !== undefined) {
      expect(parse).toThrow(one.error)
      return
    }
    const { subString, tagsSet, codeSet, expressionType } = parse()
    expect({ subString, expressionType }).toEqual({ subString: one.subString, expressionType: one.expressionType })
    expect([...tagsSet].sort()).toEqual(one.tagsSet)
    expect([...codeSet].sort((a, b) => a - b)).toEqual(one.codeSet)
  })
})

describe('bits', () => {
  it.each(all.perms)('of a permission read as Apache prints them: $text', ({ perm, text, valid, accessible }) => {
    expect([permText(perm), isValidPerm(perm), isAccessible(perm)]).toEqual([text, valid, accessible])
  })
  it('of a message say its compression and part in a transaction', () => {
    expect([0, 1, 0x101, 0x201, 0x301, 0x701].map(compressionOf)).toEqual([
      'none',
      'zlib',
      'lz4',
      'zstd',
      'zlib',
      undefined,
    ])
    expect(transactionType(withTransactionType(0x1f, 8))).toBe(8)
    expect(withTransactionType(0x1f, 0)).toBe(0x13)
  })
})

describe('a signature', () => {
  it.each(all.signatures)('is that of Apache: $signature', ({ ext, body, secret, signature }) => {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    expect(signatureOf(secret, { ...ext, Signature: 'old' }, bytes)).toBe(signature)
    const { AccessKey: accessKey = '', ...unsigned } = ext
    const signed: Record<string, string | undefined> = { ...unsigned }
    sign({ accessKey, secretKey: secret }, signed, bytes)
    expect(signed).toEqual({ ...ext, Signature: signature })
    expect(sameSignature(signature, signed.Signature ?? '')).toBe(true)
    expect(sameSignature(signature, 'x')).toBe(false)
  })
})

describe('an address', () => {
  it.each([
    ['10.0.0.1:1', '0a00000100000001'],
    ['[::ffff:10.0.0.1]:1', '0a00000100000001'],
    ['[::1]:65535', '000000000000000000000000000000010000ffff'],
    ['[2001:db8::ff00:42:8329]:80', '20010db8000000000000ff000042832900000050'],
    ['[fd00::2]:80', 'fd00000000000000000000000000000200000050'],
    ['[1:0:0:2::3]:80', '0001000000000002000000000000000300000050'],
    ['[1:2:3:4:5:6:7:8]:80', '0001000200030004000500060007000800000050'],
    ['[::ffff:0:1.2.3.4]:5', '0000000000000000ffff00000102030400000005'],
  ])('%s is held as bytes', (text, hex) => {
    expect(parseHost(text).toString('hex')).toBe(hex)
    expect(parseHost(hostText(parseHost(text))).toString('hex')).toBe(hex)
  })
  it.each(['', 'localhost:1', '10.0.0.1', '[::1]', '1.2.3:4'])('%j is none', (text) => {
    expect(() => parseHost(text)).toThrow(ProtocolError)
  })
})

describe('a 64-bit field', () => {
  it.each([0, 1, -1, 2 ** 32, -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1, 1_700_000_000_000])(
    'holds %d exactly',
    (value) => {
      const bytes = Buffer.alloc(8)
      writeLong(bytes, value, 0)
      expect(bytes.readBigInt64BE(0)).toBe(BigInt(value))
      expect(readLong(bytes, 0)).toBe(value)
    },
  )
  it('is clamped to its range', () => {
    const bytes = Buffer.alloc(8)
    writeLong(bytes, 2 ** 63, 0)
    expect(bytes.toString('hex')).toBe('7fffffffffffffff')
    writeLong(bytes, -(2 ** 64), 0)
    expect(bytes.toString('hex')).toBe('8000000000000000')
  })
})
