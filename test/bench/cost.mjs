// test/bench/cost.mjs: what one send costs the broker in CPU time. A broker part alone in a process, a plain socket that
// pumps frames made beforehand, and the process's own CPU clock: on a busy machine that says more than any rate does.
//
//   node test/bench/cost.mjs [--sends 200000] [--rounds 5] [--size 128] [--window 64] [--joined] [--form 0] [--batch 16]
//                            [--set flushDiskType=SYNC_FLUSH] [--profile FOLDER] [--raw] [--node=--a-flag-of-node]
//                            [--new-topics] [--topics 64] [--existing 10000]
//
// --joined: the client writes all that it may at once, as a pipelining client does; otherwise each frame is a write of
// its own, as from a client whose threads wait for their answer. --raw: the server of raw-server.mjs instead. --new-topics:
// each send is the first to a topic of its own. --topics: in turns to so many. --existing: so many others are there.
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { startAlone } from './alone.mjs'
import { frames, pump } from './sends.mjs'

const { values: flags } = parseArgs({
  options: {
    sends: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    size: { type: 'string', default: '128' },
    window: { type: 'string', default: '64' },
    form: { type: 'string', default: '0' },
    batch: { type: 'string', default: '1' },
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
const broker = await startAlone({ properties, raw, node, profile })
try {
  const socket = connect({ port: broker.port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const load = { window: Number(flags.window), joined: flags.joined }
  const sizes = [Number(flags.size), Number(flags.form), Number(flags.batch)]
  const existing = Number(flags.existing)
  if (existing > 0)
    await pump(
      socket,
      existing,
      load,
      frames(...sizes, (serial) => `Existing${serial}`),
    )
  const topics = Number(flags.topics)
  const inTurns = topics === 1 ? frames(...sizes) : frames(...sizes, (serial) => `Topic${serial % topics}`)
  await pump(socket, flags['new-topics'] ? 1 : 50_000, load, inTurns)
  let made = 0
  const makeFrame = flags['new-topics'] ? frames(...sizes, () => `NewTopic${made++}`) : inTurns
  const costs = []
  for (let round = 0; round < Number(flags.rounds); round++) {
    const before = await broker.ask('cpu')
    const began = performance.now()
    await pump(socket, Number(flags.sends), load, makeFrame)
    const seconds = (performance.now() - began) / 1000
    const after = await broker.ask('cpu')
    const micros = (after.micros - before.micros) / Number(flags.sends)
    costs.push(micros)
    const system = (after.system - before.system) / Number(flags.sends)
    const rate = Math.round(Number(flags.sends) / seconds)
    console.log(`${micros.toFixed(2)} us a send, ${system.toFixed(2)} of it in the system, ${rate}/s`)
  }
  costs.sort((a, b) => a - b)
  console.log(`least ${costs[0].toFixed(2)}, median ${costs[costs.length >> 1].toFixed(2)} us of CPU a send`)
  socket.destroy()
} finally {
  await broker.stop()
}
