// test/server/alarms/backtest.test.ts: a rule tried on the past fires as often as it did, as finely as the past is kept.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backtest } from '../../../server/alarms/backtest'
import type { Sampled } from '../../../server/alarms/measure'
import { type Database, openDatabase } from '../../../server/db/open'
import { noValues, openRecorder } from '../../../server/metrics/recorder'
import { type AlarmRuleBody, matcherOf } from '../../../server/shared/alarms'
import { temporaryFolder } from '../../support/folders'

/** Not on a grid of minutes, as no console is started on one. */
const START = 1_800_000_003_000
const TURN = 5000
let database: Database
beforeEach(async () => {
  database = await openDatabase({ file: join(temporaryFolder('backtest'), 'console.db'), thread: false })
})
afterEach(() => database.close())

const rule: AlarmRuleBody = {
  ...{ name: 'behind', metric: 'lag', watches: 'my-*', except: '', comparator: 'over', value: 10 },
  ...{ forMs: 10_000, resolveValue: null, resolveForMs: 10_000, severity: 'warning', channels: null },
  ...{ repeatMs: 0, unknownMs: null, enabled: true },
}
const sampled = {
  groups: () => [{ name: 'my-consumers' }, { name: 'others' }],
  topics: () => [],
} as unknown as Sampled // only names are read
/** Lag of the group turn by turn. */
const triedOn = async (lags: readonly number[], rest: Partial<AlarmRuleBody> = {}, fine = true, laterMs = 0) => {
  const recorder = openRecorder(database, 'c', TURN)
  lags.forEach((lag, turn) => {
    recorder.read('group', 'my-consumers', { ...noValues, lag }, START + turn * TURN, fine)
    recorder.read('group', 'others', { ...noValues, lag: 1000 }, START + turn * TURN, fine)
  })
  await recorder.flush()
  const now = START + lags.length * TURN + laterMs
  const past = { database, recorder, cluster: 'c', turnMs: TURN, now: () => now }
  const asked = { ...rule, ...rest }
  return backtest(asked, past, sampled, matcherOf(asked.watches), matcherOf('-'))
}
const low = (turns: number): number[] => Array.from({ length: turns }, () => 0)
const high = (turns: number): number[] => Array.from({ length: turns }, () => 60)

describe('AL: a rule tried on the past', () => {
  it('finds two short alarms in 25 min, and says how far the past reaches', async () => {
    expect(await triedOn([...low(100), ...high(6), ...low(80), ...high(8), ...low(106)])).toMatchObject({
      ...{ fired: 2, subjects: ['my-consumers'], recorded: true, since: START },
    })
  })
  it('does not fire for less than the rule asks for', async () => {
    expect(await triedOn([...low(20), ...high(2), ...low(20), ...high(1), ...low(20)])).toMatchObject({ fired: 0 })
  })
  it('tries what is kept by the minute by its means', async () => {
    const lags = [...low(120), ...high(60), ...low(120)]
    expect(await triedOn(lags, {}, false)).toMatchObject({ fired: 1 })
    expect(await triedOn(lags, {}, true, 3 * 3_600_000)).toMatchObject({ fired: 1 })
  })
  it('says so when nothing is recorded', async () => {
    expect(await triedOn([])).toMatchObject({ fired: 0, recorded: true, since: null })
  })
})
