// test/bench/beside.mjs: what others cost a quiet sender: a broker part alone in a process, loads in processes of their own,
// and here one that sends a message each millisecond and waits for its answer. Beside its latency stand the broker's own
// figures, which hold on a busy machine: by how much its timers were late, which is the length of its turns.
//
//   node test/bench/beside.mjs [--probes 3000] [--size 1024] [--window 1024] [--profile FOLDER] [--node=--a-flag-of-node]
import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startAlone } from './alone.mjs'
import { frames, pump } from './sends.mjs'

const here = fileURLToPath(import.meta.url)

const dial = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })

/** What may run beside the probe, each in a process of its own. */
const loads = {
  async flood({ port, size, window, connections = 1 }) {
    let done = 0
    process.on('message', () => process.send({ done }))
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const makeFrame = frames(size, 0, 1)
        const made = Array.from({ length: 256 }, (_, n) => makeFrame(n))
        await pump(await dial(port), Number.POSITIVE_INFINITY, { window, joined: true }, (n) => {
          done++
          return made[n % 256]
        })
      }),
    )
  },
  /** Reads its queue from the beginning, again and again, as many as 32 a pull. */
  async cold({ port, connections = 1 }) {
    let read = 0
    const reader = async (socket) => {
      let queueOffset = 0
      let rest = Buffer.alloc(0)
      const ask = () => socket.write(pullFrame(queueOffset))
      socket.on('data', (chunk) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        if (rest.length < 4 || rest.length < 4 + rest.readUInt32BE(0)) return
        const header = JSON.parse(rest.toString('utf8', 8, 8 + (rest.readUInt32BE(4) & 0xff_ffff)))
        rest = Buffer.alloc(0)
        const next = Number(header.extFields?.nextBeginOffset ?? 0)
        if (header.code === 0) read += next - queueOffset
        queueOffset = header.code === 0 ? next : 0
        ask()
      })
      ask()
    }
    for (let n = 0; n < connections; n++) await reader(await dial(port))
    process.on('message', () => process.send({ done: read }))
  },
}
const pullFrame = (queueOffset) => {
  const extFields = {
    consumerGroup: 'readers',
    topic: 'TopicOfTheCost',
    queueId: '1',
    queueOffset: String(queueOffset),
    maxMsgNums: '32',
    sysFlag: '4',
    commitOffset: '0',
    suspendTimeoutMillis: '0',
    subVersion: '0',
    subscription: '*',
    expressionType: 'TAG',
  }
  const header = Buffer.from(
    JSON.stringify({ code: 11, extFields, flag: 0, language: 'JAVA', opaque: 1, version: 513 }),
  )
  const frame = Buffer.alloc(8 + header.length)
  frame.writeUInt32BE(4 + header.length, 0)
  frame.writeUInt32BE(header.length, 4)
  header.copy(frame, 8)
  return frame
}

async function measure() {
  const { values: flags } = parseArgs({
    options: {
      probes: { type: 'string', default: '3000' },
      size: { type: 'string', default: '1024' },
      window: { type: 'string', default: '1024' },
      fill: { type: 'string', default: '200000' },
      only: { type: 'string' },
      profile: { type: 'string' },
      node: { type: 'string', multiple: true, default: [] },
    },
  })
  const broker = await startAlone({ node: flags.node, profile: flags.profile })
  const [size, window] = [Number(flags.size), Number(flags.window)]
  const probe = await dial(broker.port)
  const makeFrame = frames(128, 0, 1)
  const probed = async (count) => {
    const times = []
    for (let n = 0; n < count; n++) {
      const from = performance.now()
      await pump(probe, 1, { window: 1, joined: false }, () => makeFrame(n))
      times.push(performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return times.sort((a, b) => a - b)
  }
  const rows = {}
  const row = async (name, load) => {
    if (flags.only !== undefined && name !== flags.only && load !== undefined) return
    const child = load && fork(here, ['load', JSON.stringify({ port: broker.port, size, window, ...load })])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await broker.ask('delay')
    const before = await broker.ask('cpu')
    const began = performance.now()
    const times = await probed(Number(flags.probes))
    const seconds = (performance.now() - began) / 1000
    const { micros } = await broker.ask('cpu')
    const { p99, p999, max } = await broker.ask('delay')
    child?.kill()
    const at = (share) => times[Math.floor(times.length * share)].toFixed(2)
    rows[name] = {
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      'broker, cores': ((micros - before.micros) / 1e6 / seconds).toFixed(2),
      'late p99': p99.toFixed(1),
      'late p999': p999.toFixed(1),
      'late max': max.toFixed(1),
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  try {
    const filler = frames(1024, 0, 1)
    await pump(await dial(broker.port), Number(flags.fill), { window: 64, joined: true }, filler)
    await probed(500)
    await row('nothing')
    await row('a flood', { kind: 'flood' })
    await row('eight floods', { kind: 'flood', connections: 8 })
    await row('a cold reader', { kind: 'cold' })
    await row('eight cold readers', { kind: 'cold', connections: 8 })
    console.table(rows)
    probe.destroy()
  } finally {
    await broker.stop()
  }
}

if (process.argv[2] === 'load') {
  const options = JSON.parse(process.argv[3])
  process.once('disconnect', () => process.exit())
  await loads[options.kind](options)
} else {
  await measure()
  process.exit()
}
