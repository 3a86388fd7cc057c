// test/components/message/scan-state.test.ts: a streaming search as the browser keeps it, and what is typed into its box.
import { describe, expect, it } from 'vitest'
import { detect, parseProperty, parseQueue } from '../../../components/message/detect'
import { goOn, histogram, newScan, scanned } from '../../../components/message/scan-state'
import type { MessageRow } from '../../../server/shared/views'

const row = (queueOffset: bigint, storedAt = 0): MessageRow => ({
  topic: 'orders',
  broker: 'broker-a',
  queueId: 0,
  queueOffset,
  offsetId: '',
  uniqueId: null,
  storedAt,
  bornAt: storedAt,
  bornHost: '',
  tag: null,
  keys: [],
  sizeBytes: 1,
  reconsumeTimes: 0,
  preview: null,
})

describe('a search that streams', () => {
  it('appends rows in the order they come', () => {
    const state = [[row(1n)], [row(2n), row(3n)]].reduce(
      (held, rows) => scanned(held, { type: 'rows', rows }),
      newScan(),
    )
    expect(state.rows.map((one) => one.queueOffset)).toEqual([1n, 2n, 3n])
  })
  it('drops rows that a broken socket sends again', () => {
    const once = scanned(newScan(), { type: 'rows', rows: [row(1n), row(2n)] })
    expect(scanned(once, { type: 'rows', rows: [row(1n), row(2n), row(3n)] }).rows).toHaveLength(3)
  })
  it('goes on with its rows and adds what it scanned before', () => {
    const plan = { type: 'plan', estimate: 1_000, queues: 1, missing: [], from: 0, to: 9 } as const
    let state = scanned(newScan(), plan)
    state = scanned(state, { type: 'rows', rows: [row(1n)] })
    state = scanned(state, {
      type: 'end',
      why: 'budget',
      scanned: 400,
      matched: 1,
      elapsedMs: 5,
      bodiesUnread: 0,
      notRead: [],
      cursor: null,
    })
    expect(state.phase).toBe('ended')
    state = scanned(goOn(state), { ...plan, estimate: 600, to: 4 })
    expect(state).toMatchObject({ phase: 'running', estimate: 1_000, end: null, plan: { to: 9 } })
    state = scanned(state, {
      type: 'progress',
      scanned: 100,
      estimate: 600,
      matched: 2,
      elapsedMs: 1,
      perSecond: 9,
      reachedAt: 3,
    })
    expect(state).toMatchObject({ scanned: 500, matched: 3 })
    expect(state.rows).toHaveLength(1)
  })
  it('says still, when it went on to its end, that a broker had not answered at its beginning', () => {
    const missing = [{ who: 'broker-b:0', reason: 'broker-silent', sinceMs: null, touches: 0 }] as const
    const plan = { type: 'plan', estimate: 9, queues: 1, missing, from: 0, to: 9 } as const
    const end = { type: 'end', scanned: 5, matched: 0, elapsedMs: 5, bodiesUnread: 0, cursor: null } as const
    const silent = { who: 'broker-b:0', says: 'no answer' }
    let state = scanned(newScan(), plan)
    state = scanned(state, { ...end, why: 'budget', notRead: [silent, { who: 'broker-a 0', says: null }] })
    // no cursor leads to its queues: it is not asked any more, whether it answers or not
    state = scanned(goOn(state), { ...plan, missing: [] })
    expect(state.plan?.missing).toEqual(missing)
    state = scanned(state, { ...end, why: 'range-done', notRead: [] })
    expect(state.end).toMatchObject({ why: 'not-all', notRead: [silent] })
    expect(scanned(goOn(state), { ...plan, missing }).plan?.missing).toEqual(missing)
  })
  it('counts its matches over the range', () => {
    expect(histogram([row(1n, 0), row(2n, 49), row(3n, 50), row(4n, 100)], 0, 100, 4)).toEqual([1, 1, 1, 1])
    expect(histogram([], 5, 5, 2)).toEqual([0, 0])
  })
})

describe('the one box', () => {
  it('knows message ids and offset ids, and takes all else for a key', () => {
    expect(detect('0A14040B2A9F18B4AAC2519D3C7E01C4')).toBe('id')
    expect(detect('01123E84D5F6A7B8C9D0E1F2A3B4C5D6E7')).toBe('id')
    expect(detect('ab'.repeat(28))).toBe('id')
    expect(detect('ORD20261122140501000377')).toBe('key')
    expect(detect('0A14')).toBe('key')
  })
  it('reads a queue with or without an offset', () => {
    expect(parseQueue('broker-a/3')).toEqual({ broker: 'broker-a', queueId: 3, offset: null })
    expect(parseQueue('broker-a/6 @ 41,886,734')).toEqual({ broker: 'broker-a', queueId: 6, offset: 41_886_734n })
    expect(parseQueue('broker-a')).toBeNull()
  })
  it('reads a property that is or contains a value', () => {
    expect(parseProperty('region = cn-east')).toEqual({ name: 'region', value: 'cn-east', how: 'is' })
    expect(parseProperty('trace~4bf9')).toEqual({ name: 'trace', value: '4bf9', how: 'contains' })
    expect(parseProperty('region')).toBeNull()
  })
})
