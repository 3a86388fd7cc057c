// test/server/message/trace-records.test.ts: what clients of several years write into the trace topic.
import { describe, expect, it } from 'vitest'
import { traceRecordsOf } from '../../../server/message/trace-records'

const record = (...fields: (string | number | boolean)[]): string => `${fields.join('\u0001')}\u0002`
const pub = [
  'Pub',
  100,
  'DefaultRegion',
  'GID_w',
  'Topic',
  'ID1',
  'TagA',
  'k1 k2',
  '127.0.0.1:10911',
  12,
  3,
  0,
] as const

describe('TR1: trace records', () => {
  it('reads a send with its keys, and takes the word null for nothing', () => {
    expect(traceRecordsOf(record(...pub, 'OFFSETID', true))).toMatchObject([
      { kind: 'pub', at: 100, group: 'GID_w', messageId: 'ID1', keys: ['k1', 'k2'], tookMs: 3, ok: true, client: null },
    ])
    const nameless = pub.map((field, at) => (at === 6 || at === 7 ? 'null' : field))
    expect(traceRecordsOf(record(...nameless, 'null', false))).toMatchObject([
      { tag: null, keys: [], offsetId: null, ok: false },
    ])
  })
  it('reads a send of clients that wrote fewer fields, and of those that named themselves', () => {
    expect(traceRecordsOf(record(...pub, false))).toMatchObject([{ ok: false }])
    expect(traceRecordsOf(record(...pub, 'OFFSETID', true, '10.0.0.9'))).toMatchObject([{ client: '10.0.0.9' }])
  })
  it('reads deliveries, their ends with and without a time, decisions and recalls', () => {
    const text =
      record('SubBefore', 1, 'r', 'GID_r', 'REQ', 'ID1', 2, 'k1') +
      record('SubAfter', 'REQ', 'ID1', 7, false, 'k1', 1) +
      record('SubAfter', 'REQ', 'ID1', 7, true, 'k1', 0, 9, 'GID_r') +
      record('EndTransaction', 5, 'r', 'GID_w', 'Topic', 'ID1', 'null', '', 'h', 1, 'TX', 'COMMIT_MESSAGE', true) +
      record('Recall', 6, 'r', 'GID_w', 'Topic', 'ID1', true)
    expect(traceRecordsOf(text)).toMatchObject([
      { kind: 'before', retries: 2, requestId: 'REQ' },
      { kind: 'after', ok: false, code: 1, at: null, group: null },
      { kind: 'after', ok: true, code: 0, at: 9, group: 'GID_r' },
      { kind: 'end', state: 'COMMIT_MESSAGE', fromCheck: true, keys: [] },
      { kind: 'recall', ok: true },
    ])
  })
  it('passes over what makes no sense, also names that every object has', () => {
    const text = `\u0002Pub\u0001\u0002constructor\u0001a\u0001b\u0002toString\u0002SubBefore\u0001x${'\u0001'.repeat(9)}\u0002`
    expect(traceRecordsOf(text)).toEqual([])
    expect(traceRecordsOf('')).toEqual([])
  })
})
