// test/components/group/reset-draft.test.ts: what is typed as the target of a reset, and the lines of a CSV above all.
import { describe, expect, it } from 'vitest'
import { csvOf, readCsv, readTarget, type TargetDraft } from '../../../components/group/reset-draft'

const queues = [
  { topic: 'orders', broker: 'broker-a', queueId: 0 },
  { topic: 'orders', broker: 'broker-a', queueId: 1 },
  { topic: '%RETRY%g', broker: 'broker-a', queueId: 0 },
]
const draft = (change: Partial<TargetDraft>): TargetDraft => ({
  ...{ kind: 'time', time: '', by: '', offsets: {}, from: '', snapshot: '', csv: '' },
  ...change,
})
const NOW = 1_000_000
const read = (change: Partial<TargetDraft>) =>
  readTarget(draft(change), queues, (text) => (text === 'then' ? NOW - 5 : text === 'later' ? NOW * 2 : undefined), NOW)

describe('a target', () => {
  it('is what was typed, or says what is wrong with it', () => {
    expect(read({ time: 'then' })).toEqual({ target: { kind: 'time', at: NOW - 5 } })
    expect(read({ time: 'later' })).toEqual({ problem: { of: 'future' } })
    expect(read({ kind: 'shift', by: '-1000' })).toEqual({ target: { kind: 'shift', by: -1000 } })
    expect(read({ kind: 'shift', by: '0' })).toEqual({ problem: { of: 'shift' } })
    expect(read({ kind: 'snapshot' })).toEqual({ problem: { of: 'snapshot' } })
    expect(read({ kind: 'snapshot', snapshot: 's1' })).toEqual({ target: { kind: 'snapshot', id: 's1' } })
  })
  it('keeps an offset of 64 bits whole, and takes none that is larger', () => {
    const offsets = { 'orders broker-a/1': '9,223,372,036,854,775,807' }
    expect(read({ kind: 'offsets', offsets })).toEqual({
      target: { kind: 'offsets', offsets: [{ ...queues[1], offset: 2n ** 63n - 1n }] },
    })
    expect(read({ kind: 'offsets', offsets: { 'orders broker-a/1': '9223372036854775808' } })).toEqual({
      problem: { of: 'offsets' },
    })
  })
})
describe('a CSV of offsets', () => {
  it('is read with and without a head, from a file or from a spreadsheet', () => {
    const wanted = { offsets: [{ ...queues[1], offset: 9007199254740993n }] }
    expect(readCsv('orders,broker-a,1,9007199254740993', queues)).toEqual(wanted)
    expect(readCsv('\uFEFFTopic,Broker,Queue,Offset\r\norders,broker-a,1,9007199254740993\r\n', queues)).toEqual(wanted)
    expect(readCsv('orders\tbroker-a\t1\t9007199254740993', queues)).toEqual(wanted)
    expect(readCsv('"orders";"broker-a";1;9007199254740993', queues)).toEqual(wanted)
  })
  it.each([
    ['orders,broker-a,1', 'columns', 1],
    ['topic,broker,queue,offset\norders,broker-a,1,1,2', 'columns', 2],
    ['orders,broker-a,1,-5', 'offset', 1],
    ['orders,broker-a,1,5.0', 'offset', 1],
    ['orders,broker-a,2,5', 'queue', 1],
    ['orders,broker-a,one,5', 'queue', 1],
    ['payments,broker-a,1,5', 'queue', 1],
    ['orders,broker-a,1,5\n\norders,broker-a,1,6', 'twice', 3],
  ])('%j is refused with the line it is wrong in', (text, of, line) => {
    expect(readCsv(text, queues)).toEqual({ problem: { of, line } })
  })
  it('is nothing without a line', () => {
    expect(readCsv('topic,broker,queue,offset\n', queues)).toEqual({ problem: { of: 'empty' } })
  })
  it('is written so that it is read again', () => {
    const held = queues.map((queue, place) => ({ ...queue, offset: 2n ** 60n + BigInt(place) }))
    expect(readCsv(csvOf(held), queues)).toEqual({ offsets: held })
    expect(csvOf(queues.map((queue) => ({ ...queue, offset: null })))).toBe('topic,broker,queue,offset')
  })
})
