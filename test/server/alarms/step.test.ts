// test/server/alarms/step.test.ts: how one thing under one rule begins and ends to fire.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measure } from '../../../server/alarms/measure'
import { type Change, type Held, quiet, step } from '../../../server/alarms/step'
import { type AlarmRuleBody, defaultRules, matcherOf, ruleNameIn } from '../../../server/shared/alarms'

const rule = (rest: Partial<AlarmRuleBody> = {}): AlarmRuleBody => ({
  name: 'r',
  metric: 'lag',
  watches: '*',
  except: '',
  comparator: 'over',
  value: 100,
  forMs: 20,
  resolveValue: 50,
  resolveForMs: 30,
  severity: 'warning',
  channels: null,
  repeatMs: 0,
  unknownMs: null,
  enabled: true,
  ...rest,
})
const of = (value: number | null, atLeast = false): Measure =>
  value === null ? { unknown: 'broker-silent' } : { value, at: 0, atLeast }
/** One value every 10 ms. */
const run = (one: AlarmRuleBody, values: readonly Measure[]): { changes: Change[]; held: Held } => {
  let held = quiet
  const changes = values.map((measure, index) => {
    const { next, change } = step(one, held, measure, 1000 + index * 10)
    held = next
    return change
  })
  return { changes, held }
}

describe('MO1: a rule', () => {
  it('fires when the value was over for long enough, and ends when it stayed under its resolve level', () => {
    const values = [10, 101, 101, 101, 80, 50, 50, 50, 50].map((value) => of(value))
    expect(run(rule(), values).changes).toEqual([null, 'pending', null, 'fired', null, null, null, null, 'resolved'])
  })
  it('does not fire for a value that was over too briefly', () => {
    expect(run(rule(), [of(500), of(500), of(100), of(500)]).changes).toEqual(['pending', null, 'calmed', 'pending'])
  })
  it('is one alarm for a value that jumps to and fro', () => {
    const values = [200, 200, 200, ...Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 200 : 0))].map((v) => of(v))
    const { changes } = run(rule(), values)
    expect(changes.filter((change) => change === 'fired')).toHaveLength(1)
    expect(changes).not.toContain('resolved')
  })
  it('takes unknown neither for too much nor for little enough', () => {
    expect(run(rule({ forMs: 0 }), [of(null), of(null)]).changes).toEqual([null, null])
    const { changes, held } = run(rule({ forMs: 0 }), [of(200), ...Array.from({ length: 20 }, () => of(null))])
    expect(changes.filter(Boolean)).toEqual(['fired'])
    expect(held).toMatchObject({ phase: 'firing', reason: 'broker-silent' })
  })
  it('counts no time in which the value was unknown', () => {
    expect(run(rule(), [of(200), of(null), of(null), of(200), of(200), of(200)]).changes).toEqual([
      'pending',
      null,
      null,
      'pending',
      null,
      'fired',
    ])
  })
  it('may be asked to fire on unknown after a while', () => {
    expect(run(rule({ unknownMs: 20 }), [of(null), of(null), of(null), of(null)]).changes).toEqual([
      null,
      null,
      'fired',
      null,
    ])
  })
  it('lets a lower bound say too much, and never little enough', () => {
    expect(run(rule({ forMs: 0 }), [of(200, true)]).changes).toEqual(['fired'])
    const { changes } = run(rule({ forMs: 0, resolveForMs: 0 }), [of(200), of(0, true), of(0, true), of(0)])
    expect(changes).toEqual(['fired', null, null, 'resolved'])
    expect(run(rule({ forMs: 0, comparator: 'under' }), [of(1, true)]).changes).toEqual([null])
  })
  it('never ends what did not begin, whatever values come', () => {
    const value = fc.oneof(
      fc.constant(of(null)),
      fc.tuple(fc.integer({ min: 0, max: 200 }), fc.boolean()).map(([v, b]) => of(v, b)),
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 80 }), (values) => {
        let firing = false
        for (const change of run(rule(), values).changes) {
          if (change === 'fired') expect(firing).toBe(false)
          if (change === 'resolved') expect(firing).toBe(true)
          if (change === 'fired' || change === 'resolved') firing = change === 'fired'
        }
      }),
    )
  })
})

describe('names a rule watches', () => {
  it('are patterns with stars, several by commas', () => {
    const test = matcherOf('GID_*, order-?')
    expect(['GID_a', 'GID_', 'order-1'].every(test)).toBe(true)
    expect(['gid_a', 'order-12', ''].some(test)).toBe(false)
    expect(matcherOf('*a*b*c*')('xxaxxbxxcxx')).toBe(true)
    expect(matcherOf('')('anything')).toBe(false)
  })
  it('cost little for a pattern made to cost much', () => {
    expect(matcherOf('*a'.repeat(200))(`${'a'.repeat(199)}b`)).toBe(false)
  })
})

it('there are default rules for each of the things that wake people', () => {
  const metrics = defaultRules.map(({ metric }) => metric)
  for (const needed of [
    'lag',
    'behind',
    'retryGrowth',
    'deadGrowth',
    'queueBlocked',
    'brokerSilent',
    'disk',
    'timerLate',
    'halfAge',
  ])
    expect(metrics).toContain(needed)
})

it('every default rule has a name in Chinese, and a name that somebody gave is left alone', () => {
  for (const { name } of defaultRules) expect(ruleNameIn('zh', name), name).toMatch(/[\u4e00-\u9fff]/)
  expect(defaultRules.map(({ name }) => ruleNameIn('en', name))).toEqual(defaultRules.map(({ name }) => name))
  expect(ruleNameIn('zh', 'My own')).toBe('My own')
  expect(ruleNameIn('zh', 'constructor')).toBe('constructor')
})
