// test/bench/main.ts: the same load on the real Apache broker and on ours, in turns, in one run on one machine. Prints
// medians, spread and ratios with the host's facts. It measures; it never judges: no figure here fails a test.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Child, launch, run } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { javaParts, mqadmin, runJava } from '../support/java'
import { freeClusterPorts } from '../support/ports'
import { startReferenceBroker, startReferenceNamesrv } from '../support/reference'

const loads = {
  sync64: { args: ['sync', 'threads=64'], says: 'blocking sends, 64 threads, 128 B' },
  'sync64-1k': { args: ['sync', 'threads=64', 'size=1024'], says: 'the same, 1 KiB' },
  sync1: { args: ['sync', 'threads=1'], says: 'one blocking sender' },
  async256: { args: ['async', 'window=256'], says: 'asynchronous sends, 256 in flight' },
  batch16: { args: ['batch', 'threads=16', 'batch=16'], says: 'batches of 16, 16 senders' },
  latency: { args: ['latency', 'rate=2000'], says: 'send to listener at 2,000 messages/s' },
  consume: { args: ['consume', 'messages=300000'], says: 'a backlog of 450,000, the last 300,000 timed' },
} as const
type Load = keyof typeof loads
/** What is shown, and whether more of it is better. */
const figures = {
  tps: 'more',
  p50Ms: 'less',
  p99Ms: 'less',
  serverCpuPer100k: 'less',
  serverRssMiB: 'less',
  serverRssAnonMiB: 'less',
} as const
type Figure = keyof typeof figures
type Result = Partial<Record<Figure | 'failed' | 'missing', number>>

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '10' },
    loads: { type: 'string', default: Object.keys(loads).join(',') },
    header: { type: 'string', default: 'JSON' },
    set: { type: 'string', multiple: true, default: [] },
    heap: { type: 'string', default: '1g' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  console.log(`npm run bench -- [flags]
  --rounds 3      runs of each load on each side, in turns   --seconds 10  measured span   --warmup 10  before it
  --loads LIST    ${Object.entries(loads)
    .map(([name, { says }]) => `${name}: ${says}`)
    .join('\n                  ')}
  --header JSON   or ROCKETMQ: how the client writes its headers
  --set k=v       a broker property, on both sides, e.g. flushDiskType=SYNC_FLUSH
  --heap 1g       of the Apache broker
  --out FILE      the figures as JSON`)
  process.exit(0)
}

interface Side {
  name: 'Apache' | 'ours'
  namesrv: string
  pids: number[]
  stop(): Promise<void>
}

const parts = await javaParts()
if ('missing' in parts) {
  console.error(`bench: ${parts.missing}`)
  process.exit(2)
}
const settings = Object.fromEntries(flags.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]))
const serverJvm = ['-XX:+UseG1GC', `-Xms${flags.heap}`, '-XX:MaxDirectMemorySize=1g', '-XX:-OmitStackTraceInFastThrow']

async function startApache(jars: { java: string; lib: string }): Promise<Side> {
  const namesrv = await startReferenceNamesrv(jars)
  const broker = await startReferenceBroker(jars, {
    namesrv: namesrv.address,
    heap: flags.heap,
    jvm: serverJvm,
    properties: settings,
  })
  return {
    name: 'Apache',
    namesrv: namesrv.address,
    pids: [broker.child.pid, namesrv.child.pid],
    stop: async () => {
      await broker.stop()
      await namesrv.stop()
    },
  }
}

