// test/server/message/body/body.test.ts: bodies by the type of their topic: whatever the formats' own libraries write is read here
// as they mean it, 64 bits stay whole, and bytes that are something else are refused with the byte at which that shows.
import { encode } from '@msgpack/msgpack'
import avro from 'avsc'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { expect, it } from 'vitest'
import { openBodyDecoder } from '../../../../server/message/body/open'
import type { BodyType } from '../../../../server/shared/body-types'

const decoder = openBodyDecoder()
const typeOf = (kind: BodyType['kind'], definition = '', message = '', skipBytes = 0): BodyType => ({
  ...{ kind, definition, message, skipBytes },
})
const read = (bytes: Uint8Array, type: BodyType) => decoder.decode(Buffer.from(bytes), type)
const plain = (bytes: Uint8Array, type: BodyType): unknown => {
  const { json, failed } = read(bytes, type)
  if (json === null) throw new Error(failed ?? 'nothing')
  return JSON.parse(json)
}
const random = { numRuns: 60 }

const orderProto = `
  syntax = "proto3";
  package shop.v1;
  import "google/protobuf/timestamp.proto";
  enum State { NEW = 0; PAID = 1; }
  message Line { string sku = 1; sint32 change = 2; repeated uint32 sizes = 3; }
  message Order {
    uint64 order_id = 1; int64 balance = 2; sint64 shift = 3; fixed64 fix = 4; sfixed32 small = 5;
    bool paid = 6; string name = 7; bytes raw = 8; double amount = 9; float ratio = 10; State state = 11;
    repeated Line lines = 12; map<string, int32> counts = 13; repeated State past = 14; Line one = 15;
    google.protobuf.Timestamp at = 16; int32 minus = 17; map<int32, Line> by_id = 18;
  }`
const { root } = protobuf.parse(orderProto, { keepCase: true })
root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {})
const order = root.lookupType('shop.v1.Order')

it('reads what Protobuf writes, with 64-bit numbers whole', () => {
  const bytes = order
    .encode(
      order.fromObject({
        ...{ order_id: '18446744073709551615', balance: '-9223372036854775808', shift: '-5', fix: '12345678901234567' },
        ...{
          small: -7,
          paid: true,
          name: '订单 1',
          raw: Buffer.from([0, 255]),
          amount: 12.5,
          ratio: 0.1,
          state: 'PAID',
        },
        lines: [{ sku: 'a', change: -3, sizes: [1, 300, 70_000] }, { sku: 'b' }],
        ...{ counts: { red: 1, blue: -2 }, past: ['NEW', 'PAID'], one: { sku: 'c' }, minus: -1 },
        ...{ at: { seconds: 1_700_000_000, nanos: 5 }, by_id: { 7: { sku: 'm' } } },
      }),
    )
    .finish()
  const { json, failed } = read(bytes, typeOf('protobuf', orderProto, 'shop.v1.Order'))
  expect(failed).toBeNull()
  expect(json).toContain('"order_id":18446744073709551615,"balance":-9223372036854775808,"shift":-5')
  expect(json).toContain('"fix":12345678901234567')
  expect(JSON.parse(json ?? '')).toMatchObject({
    ...{ small: -7, paid: true, name: '订单 1', raw: 'AP8=', amount: 12.5, ratio: 0.1, state: 'PAID', minus: -1 },
    lines: [{ sku: 'a', change: -3, sizes: [1, 300, 70_000] }, { sku: 'b' }],
    ...{ counts: { red: 1, blue: -2 }, past: ['NEW', 'PAID'], one: { sku: 'c' }, by_id: { 7: { sku: 'm' } } },
    at: { seconds: 1_700_000_000, nanos: 5 },
  })
})
it('takes the only message of a file, keeps fields that the type does not know, and names what a file has', () => {
  const one = 'syntax = "proto3"; message Only { string a = 1; }'
  const bytes = Buffer.from([0x0a, 1, 0x78, 0x10, 5, 0x10, 6, 0x1d, 1, 0, 0, 0])
  expect(plain(bytes, typeOf('protobuf', one))).toEqual({ a: 'x', '#2': [5, 6], '#3': 1 })
  const check =
    (definition: string, message = '') =>
    () =>
      decoder.check(typeOf('protobuf', definition, message))
  expect(check(orderProto)).toThrow('There are 2: shop.v1.Line, shop.v1.Order')
  expect(check(orderProto, 'Ordr')).toThrow('There is no message Ordr')
  expect(check('message {')).toThrow('The .proto text cannot be read')
  expect(check('syntax = "proto3"; message A { Missing b = 1; }')).toThrow('Missing')
  const two = `${one}\nsyntax = "proto3";\nmessage Other { Only only = 1; }`
  expect(plain(Buffer.from([0x0a, 3, 0x0a, 1, 0x78]), typeOf('protobuf', two, 'Other'))).toEqual({ only: { a: 'x' } })
})
it.each([
  [
    'a text where a number belongs',
    [0x0a, 1, 0x78],
    'order_id (field 1) is uint64, and a length and bytes stands there',
    0,
  ],
  ['a length beyond the end', [0x3a, 9, 0x78], 'a string of 9 bytes, and 1 are left', 2],
  ['no UTF-8', [0x3a, 2, 0xc3, 0x28], 'a string is no UTF-8', 2],
  ['field 0', [0x00, 1], 'a field with the number 0', 0],
  ['a number that does not end', [0x08, ...Array(11).fill(0x80)], 'a number of more than 10 bytes', 1],
  ['a group', [0x33], 'and a group stands there', 0],
])('says where a body is not the message: %s', (_, bytes, why, at) => {
  const found = read(Buffer.from(bytes), typeOf('protobuf', orderProto, 'shop.v1.Order'))
  expect(found).toMatchObject({ json: null, at })
  expect(found.failed).toContain(why)
})

const avroSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'n', type: 'int' },
    { name: 'name', type: 'string' },
    { name: 'paid', type: 'boolean' },
    { name: 'amount', type: 'double' },
    { name: 'raw', type: 'bytes' },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
    { name: 'sum', type: { type: 'fixed', name: 'Sum', size: 4 } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'counts', type: { type: 'map', values: 'int' } },
    { name: 'note', type: ['null', 'string'] },
    { name: 'parent', type: ['null', 'shop.Order'] },
  ],
}
it('reads what Avro writes', () => {
  const type = avro.Type.forSchema(avroSchema as avro.Schema, { wrapUnions: false })
  const leaf = fc.record({
    id: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), // the library's own longs are doubles
    n: fc.integer(),
    name: fc.string({ unit: 'grapheme' }),
    paid: fc.boolean(),
    amount: fc.double({ noNaN: true, noDefaultInfinity: true }),
    raw: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    state: fc.constantFrom('NEW', 'PAID'),
    sum: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    tags: fc.array(fc.string()),
    counts: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer()),
    note: fc.option(fc.string()),
    parent: fc.constant(null),
  })
  const shown = (value: Record<string, unknown>): unknown => ({
    ...value,
    raw: (value.raw as Buffer).toString('base64'),
    sum: (value.sum as Buffer).toString('base64'),
    counts: { ...(value.counts as object) },
    parent: value.parent === null ? null : shown(value.parent as Record<string, unknown>),
  })
  fc.assert(
    fc.property(leaf, fc.option(leaf), (child, parent) => {
      const value = { ...child, parent }
      expect(plain(type.toBuffer(value), typeOf('avro', JSON.stringify(avroSchema)))).toEqual(shown(value))
    }),
    random,
  )
})
it('keeps longs and decimals of Avro whole, and passes over what stands in front', () => {
  const schema = JSON.stringify({
    ...{ type: 'record', name: 'A' },
    fields: [
      { name: 'id', type: 'long' },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 } },
    ],
  })
  const id = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
  const bytes = Buffer.from([0, 0, 0, 0, 9, ...id, 4, 0xfb, 0x2e])
  const { json } = read(bytes, typeOf('avro', schema, '', 5))
  expect(json).toBe('{"id":-9223372036854775808,"price":-12.34}')
  expect(read(bytes.subarray(0, 3), typeOf('avro', schema, '', 5)).failed).toContain('5 bytes are to be passed over')
})
it('says where a body is not the Avro type, and what a schema lacks', () => {
  const schema = JSON.stringify(avroSchema)
  expect(read(Buffer.from([2, 2, 0, 7]), typeOf('avro', schema))).toMatchObject({ failed: '0x7 is no boolean', at: 3 })
  expect(read(Buffer.from([2, 1]), typeOf('avro', '"boolean"'))).toMatchObject({ at: 0 })
  expect(read(Buffer.from([1, 1]), typeOf('avro', '"boolean"'))).toMatchObject({
    ...{ failed: 'the type ends here, and 1 bytes follow', at: 1 },
  })
  expect(read(Buffer.from([6]), typeOf('avro', '["null","int"]'))).toMatchObject({ failed: 'branch 3 of a union of 2' })
  for (const [wrong, why] of [
    ['{', 'it is no JSON'],
    ['"Missing"', 'Missing is no type'],
    ['{"type":"record","name":"A"}', 'A has no fields'],
    ['{"type":"enum","name":"E","symbols":[]}', 'E has no symbols'],
    ['{"type":"fixed","name":"F","size":-1}', 'F has no size'],
    ['{"type":"record","name":"A","fields":[{"name":"b","type":"nope"}]}', 'A.b: nope is no type'],
    [`${'{"type":'.repeat(6000)}"int"${'}'.repeat(6000)}`, /5000 types|too deep/],
  ] as const)
    expect(() => decoder.check(typeOf('avro', wrong))).toThrow(why)
})

