// test/server/message/mask.test.ts: what a masking rule hides, and that nothing else of the message changes.
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it, vi } from 'vitest'
import type { Admin } from '../../../server/admin/open'
import type { WireMessage } from '../../../server/admin/records'
import { openBodyDecoder } from '../../../server/message/body/open'
import { rowOf, viewOf } from '../../../server/message/decode'
import { maskBody, maskJson } from '../../../server/message/mask'
import { mustRead } from '../../../server/message/match'
import { openMessageDesk } from '../../../server/message/open'
import { unknown } from '../../../server/shared/known'
import { HIDDEN, type MaskRule } from '../../../server/shared/masks'

const rule = (change: Partial<MaskRule>): MaskRule => ({
  id: 'r',
  cluster: '*',
  topics: 'orders_*',
  part: 'field',
  field: 'phone',
  how: 'hide',
  ...change,
})
const digest = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0')
const body = (text: string, ...rules: MaskRule[]): string => maskBody(Buffer.from(text), rules, digest).toString()

describe('a field of a JSON body', () => {
  it('is hidden wherever it stands, and what stands beside it keeps its very letters', () => {
    expect(body('{ "id": 9007199254740993, "phone":"13800001111",\n "a": [{"phone": 7}] }', rule({}))).toBe(
      `{ "id": 9007199254740993, "phone":"${HIDDEN}",\n "a": [{"phone": "${HIDDEN}"}] }`,
    )
    expect(body('{"phone": {"home": "1", "phone": [2]}, "x": 1}', rule({}))).toBe(`{"phone": "${HIDDEN}", "x": 1}`)
  })
  it('is meant from the top when its path is told, through lists, one name a star', () => {
    const one = rule({ field: 'orders.*.iban', how: 'last4' })
    expect(body('{"orders":[{"a":{"iban":"DE89370400440532013000"}}],"iban":"x"}', one)).toBe(
      `{"orders":[{"a":{"iban":"${HIDDEN}3000"}}],"iban":"x"}`,
    )
    expect(body('{"orders":{"a":{"iban":"1234567"}}}', one)).toBe(`{"orders":{"a":{"iban":"${HIDDEN}"}}}`)
  })
  it('cannot be found in what is no JSON: then the body is hidden whole', () => {
    for (const text of ['phone=1', '{"phone": "1"', '{"phone": 1} trailing', '['.repeat(5000) + ']'.repeat(5000)])
      expect(body(text, rule({}))).toBe(HIDDEN)
    expect(body('anything', rule({ part: 'body' }))).toBe(HIDDEN)
  })
  it('is told apart by its hash and by nothing else', () => {
    const hashed = JSON.parse(body('{"a":{"phone":"1"},"b":{"phone":"1"},"c":{"phone":"2"}}', rule({ how: 'hash' })))
    expect(hashed.a.phone).toBe(hashed.b.phone)
    expect(hashed.a.phone).not.toBe(hashed.c.phone)
  })
  it('takes nothing from any other JSON, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(maskJson(text, () => undefined, digest)).toBe(text)
        const all = maskJson(text, (path) => (path.at(-1) === 'phone' ? rule({}) : undefined), digest)
        expect(() => JSON.parse(all ?? '')).not.toThrow()
        const hides = (one: unknown): unknown => {
          if (Array.isArray(one)) return one.map(hides)
          if (typeof one !== 'object' || one === null) return one
          return Object.fromEntries(
            Object.entries(one).map(([key, held]) => [key, key === 'phone' ? HIDDEN : hides(held)]),
          )
        }
        expect(JSON.parse(all ?? '')).toEqual(JSON.parse(JSON.stringify(hides(JSON.parse(text)))))
      }),
    )
  })
})

