// test/bench/cost.mjs: what one send costs the broker in CPU time. A broker part alone in a process, a plain socket that
// pumps frames made beforehand, and the process's own CPU clock: on a busy machine that says more than any rate does.
//
//   node test/bench/cost.mjs [--sends 200000] [--rounds 5] [--size 128] [--window 64] [--joined] [--form 0] [--batch 16]
//                            [--set flushDiskType=SYNC_FLUSH] [--profile FOLDER] [--raw] [--node=--a-flag-of-node]
//
// --joined: the client writes all that it may at once, as a pipelining client does; otherwise each frame is a write of
// its own, as from a client whose threads wait for their answer. --raw: the server of raw-server.mjs instead.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const here = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The measured process: a broker and nothing else. */
async function serveBroker({ bundle, folder, properties, raw }) {
  const stop = raw ? await startRaw(folder) : await startBroker(bundle, folder, properties)
  process.on('message', async (what) => {
    if (what === 'cpu') {
      const { user, system } = process.cpuUsage()
      process.send({ micros: user + system, user, system })
    } else if (what === 'stop') {
      await stop()
      process.disconnect()
      process.exit()
    }
  })
}

async function startRaw(folder) {
  const { startRawServer } = await import('./raw-server.mjs')
  const server = await startRawServer(0, folder)
  process.send({ port: server.port })
  return server.stop
}

async function startBroker(bundle, folder, properties) {
  const { startBrokerPart } = await import(pathToFileURL(bundle).href)
  const port = await freePort()
  const part = await startBrokerPart(
    {
      kind: 'broker',
      name: 'broker-a:0',
      host: '127.0.0.1',
      port,
      dataDir: folder,
      properties,
      preset: { listenPort: String(port), haListenPort: String(port + 1), storePathRootDir: folder },
    },
    (level, line) => level === 'error' && console.error(line),
  )
  process.send({ port })
  return () => part.stop()
}

