// test/bench/main.ts: the same loads on the real Apache broker and on ours, in turns, in one run on one machine. Prints
// medians, spread and ratios with the host's facts. It measures; it never judges: no figure here fails a test.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { javaParts, mqadmin } from '../support/java'
import { type Figure, figures, type Load, type LoadName, loads, type Result, type Setting } from './loads'
import { benchLoad, compileBenchLoad, cost, example, startUp } from './programs'
import { type Side, type SideName, type SideOptions, startSide, whileAsleep } from './sides'

const names = Object.keys(loads) as LoadName[] // the keys of a table that is not added to
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    warmup: { type: 'string', default: '6' },
    loads: { type: 'string', default: names.join(',') },
    header: { type: 'string', default: 'JSON' },
    set: { type: 'string', multiple: true, default: [] },
    heap: { type: 'string', default: '1g' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  const lines = names.map((name) => `${name}: ${loads[name].says}`)
  console.log(`npm run bench -- [flags]
  --rounds 3      runs of each load on each side, in turns   --seconds 6  measured span   --warmup 6  before it
  --loads LIST    ${lines.join('\n                  ')}
  --header JSON   or ROCKETMQ: how the client writes its headers
  --set k=v       a broker property, on both sides
  --heap 1g       of the Apache broker
  --out FILE      the figures as JSON`)
  process.exit(0)
}
const wanted = names.filter((name) => flags.loads.split(',').includes(name))
const unknown = flags.loads.split(',').filter((name) => !(name in loads))
if (unknown.length > 0) {
  console.error(`bench: no such load: ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exit(2)
}
const found = await javaParts()
if ('missing' in found) {
  console.error(`bench: ${found.missing}`)
  process.exit(2)
}
const parts = found
const classes = await compileBenchLoad(parts)
const rounds = Number(flags.rounds)
const properties = Object.fromEntries(flags.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]))
const optionsOf = (setting: Setting): SideOptions => ({ setting, properties, jars: parts, heap: flags.heap })
const span = (warmup = flags.warmup): string[] => [
  `header=${flags.header}`,
  `warmup=${warmup}`,
  `seconds=${flags.seconds}`,
]

/** By row and column of the table to come. */
const results = new Map<string, Map<string, Result[]>>()
const columns = new Map<string, readonly [string, string]>()
const troubles: string[] = []

function note(row: string, column: string, result: Result): void {
  const ofRow = results.get(row) ?? new Map<string, Result[]>()
  results.set(row, ofRow.set(column, [...(ofRow.get(column) ?? []), result]))
  const lost = (result.failed ?? 0) + (result.missing ?? 0) + (result.behind ?? 0)
  if (lost !== 0) troubles.push(`${row} ${column}: ${lost} sends failed or messages are missing`)
  console.error(`${clock()} ${row} ${column}: ${JSON.stringify(result)}`)
}
/** What cannot be measured costs its own figures, not the run. */
async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    troubles.push(`${what}: ${error instanceof Error ? error.message : error}`)
    console.error(`${clock()} ${troubles.at(-1)}`)
  }
}
const beganMs = performance.now()
const clock = (): string => `[${Math.round((performance.now() - beganMs) / 1000)} s]`

async function makeTopic(side: Side, topic: string): Promise<void> {
  const made = await mqadmin(parts, [
    ...['updateTopic', '-n', side.namesrv, '-c', 'DefaultCluster', '-t', topic, '-r', '8', '-w', '8'],
  ])
  if (!made.output.includes('success')) throw new Error(`${side.name}: ${topic} could not be made:\n${made.output}`)
}

/** All the loads of one setting, on two sides that are started for them. */
async function compare(setting: Setting, chosen: readonly LoadName[]): Promise<void> {
  const sides: Side[] = []
  try {
    for (const name of ['Apache', 'ours'] as const) sides.push(await startSide[name](optionsOf(setting)))
    const alone = <T>(side: Side, work: () => Promise<T>) =>
      whileAsleep(
        sides.filter((other) => other !== side),
        work,
      )
    for (const side of sides) await makeTopic(side, 'bench')
    await sleep(1000)
    // so that nobody is measured cold
    for (const side of sides) {
      await alone(side, () => benchLoad(parts, classes, side, ['sync', 'threads=64', 'topic=bench', ...span('10')]))
    }
    for (const name of chosen) {
      columns.set(name, ['Apache', 'ours'])
      for (let round = 1; round <= (loads[name].kind === 'example' ? 1 : rounds); round++) {
        for (const side of sides) {
          // what is consumed stands in a topic of its own: a new group begins at its first message
          const topic = isConsumed(name) ? `${name}-${round}` : 'bench'
          await attempt(`${name} ${side.name}`, () =>
            alone(side, async () => {
              if (topic !== 'bench') await makeTopic(side, topic)
              note(name, side.name, await measure(name, side, topic))
            }),
          )
        }
      }
    }
  } finally {
    for (const side of sides) await side.stop()
  }
}
const isConsumed = (name: LoadName): boolean => name === 'latency' || name === 'consume' || name === 'example'
const measure = (name: LoadName, side: Side, topic: string): Promise<Result> =>
  loads[name].kind === 'example'
    ? example(parts, side, topic)
    : benchLoad(parts, classes, side, [...loads[name].args, ...span(), `topic=${topic}`])

async function compareStarts(): Promise<void> {
  columns.set('start', ['Apache', 'ours'])
  for (let round = 0; round < rounds; round++) {
    for (const name of ['Apache', 'ours'] satisfies SideName[]) {
      await attempt(`start ${name}`, async () => note('start', name, await startUp(name, optionsOf('plain'))))
    }
  }
}

/** So many topics are sent to in turns, whatever else exists. */
const topicsInUse = 64
const topicCounts = [topicsInUse, 1000, 10_000] as const

/** Ours alone: each count of topics on a broker of its own, in turns. */
async function compareTopics(): Promise<void> {
  for (const count of topicCounts.slice(1)) columns.set(`topics ${count}`, ['64 topics', 'that many'])
  for (let round = 0; round < Math.min(2, rounds); round++) {
    for (const count of topicCounts) {
      await attempt(`topics ${count}`, async () => {
        const side = await startSide.ours(optionsOf('plain'))
        try {
          const args = ['sync', 'threads=64', 'topic=bench', `topics=${count}`, ...span('8')]
          const result = await benchLoad(parts, classes, side, args)
          if (count > topicsInUse) note(`topics ${count}`, 'that many', result)
          else for (const more of topicCounts.slice(1)) note(`topics ${more}`, '64 topics', result)
        } finally {
          await side.stop()
        }
      })
    }
  }
}

const shapes = { 'one by one': [], 'written together': ['--joined'], 'binary, together': ['--joined', '--form', '1'] }

async function compareLimits(): Promise<void> {
  for (const [shape, args] of Object.entries(shapes)) {
    columns.set(`limit ${shape}`, ['only frames', 'ours'])
    for (const column of ['only frames', 'ours']) {
      const raw = column === 'ours' ? [] : ['--raw']
      await attempt(`limit ${shape}`, async () => note(`limit ${shape}`, column, await cost([...args, ...raw])))
    }
  }
}

const ofKind = (kind: Load['kind']): boolean => wanted.some((name) => loads[name].kind === kind)
for (const setting of ['plain', 'flush', 'slave', 'slave-async'] as const) {
  const chosen = wanted.filter((name) => loads[name].setting === setting && isOnSides(loads[name]))
  if (chosen.length > 0) await attempt(`sides for ${chosen.join(', ')}`, () => compare(setting, chosen))
}
if (ofKind('start')) await compareStarts()
if (ofKind('topics')) await compareTopics()
if (ofKind('limit')) await compareLimits()
report()
process.exit(troubles.length > 0 ? 1 : 0)

function isOnSides({ kind }: Load): boolean {
  return kind === 'java' || kind === 'example'
}

function report(): void {
  const host = `${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`
  const rows: string[][] = []
  for (const [row, [first, second]] of columns) {
    for (const figure of Object.keys(figures) as Figure[]) {
      const of = (column: string): number[] =>
        (results.get(row)?.get(column) ?? []).map((result) => result[figure]).filter((value) => value !== undefined)
      const left = of(first)
      const right = of(second)
      if (left.length === 0 || right.length === 0) continue
      if (figure === 'failed' && [...left, ...right].every((count) => count === 0)) continue
      const cells = [left, right].map(
        (values) => `${short(median(values))} (${short(Math.min(...values))} - ${short(Math.max(...values))})`,
      )
      const ratio = median(left) === 0 ? '' : short(median(right) / median(left))
      const name = first === 'Apache' ? row : `${row}: ${second} / ${first}`
      rows.push([name, figure, figures[figure], ...cells, ratio])
    }
  }
  const spans = `${rounds} rounds of ${flags.seconds} s after ${flags.warmup} s`
  console.log(`\n${host}; ${spans}; header ${flags.header}; took ${clock()}`)
  console.log('client and broker share the machine; medians (lowest - highest)\n')
  console.log('| load | figure | better | Apache 5.5.0 | ours | ours / Apache |\n| --- | --- | --- | --- | --- | --- |')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  for (const trouble of troubles) console.log(`\n${trouble}`)
  if (flags.out === undefined) return
  mkdirSync(dirname(flags.out), { recursive: true })
  const all = Object.fromEntries([...results].map(([row, ofRow]) => [row, Object.fromEntries(ofRow)]))
  writeFileSync(flags.out, JSON.stringify({ host, flags, results: all, troubles }, null, 1))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
function short(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  const text = value.toPrecision(3)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
