// test/components/message/trace-lanes.test.ts: where the steps of a message are drawn.
import { describe, expect, it } from 'vitest'
import { lanesOf, slowestOf } from '../../../components/message/trace-lanes'
import type { TraceHop } from '../../../server/shared/views'

const hop = (given: Partial<TraceHop>): TraceHop => ({
  kind: 'consume',
  at: 0,
  tookMs: null,
  ok: null,
  group: '',
  where: '',
  word: null,
  attempt: null,
  fromCheck: false,
  place: null,
  ...given,
})
describe('TR2: the lanes of a trace', () => {
  const hops = [
    hop({ kind: 'send', at: 1000, tookMs: 10, ok: true, group: 'GID_w' }),
    hop({ kind: 'stored', at: 1005, where: 'broker-a' }),
    hop({ at: 1010, tookMs: 40, ok: false, group: 'GID_r', attempt: 1 }),
    hop({ at: 1080, tookMs: 20, ok: true, group: 'GID_r', attempt: 2 }),
    hop({ at: 1020, group: 'GID_s', attempt: 1 }),
  ]
  it('has one for the producer, the broker and each group, in this order, on one axis', () => {
    const { from, spanMs, lanes } = lanesOf({ hops })
    expect([from, spanMs]).toEqual([1000, 100])
    expect(lanes.map(({ role, name, bars }) => [role, name, bars.map((bar) => [bar.from, bar.to, bar.tone])])).toEqual([
      ['producer', 'GID_w', [[0, 0.1, 'in']]],
      ['broker', 'broker-a', [[0.05, 0.05, 'broker']]],
      [
        'group',
        'GID_r',
        [
          [0.1, 0.5, 'failed'],
          [0.8, 1, 'out'],
        ],
      ],
      ['group', 'GID_s', [[0.2, 0.2, 'open']]],
    ])
  })
  it('knows the slowest of what has an end, and draws a single moment', () => {
    expect(slowestOf({ hops })?.at).toBe(1010)
    expect(slowestOf({ hops: [hop({})] })).toBeNull()
    expect(lanesOf({ hops: [hop({ at: 5 })] })).toMatchObject({
      from: 5,
      spanMs: 1,
      lanes: [{ bars: [{ from: 0, to: 0 }] }],
    })
  })
})
