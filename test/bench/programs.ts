// test/bench/programs.ts: what puts load on a side or asks it something: BenchLoad, Apache's benchmark mains, and plain
// requests of our own where a JVM would be in the way.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDialer } from '../../broker/net/dial'
import type { Dialer } from '../../broker/net/types'
import { run } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { launchJava, runJava } from '../support/java'
import type { Result } from './loads'
import { residentMiB, type Side, type SideOptions, startSide } from './sides'

export interface Parts {
  java: string
  javac: string
  lib: string
}

/** Answers with the folder of its classes. */
export async function compileBenchLoad(parts: Parts): Promise<string> {
  const classes = temporaryFolder('bench-classes')
  const source = join(projectRoot, 'test/bench/java/BenchLoad.java')
  const compiled = await run(parts.javac, ['-nowarn', '-d', classes, '-cp', join(parts.lib, '*'), source])
  if (compiled.code !== 0) throw new Error(compiled.output)
  return classes
}

export async function benchLoad(parts: Parts, classes: string, side: Side, args: readonly string[]): Promise<Result> {
  const done = await runJava({
    ...{ java: parts.java, lib: parts.lib, classes, main: 'BenchLoad', jvm: ['-XX:+UseG1GC'], heap: '1g' },
    args: [...args, `namesrv=${side.namesrv}`, `pids=${side.pids.join(',')}`],
    timeoutMs: 400_000,
  })
  const line = done.stdout.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line) as Result // BenchLoad prints no other
  } catch {
    throw new Error(`${side.name} ${args.join(' ')}: no figures:\n${done.output.slice(-2000)}`)
  }
}

async function withDialer<T>(work: (dialer: Dialer) => Promise<T>): Promise<T> {
  const dialer = openDialer()
  try {
    return await work(dialer)
  } finally {
    dialer.close()
  }
}

/** The address of a topic's master, or undefined while the name server knows no such topic. */
async function routeOf(dialer: Dialer, namesrv: string, topic: string): Promise<string | undefined> {
  const reply = await dialer.request(namesrv, 105, { topic }, undefined, 1000)
  return reply.code === 0 ? /"brokerAddrs":\{"?0"?:"([^"]+)"/.exec(reply.body.toString())?.[1] : undefined
}

const patienceMs = 60_000
const againMs = 5
/** Long enough for what a start leaves behind to be over. */
const idleMs = 5000

/** From the command to the first message that is stored, found as a client finds its broker; then memory at rest. */
export async function startUp(name: Side['name'], options: SideOptions): Promise<Result> {
  const began = performance.now()
  const starting = startSide[name](options)
  // the ports are the side's to choose, and it is only told when it is up: so its name server is asked from then on
  const side = await starting
  try {
    const startMs = await withDialer(async (dialer) => {
      while (performance.now() - began < patienceMs) {
        if (await mayBeSentTo(dialer, side.namesrv).catch(() => false)) return performance.now() - began
        await sleep(againMs)
      }
      throw new Error(`${name}: nothing could be sent within ${patienceMs} ms`)
    })
    await sleep(idleMs)
    const idleRssMiB = residentMiB(side.pids)
    return { startMs: Math.round(startMs), ...(idleRssMiB === undefined ? {} : { idleRssMiB }) }
  } finally {
    await side.stop()
  }
}
async function mayBeSentTo(dialer: Dialer, namesrv: string): Promise<boolean> {
  const broker = await routeOf(dialer, namesrv, 'TBW102')
  if (broker === undefined) return false
  const header = { a: 'first', b: 'first', c: 'TBW102', d: '4', e: '0', f: '0', g: String(Date.now()), h: '0', i: '' }
  return (await dialer.request(broker, 310, header, Buffer.from('x'), 3000)).code === 0
}

const exampleMs = 60_000
const catchUpMs = 30_000

/** Apache's own benchmark, as its manual has it: 64 threads, 128 B, a consumer beside it. */
export async function example(parts: Parts, side: Side, topic: string): Promise<Result> {
  const group = `${topic}-group`
  const main = (name: string, args: string[]) =>
    launchJava({
      ...{ java: parts.java, lib: parts.lib, main: `org.apache.rocketmq.example.benchmark.${name}` },
      ...{ args: ['-n', side.namesrv, '-t', topic, ...args], jvm: ['-XX:+UseG1GC'], heap: '1g' },
    })
  const consumer = main('Consumer', ['-g', group, '-p', 'false'])
  await consumer.line(/Consumer Started/, 60_000)
  await sleep(3000) // until it has its queues
  const producer = main('Producer', ['-w', '64', '-s', '128'])
  try {
    await sleep(exampleMs + 2000)
    await producer.kill()
    const behind = await lag(side.namesrv, topic, group)
    // the first report holds the start of both JVMs
    const sent = reports(producer.stdout, /Send TPS: (\d+) .*Send Failed: (\d+) \| Response Failed: (\d+)/g).slice(1)
    const consumed = reports(consumer.stdout, /Consume TPS: (\d+) .*Consume Fail: (\d+)/g).filter(
      ([tps = 0]) => tps > 0,
    )
    const [, failedSends = 0, failedResponses = 0] = sent.at(-1) ?? [] // since the start, unlike the rates
    const failed = failedSends + failedResponses
    return { tps: meanOf(sent), consumeTps: meanOf(consumed.slice(1, -1)), failed, behind }
  } finally {
    await producer.kill()
    await consumer.kill()
  }
}
const reports = (text: string, pattern: RegExp): number[][] =>
  [...text.matchAll(pattern)].map((match) => match.slice(1).map(Number))
const meanOf = (rows: readonly number[][]): number =>
  Math.round(rows.reduce((sum, [tps = 0]) => sum + tps, 0) / Math.max(1, rows.length))

/** How many messages the group has not consumed once the producer is gone and there was time to. */
const lag = (namesrv: string, topic: string, group: string): Promise<number> =>
  withDialer(async (dialer) => {
    let behind = Number.NaN
    for (const until = performance.now() + catchUpMs; performance.now() < until; await sleep(1000)) {
      const broker = await routeOf(dialer, namesrv, topic)
      if (broker === undefined) continue
      const stats = await dialer.request(broker, 208, { consumerGroup: group, topic }, undefined, 3000)
      const rows = [...stats.body.toString().matchAll(/"brokerOffset":(\d+),"consumerOffset":(\d+)/g)]
      if (rows.length > 0) behind = rows.reduce((sum, row) => sum + Number(row[1]) - Number(row[2]), 0)
      if (behind === 0) break
    }
    return behind
  })

const costLine = /least ([\d.]+), median ([\d.]+) us of CPU a send/

/** CPU of one send, in the process of a broker alone: what one full core could do, whatever the client costs. */
export async function cost(args: readonly string[]): Promise<Result> {
  const script = join(projectRoot, 'test/bench/cost.mjs')
  const done = await run(process.execPath, [script, '--rounds', '3', ...args], { timeoutMs: 120_000 })
  const micros = Number(costLine.exec(done.stdout)?.[2])
  if (!(micros > 0)) throw new Error(`cost.mjs ${args.join(' ')}: no figures:\n${done.output.slice(-2000)}`)
  return { microsPerSend: micros, sendsPerCore: Math.round(1_000_000 / micros) }
}