it('reads what MessagePack writes', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Object.is(one, -0) ? 0 : one)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 20 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), tie('any'), { maxKeys: 20 }).map((one) => ({ ...one })),
    ),
  })).any
  fc.assert(
    fc.property(value, (one) => {
      expect(plain(encode(one), typeOf('messagePack'))).toEqual(one)
    }),
    random,
  )
})
it('reads the rest of MessagePack: 64 bits, bytes, times, keys that are no text', () => {
  const text = (bytes: number[]) => read(Buffer.from(bytes), typeOf('messagePack')).json
  expect(text([0xcf, ...Array(8).fill(0xff)])).toBe('18446744073709551615')
  expect(text([0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0])).toBe('-9223372036854775808')
  expect(text([0xca, 0x3d, 0xcc, 0xcc, 0xcd])).toBe('0.1')
  expect(text([0xc4, 2, 0, 255])).toBe('"AP8="')
  expect(text([0x82, 1, 0xa1, 0x61, 0xc3, 0xc0])).toBe('{"1":"a","true":null}')
  expect(text([0xd6, 0xff, 0, 0, 0, 0])).toBe('"1970-01-01T00:00:00Z"')
  expect(text([...encode(new Date(1_700_000_000_123))])).toBe('"2023-11-14T22:13:20.123Z"')
  expect(text([0xd4, 5, 7])).toBe('{"extension":5,"base64":"Bw=="}')
  expect(text([0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0])).toBe('"Infinity"')
})
it.each([
  [[0xc1], '0xc1 begins no value', 0],
  [[0x92, 1], 'a value of 1 bytes, and 0 are left', 2],
  [[1, 2], 'the value ends here, and 1 bytes follow', 1],
  [[0xdd, 0xff, 0xff, 0xff, 0xff], 'a value of 1 bytes, and 0 are left', 5],
])('says where a body is no MessagePack: %j', (bytes, why, at) => {
  expect(read(Buffer.from(bytes), typeOf('messagePack'))).toMatchObject({ json: null, failed: why, at })
})

it('goes so deep and no deeper', () => {
  const deep = Buffer.alloc(200, 0x91)
  expect(read(deep, typeOf('messagePack'))).toMatchObject({ failed: 'nested deeper than 100', at: 101 })
})
it('never hangs, grows or throws on bytes that mean nothing', () => {
  const types = [
    typeOf('messagePack'),
    typeOf('protobuf', orderProto, 'shop.v1.Order'),
    typeOf('avro', JSON.stringify(avroSchema)),
    typeOf('avro', '{"type":"array","items":"null"}'),
  ]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const type of types.slice(0, 3)) {
        const { json, failed } = read(bytes, type)
        expect(json === null).toBe(failed !== null)
        if (json !== null) JSON.parse(json)
      }
    }),
    { numRuns: 100 },
  )
  // two thousand million values that take no byte each
  expect(read(Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]), types[3] as BodyType).failed).toBe(
    'more than 200,000 values',
  )
  expect(read(Buffer.alloc(5 * 1024 * 1024), typeOf('messagePack')).failed).toContain('at most 4194304 are looked into')
})
it('runs nothing that a schema says: no name in it becomes code or reaches a prototype', () => {
  const wicked = 'syntax = "proto3"; message A { string __proto__ = 1; string constructor = 2; }'
  const { json } = read(Buffer.from([0x0a, 1, 0x78, 0x12, 1, 0x79]), typeOf('protobuf', wicked))
  expect(json).toBe('{"constructor":"y","#1":"eA=="}') // the library drops the other name
  expect(({} as { x?: unknown }).x).toBeUndefined()
})