describe('a message', () => {
  const message = (topic: string, properties: Record<string, string> = {}): WireMessage =>
    ({
      topic,
      body: Buffer.from('{"phone":"13800001111","note":"ok"}'),
      compression: 'none',
      properties: new Map(Object.entries({ mail: 'a@b.example', ...properties })),
      keys: [],
      sysFlag: 0,
    }) as unknown as WireMessage // what is shown of it
  const known = { whole: true, min: unknown('no-sample-yet'), max: unknown('no-sample-yet') } as const
  const masks = { rules: [rule({}), rule({ part: 'property', field: 'ma*' })], digest }
  const shown = (one: WireMessage, reading: Parameters<typeof rowOf>[2]) =>
    JSON.stringify(viewOf(one, 'b', reading, known), (_, value) => (typeof value === 'bigint' ? String(value) : value))
  it('shows nothing of what is masked: not in its body, its bytes, its preview or its properties', () => {
    const view = shown(message('orders_eu'), { bodies: true, masks })
    const bytes = Buffer.from(/"base64":"([^"]*)"/.exec(view)?.[1] ?? '', 'base64').toString()
    for (const text of [view, bytes]) {
      expect(text).not.toContain('13800001111')
      expect(text).not.toContain('a@b.example')
    }
    expect(view).toContain('note')
    expect(rowOf(message('orders_eu'), 'b', { bodies: true, masks }).preview).not.toContain('13800001111')
    expect(shown(message('payments'), { bodies: true, masks })).toContain('13800001111')
    expect(shown(message('orders_eu'), { bodies: true })).toContain('13800001111')
  })
  it('stays masked when it is retried, died or waits under another topic', () => {
    for (const [topic, name] of [
      ['%RETRY%g', 'RETRY_TOPIC'],
      ['%DLQ%g', 'DLQ_ORIGIN_TOPIC'],
      ['SCHEDULE_TOPIC_XXXX', 'REAL_TOPIC'],
    ] as const)
      expect(shown(message(topic, { [name]: 'orders_eu' }), { bodies: true, masks })).not.toContain('13800001111')
  })
  it('read by the type of its topic stays masked: also in what the type has no name for', () => {
    const { root } = protobuf.parse('syntax = "proto3"; message Order { string phone = 1; string note = 2; }')
    const body = Buffer.from(root.lookupType('Order').encode({ phone: '13800001111', note: 'ok' }).finish())
    const decoded = (definition: string) =>
      viewOf(
        { ...message('orders_eu'), body },
        'b',
        { bodies: true, masks },
        {
          ...known,
          typed: { type: { kind: 'protobuf', definition, message: '', skipBytes: 0 }, decoder: openBodyDecoder() },
        },
      ).body?.decoded?.json
    expect(decoded('message Order { optional string phone = 1; optional string note = 2; }')).toBe(
      `{"phone":"${HIDDEN}","note":"ok"}`,
    )
    expect(decoded('message Order { optional string note = 2; }')).toBe(`{"note":"ok","#1":"${HIDDEN}"}`)
  })
  it('is not given a type by whom it is masked for: the type names the fields that rules hide by name', async () => {
    const put = vi.fn(async () => undefined)
    const bodyTypes = { get: async () => null, put }
    const desk = openMessageDesk({ admin: {} as Admin, topics: () => [], bodyTypes }) // no broker is asked
    const type = { kind: 'messagePack', definition: '', message: '', skipBytes: 0 } as const
    const set = (topic: string, reading: Parameters<typeof rowOf>[2], given: typeof type | null = type) =>
      desk.setBodyType({ cluster: 'c', topic, type: given }, reading, 'me')
    await expect(set('orders_eu', { bodies: true, masks })).rejects.toMatchObject({
      details: { right: 'message.unmask' },
    })
    expect(put).not.toHaveBeenCalled()
    await set('orders_eu', { bodies: true })
    await set('payments', { bodies: true, masks })
    await set('orders_eu', { bodies: true, masks }, null)
    expect(put).toHaveBeenCalledTimes(3)
  })
  it('is not searched in what is masked, since what is found would tell', () => {
    const none = { tag: undefined, key: undefined, property: undefined, body: undefined }
    const refused = (input: Partial<Parameters<typeof mustRead>[1]>) => () =>
      mustRead({ bodies: true, masks }, { ...none, ...input })
    const mail = { name: 'mail', value: 'a', how: 'contains' } as const
    expect(refused({ topic: 'orders_eu', body: '138' })).toThrow('masked')
    expect(refused({ topic: '%DLQ%g', body: '138' })).toThrow('masked')
    expect(refused({ topic: 'orders_eu', property: mail })).toThrow('masked')
    expect(refused({ topic: 'orders_eu', property: { ...mail, name: 'other' } })).not.toThrow()
    expect(refused({ topic: 'orders_eu', sql: "body.phone LIKE '138%'" })).toThrow('masked')
    expect(refused({ topic: 'orders_eu', regex: '138' })).toThrow('masked')
    expect(refused({ body: '138' })).toThrow('masked')
    expect(refused({ topic: 'payments', body: '138' })).not.toThrow()
  })
})