async function startOurs(): Promise<Side> {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const child: Child = launch(process.execPath, [
    join(projectRoot, 'broker/build/start.cjs'),
    'cluster',
    ...['--preset', '1m-noslave', '--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`],
    ...['--data', temporaryFolder('bench')],
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ])
  await child.line(/^ready in/, 120_000)
  return {
    name: 'ours',
    namesrv: `127.0.0.1:${namesrvPort}`,
    pids: [child.pid],
    stop: async () => void (await child.stop()),
  }
}

const classes = temporaryFolder('bench-classes')
const compiled = await run(parts.javac, [
  ...['-nowarn', '-d', classes, '-cp', join(parts.lib, '*')],
  join(projectRoot, 'test/bench/java/BenchLoad.java'),
])
if (compiled.code !== 0) throw new Error(compiled.output)

async function load(side: Side, args: readonly string[]): Promise<Result> {
  const done = await runJava({
    ...(parts as { java: string; lib: string }), // it was checked above
    classes,
    main: 'BenchLoad',
    jvm: ['-XX:+UseG1GC'],
    heap: '1g',
    args: [
      ...args,
      `namesrv=${side.namesrv}`,
      `header=${flags.header}`,
      `warmup=${flags.warmup}`,
      `seconds=${flags.seconds}`,
      `pids=${side.pids.join(',')}`,
      'topic=bench',
    ],
    timeoutMs: 400_000,
  })
  const line = done.stdout.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line) as Result
  } catch {
    throw new Error(`${side.name} ${args.join(' ')}: no figures:\n${done.output.slice(-2000)}`)
  }
}

/** An idle Apache broker takes some of a core for ever: whoever waits is stopped meanwhile. */
async function whileAsleep<T>(others: readonly Side[], work: () => Promise<T>): Promise<T> {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of others.flatMap(({ pids }) => pids)) process.kill(pid, name)
  }
  signal('SIGSTOP')
  try {
    return await work()
  } finally {
    signal('SIGCONT')
  }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
const short = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3).replace(/\.?0+$/, '')

const sides = [await startApache(parts), await startOurs()]
const results = new Map<string, Result[]>()
let failed = 0
try {
  for (const side of sides) {
    const made = await mqadmin(parts, [
      ...['updateTopic', '-n', side.namesrv, '-c', 'DefaultCluster'],
      ...['-t', 'bench', '-r', '8', '-w', '8'],
    ])
    if (!made.output.includes('success')) throw new Error(`${side.name}: the topic could not be made:\n${made.output}`)
  }
  await sleep(1000)
  const wanted = flags.loads.split(',').filter((name): name is Load => name in loads)
  for (const side of sides) {
    const others = sides.filter((other) => other !== side)
    await whileAsleep(others, () => load(side, loads.sync64.args)) // so that nobody is measured cold
  }
  for (const name of wanted) {
    for (let round = 1; round <= Number(flags.rounds); round++) {
      for (const side of sides) {
        const others = sides.filter((other) => other !== side)
        const result = await whileAsleep(others, () => load(side, loads[name].args))
        failed += (result.failed ?? 0) + (result.missing ?? 0)
        const key = `${name} ${side.name}`
        results.set(key, [...(results.get(key) ?? []), result])
        console.error(`${name} round ${round} ${side.name}: ${JSON.stringify(result)}`)
      }
    }
  }
  report(wanted)
} finally {
  for (const side of sides) await side.stop()
}
process.exit(failed > 0 ? 1 : 0)

function report(wanted: readonly Load[]): void {
  const host = `${cpus().length} x ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`
  const rows: string[][] = []
  for (const name of wanted) {
    for (const figure of Object.keys(figures) as Figure[]) {
      const [apache = [], ours = []] = sides.map((side) =>
        (results.get(`${name} ${side.name}`) ?? [])
          .map((result) => result[figure])
          .filter((value) => value !== undefined),
      )
      if (apache.length === 0 || ours.length === 0) continue
      const cell = (values: readonly number[]) =>
        `${short(median(values))} (${short(Math.min(...values))} - ${short(Math.max(...values))})`
      rows.push([name, figure, figures[figure], cell(apache), cell(ours), short(median(ours) / median(apache))])
    }
  }
  console.log(`\n${host}; ${flags.rounds} rounds of ${flags.seconds} s after ${flags.warmup} s; header ${flags.header}`)
  console.log('client and broker share the machine; medians (lowest - highest)\n')
  console.log('| load | figure | better | Apache 5.5.0 | ours | ours / Apache |\n| --- | --- | --- | --- | --- | --- |')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  if (failed > 0) console.log(`\n${failed} sends failed or messages are missing`)
  if (flags.out) {
    mkdirSync(join(flags.out, '..'), { recursive: true })
    writeFileSync(flags.out, JSON.stringify({ host, flags, results: Object.fromEntries(results) }, null, 1))
  }
}
