// test/components/message/waiting-list.test.ts: what comes due, per slice of the time to come.
import { describe, expect, it } from 'vitest'
import { dueSlices } from '../../../components/message/waiting-list'

describe('DL10: messages by when they are due', () => {
  it('are each counted once, in steps that people count in', () => {
    const { stepMs, counts } = dueSlices([1000, 59_999, 60_000, 3_500_000], 0)
    expect(stepMs).toBe(60_000)
    expect([counts[0], counts[1], counts[58]]).toEqual([2, 1, 1])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4)
  })
  it('fit the chart however far away they are, and late ones stand at now', () => {
    for (const last of [0, 1, 3_600_000, 86_400_000 * 40, 86_400_000 * 4000]) {
      const { counts } = dueSlices([last, -5], 0)
      expect(counts).toHaveLength(60)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2)
    }
  })
})
