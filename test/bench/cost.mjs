// test/bench/cost.mjs: what one message costs the broker in CPU time. A broker part alone in a process, a plain socket that
// pumps frames made beforehand, and the process's own CPU clock: on a busy machine that says more than any rate does.
//
//   node test/bench/cost.mjs [--sends 200000] [--rounds 5] [--size 128] [--window 64] [--joined] [--form 0] [--batch 16]
//                            [--set flushDiskType=SYNC_FLUSH] [--profile FOLDER] [--raw] [--node=--a-flag-of-node]
//                            [--new-topics] [--topics 64] [--existing 10000]
//   node test/bench/cost.mjs --load pull [--backlog 450000] [--batch 100] [--sends 450000]
//   node test/bench/cost.mjs --load live [--rate 2000] [--seconds 10]
//   node test/bench/cost.mjs --at 127.0.0.1:10911 --pid 4711 ...
//
// --load pull: a push consumer takes what was sent in batches (1: one by one, the queues in turns), 32 at a time. --load live:
// messages come at a steady rate to a consumer that waits for them; how long they were on their way is the client's clock.
// --at: another broker that is there already, and of whose process the CPU time is read (Linux): with it two brokers are
// compared by a client that costs them nothing.
// --joined: the client writes all that it may at once, as a pipelining client does; otherwise each frame is a write of
// its own, as from a client whose threads wait for their answer. --raw: the server of raw-server.mjs instead. --new-topics:
// each send is the first to a topic of its own. --topics: in turns to so many. --existing: so many others are there.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { startAlone } from './alone.mjs'
import { heartbeat, live, quantile, takeBacklog } from './pulls.mjs'
import { frames, pump } from './sends.mjs'

const { values: flags } = parseArgs({
  options: {
    at: { type: 'string' },
    pid: { type: 'string' },
    load: { type: 'string', default: 'send' },
    backlog: { type: 'string', default: '450000' },
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    sends: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    size: { type: 'string', default: '128' },
    window: { type: 'string', default: '64' },
    form: { type: 'string', default: '0' },
    batch: { type: 'string' },
    joined: { type: 'boolean', default: false },
    raw: { type: 'boolean', default: false },
    'new-topics': { type: 'boolean', default: false },
    topics: { type: 'string', default: '1' },
    existing: { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
  },
})
const properties = Object.fromEntries(flags.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
const { raw, node, profile } = flags
const broker = flags.at === undefined ? await startAlone({ properties, raw, node, profile }) : thatOne(flags.at)

/** A broker that others started. Its clock ticks a hundred times a second. */
function thatOne(address) {
  const [host, port] = address.split(':')
  const cpu = () => {
    const stat = readFileSync(`/proc/${flags.pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system] = [fields[11], fields[12]].map((ticks) => Number(ticks) * 10_000)
    return { micros: user + system, user, system }
  }
  return { host, port: Number(port), ask: async (what) => (what === 'cpu' ? cpu() : undefined), stop: async () => {} }
}
const opened = []
const open = async () => {
  const socket = connect({ port: broker.port, host: broker.host ?? '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  opened.push(socket)
  return socket
}
/** Prints what `work`, which answers with how many messages it was, cost the broker; and the least and median of the rounds. */
const measure = async (what, work) => {
  const costs = []
  for (let round = 0; round < Number(flags.rounds); round++) {
    const before = await broker.ask('cpu')
    const began = performance.now()
    const { count, more = '' } = await work()
    const seconds = (performance.now() - began) / 1000
    const after = await broker.ask('cpu')
    const micros = (after.micros - before.micros) / count
    costs.push(micros)
    const system = (after.system - before.system) / count
    const rate = Math.round(count / seconds)
    console.log(`${micros.toFixed(2)} us a ${what}, ${system.toFixed(2)} of it in the system, ${rate}/s${more}`)
  }
  costs.sort((a, b) => a - b)
  console.log(`least ${costs[0].toFixed(2)}, median ${costs[costs.length >> 1].toFixed(2)} us of CPU a ${what}`)
}
const sizes = (batch) => [Number(flags.size), Number(flags.form), batch]

async function sends() {
  const socket = await open()
  const load = { window: Number(flags.window), joined: flags.joined }
  const own = sizes(Number(flags.batch ?? 1))
  const existing = Number(flags.existing)
  if (existing > 0)
    await pump(
      socket,
      existing,
      load,
      frames(...own, (serial) => `Existing${serial}`),
    )
  const topics = Number(flags.topics)
  const inTurns = topics === 1 ? frames(...own) : frames(...own, (serial) => `Topic${serial % topics}`)
  await pump(socket, flags['new-topics'] ? 1 : Math.ceil(50_000 / Number(flags.batch ?? 1)), load, inTurns)
  let made = 0
  const makeFrame = flags['new-topics'] ? frames(...own, () => `NewTopic${made++}`) : inTurns
  const count = Number(flags.sends)
  await measure('send', async () => {
    await pump(socket, count, load, makeFrame)
    return { count }
  })
}

async function pulls() {
  const socket = await open()
  const batch = Number(flags.batch ?? 100)
  await pump(socket, Math.ceil(Number(flags.backlog) / batch), { window: 16, joined: false }, frames(...sizes(batch)))
  const consumer = await open()
  consumer.write(heartbeat())
  await new Promise((resolve) => consumer.once('data', resolve))
  await takeBacklog(consumer, Number(flags.backlog))
  await measure('message', async () => {
    const { taken, pulls: asked } = await takeBacklog(consumer, Number(flags.sends))
    return { count: taken, more: `, ${(taken / asked).toFixed(1)} a pull` }
  })
}

async function steady() {
  const sender = await open()
  const consumer = await open()
  await pump(sender, 20_000, { window: 16, joined: false }, frames(...sizes(1)))
  consumer.write(heartbeat())
  await new Promise((resolve) => consumer.once('data', resolve))
  const load = { rate: Number(flags.rate), seconds: Number(flags.seconds), size: Number(flags.size) }
  await live(sender, consumer, { ...load, seconds: 5 })
  await measure('message', async () => {
    await broker.ask('delay')
    const tookMs = await live(sender, consumer, load)
    const late = await broker.ask('delay')
    const ms = [0.5, 0.99, 0.999, 1].map((share) => quantile(tookMs, share).toFixed(2))
    const lateMs = [late?.p99, late?.p999, late?.max].map((one) => one?.toFixed(1) ?? '?')
    const more = `, p50 p99 p999 max ${ms.join(' ')} ms, timers late p99 p999 max ${lateMs.join(' ')} ms`
    return { count: tookMs.length, more }
  })
}

const loads = { send: sends, pull: pulls, live: steady }
try {
  await loads[flags.load]()
} finally {
  for (const socket of opened) socket.destroy()
  await broker.stop()
}