/** A port with room below and above: the fast port lies two below it. */
async function freePort() {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function measure() {
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
      set: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      node: { type: 'string', multiple: true, default: [] },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), 'rocketdeck-cost-'))
  const bundle = join(root, 'node_modules', '.cache', `rocketdeck-cost-${process.pid}.mjs`)
  await build({
    entryPoints: [join(root, 'broker/worker/broker-part.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(here)})`,
    },
  })
  const properties = Object.fromEntries(flags.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
  const child = fork(here, ['serve', JSON.stringify({ bundle, folder, properties, raw: flags.raw })], {
    execArgv: [
      ...flags.node,
      ...(flags.profile === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${flags.profile}`]),
    ],
  })
  try {
    const { port } = await said(child)
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const load = { window: Number(flags.window), joined: flags.joined }
    const makeFrame = frames(Number(flags.size), Number(flags.form), Number(flags.batch))
    await pump(socket, 50_000, load, makeFrame)
    const costs = []
    for (let round = 0; round < Number(flags.rounds); round++) {
      const before = await ask(child, 'cpu')
      const began = performance.now()
      await pump(socket, Number(flags.sends), load, makeFrame)
      const seconds = (performance.now() - began) / 1000
      const after = await ask(child, 'cpu')
      const micros = (after.micros - before.micros) / Number(flags.sends)
      costs.push(micros)
      const system = (after.system - before.system) / Number(flags.sends)
      const rate = Math.round(Number(flags.sends) / seconds)
      console.log(`${micros.toFixed(2)} us a send, ${system.toFixed(2)} of it in the system, ${rate}/s`)
    }
    costs.sort((a, b) => a - b)
    console.log(`least ${costs[0].toFixed(2)}, median ${costs[costs.length >> 1].toFixed(2)} us of CPU a send`)
    socket.destroy()
    child.send('stop')
    await new Promise((resolve) => child.once('exit', resolve))
  } finally {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
    rmSync(bundle, { force: true })
  }
}

const said = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
const ask = (child, what) => {
  const answer = said(child)
  child.send(what)
  return answer
}

/** As the stock Java client writes them: fastjson's letters for 0x01 and 0x02, one unique key each. */
function frames(size, form, batch) {
  const key = (serial) => `7F0000010F5A18B4AAC2${serial.toString(16).toUpperCase().padStart(12, '0')}`
  return (serial) => {
    const properties = `UNIQ_KEY\u0001${key(serial)}\u0002WAIT\u0001true\u0002`
    const body = batch === 1 ? Buffer.alloc(size, 97) : batchOf(batch, size, serial, key)
    const fields = {
      a: 'BenchmarkProducer',
      b: 'TopicOfTheCost',
      c: 'TBW102',
      d: '8',
      e: String(serial % 4),
      f: '0',
      g: String(1_700_000_000_000 + serial),
      h: '0',
      i: properties,
      j: '0',
      k: 'false',
      m: String(batch > 1),
      n: 'broker-a',
    }
    const code = batch > 1 ? 320 : 310
    const header = form === 0 ? jsonHeader(code, fields, serial) : binaryHeader(code, fields, serial)
    const frame = Buffer.allocUnsafe(8 + header.length + body.length)
    frame.writeUInt32BE(4 + header.length + body.length, 0)
    frame.writeUInt32BE(((form << 24) | header.length) >>> 0, 4)
    header.copy(frame, 8)
    body.copy(frame, 8 + header.length)
    return frame
  }
}
const jsonHeader = (code, extFields, opaque) =>
  Buffer.from(
    JSON.stringify({
      code,
      extFields,
      flag: 0,
      language: 'JAVA',
      opaque,
      serializeTypeCurrentRPC: 'JSON',
      version: 513,
    }),
  )
/** As protocol/batch.ts lays it out. */
function batchOf(count, size, serial, key) {
  const entries = Array.from({ length: count }, (_, at) => {
    const properties = Buffer.from(`UNIQ_KEY\u0001${key(serial * count + at)}\u0002WAIT\u0001true\u0002`)
    const entry = Buffer.alloc(22 + size + properties.length, 97)
    entry.writeInt32BE(entry.length, 0)
    entry.fill(0, 4, 16)
    entry.writeInt32BE(size, 16)
    entry.writeInt16BE(properties.length, 20 + size)
    properties.copy(entry, 22 + size)
    return entry
  })
  return Buffer.concat(entries)
}
function binaryHeader(code, fields, opaque) {
  const entries = Object.entries(fields).map(([name, value]) => {
    const entry = Buffer.alloc(6 + name.length + value.length)
    entry.writeUInt16BE(name.length, 0)
    entry.write(name, 2)
    entry.writeUInt32BE(value.length, 2 + name.length)
    entry.write(value, 6 + name.length)
    return entry
  })
  const ext = Buffer.concat(entries)
  const head = Buffer.alloc(21)
  head.writeInt16BE(code, 0)
  head.writeInt16BE(513, 3)
  head.writeInt32BE(opaque, 5)
  head.writeInt32BE(ext.length, 17)
  return Buffer.concat([head, ext])
}

/** Keeps `window` sends under way until `count` are answered. */
function pump(socket, count, { window, joined }, makeFrame) {
  return new Promise((resolve, reject) => {
    let asked = 0
    let answered = 0
    let rest = Buffer.alloc(0)
    const ask = (many) => {
      const upTo = Math.min(count, asked + many)
      if (joined) socket.cork()
      while (asked < upTo) socket.write(makeFrame(asked++))
      if (joined) socket.uncork()
    }
    const onData = (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      let got = 0
      while (bytes.length - at >= 4 && bytes.length - at - 4 >= bytes.readUInt32BE(at)) {
        if (answered === 0 && got === 0) check(bytes.subarray(at))
        at += 4 + bytes.readUInt32BE(at)
        got++
      }
      rest = bytes.subarray(at)
      answered += got
      if (answered < count) return ask(got)
      socket.off('data', onData)
      resolve()
    }
    const check = (frame) => {
      const code =
        frame[4] === 0 ? JSON.parse(frame.toString('utf8', 8, 4 + frame.readUInt32BE(0))).code : frame.readInt16BE(8)
      if (code !== 0) reject(new Error(`the broker answers ${frame.toString('latin1', 8)}`))
    }
    socket.on('data', onData)
    socket.once('close', () => reject(new Error('the broker closed the connection')))
    ask(window)
  })
}

if (process.argv[2] === 'serve') await serveBroker(JSON.parse(process.argv[3]))
else await measure()
