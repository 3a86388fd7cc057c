// test/client/differential.test.ts: the same scenario, decided by a seed, against ours and against Apache: what every
// consumer got, in which order, how often and with which properties, and what lies in every topic. The quick seed is held
// against Apache's answers as they were recorded; `npm run test:long -- differential` asks a live one, for many seeds.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished, type TestContext } from 'vitest'
import { projectRoot } from '../support/folders'
import { compileJava, javaParts, runJava } from '../support/java'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { startOurs } from '../support/rocketdeck'

const SEEDS = Number(process.env.ROCKETDECK_DIFFERENTIAL ?? 0)
const FIRST_SEED = Number(process.env.ROCKETDECK_SEED ?? 100)
const QUICK = { seed: 1, messages: 40 }
const LONG_MESSAGES = 200
const golden = join(projectRoot, 'test', 'golden', 'differential-1.txt')

/** The same at both: short waits, so that a run does not take hours, and long enough that a slow machine answers in time. */
const settings: Record<string, string> = {
  messageDelayLevel: ['1s', '2s', ...Array(16).fill('1s')].join(' '),
  transactionTimeOut: '5000',
  transactionCheckInterval: '2500',
  transactionCheckMax: '3',
  enablePropertyFilter: 'true',
  timerMaxDelaySec: '259200',
}
/** Apache alone notes what ended only after this time, and would ask about it meanwhile. */
const apacheOnly = { transactionOpBatchInterval: '300' }

type Jars = { java: string; lib: string; classes: string }
async function jars(context: TestContext): Promise<Jars> {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  return { ...parts, classes: await compileJava(parts) }
}

/** What was seen, a line each. */
async function play(parts: Jars, namesrv: string, seed: number, messages: number): Promise<string[]> {
  const args = [namesrv, String(seed), String(messages)]
  const { stdout, output } = await runJava({ ...parts, main: 'Differential', args, timeoutMs: 170_000 })
  const lines = stdout.trimEnd().split('\n')
  if (lines.pop() !== 'END') throw new Error(`the scenario did not end:\n${output}`)
  return lines
}

async function startHere(): Promise<string> {
  const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const ours = await startOurs({ flags })
  onTestFinished(async () => void (await ours.child.stop()))
  return ours.namesrv
}
async function startApache(parts: Jars): Promise<string> {
  const namesrv = await startReferenceNamesrv(parts)
  onTestFinished(() => namesrv.stop())
  const properties = { ...settings, ...apacheOnly }
  const broker = await startReferenceBroker(parts, { namesrv: namesrv.address, properties })
  onTestFinished(() => broker.stop())
  await registered(namesrv.address, broker.address)
  return namesrv.address
}

it('plays the recorded scenario as Apache does', async (context) => {
  const parts = await jars(context)
  const here = await play(parts, await startHere(), QUICK.seed, QUICK.messages)
  expect(here).toEqual(readFileSync(golden, 'utf8').trimEnd().split('\n'))
  expect(here.filter((line) => line.startsWith('missed'))).toEqual([])
})

it.skipIf(SEEDS === 0)(
  'plays scenarios of many seeds as a live Apache does',
  { timeout: 3_600_000 },
  async (context) => {
    const parts = await jars(context)
    const [here, there] = [await startHere(), await startApache(parts)]
    const recorded = await play(parts, there, QUICK.seed, QUICK.messages)
    if (process.env.ROCKETDECK_RECORD) writeFileSync(golden, `${recorded.join('\n')}\n`)
    expect(readFileSync(golden, 'utf8').trimEnd().split('\n')).toEqual(recorded)
    const different: string[] = []
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const ours = await play(parts, here, seed, LONG_MESSAGES)
      const theirs = await play(parts, there, seed, LONG_MESSAGES)
      const before = different.length // what this seed adds lies behind it
      different.push(...onlyIn(ours, theirs).map((line) => `seed ${seed} ours:   ${line}`))
      different.push(...onlyIn(theirs, ours).map((line) => `seed ${seed} Apache: ${line}`))
      if (different.length === before && ours.join() !== theirs.join()) different.push(`seed ${seed}: another order`)
      console.log([`seed ${seed}: ${ours.length} lines`, ...different.slice(before)].join('\n'))
    }
    expect(different).toEqual([])
  },
)

/** The lines of one that the other has not, or has fewer times. */
function onlyIn(one: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1)
  return one.filter((line) => {
    const times = left.get(line) ?? 0
    left.set(line, times - 1)
    return times <= 0
  })
}
