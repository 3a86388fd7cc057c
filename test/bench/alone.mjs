// test/bench/alone.mjs: a broker part alone in a process, or the server of raw-server.mjs, for what is measured about it.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Answers with its port, `ask('cpu')`: µs of CPU so far, `ask('delay')`: ms by which timers were late since it was asked
 * last, and `stop()`, which also removes what it stored. `node`: flags for Node. `profile`: a folder for a CPU profile.
 */
export async function startAlone({ properties = {}, raw = false, node = [], profile = undefined } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rocketdeck-cost-'))
  const bundle = join(root, 'node_modules', '.cache', `rocketdeck-cost-${process.pid}.mjs`)
  await build({
    entryPoints: [join(root, 'broker/worker/broker-life.ts')],
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
  const profiled = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${profile}`]
  const child = fork(here, ['serve', JSON.stringify({ bundle, folder, properties, raw })], {
    execArgv: [...node, ...(profile === undefined ? [] : profiled)],
  })
  const said = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`the server ended with ${code}`))
      child.once('exit', ended)
      child.once('message', (message) => {
        child.off('exit', ended)
        resolve(message)
      })
    })
  const ask = (what) => {
    const answer = said()
    child.send(what)
    return answer
  }
  const stop = async () => {
    if (child.exitCode === null && child.connected) {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop')
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
    rmSync(bundle, { force: true })
  }
  try {
    const { port } = await said()
    return { port, pid: child.pid, ask, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The measured process: a broker and nothing else. */
async function serve({ bundle, folder, properties, raw }) {
  const stop = raw ? await startRaw(folder) : await startBroker(bundle, folder, properties)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  process.on('message', async (what) => {
    if (what === 'cpu') {
      const { user, system } = process.cpuUsage()
      process.send({ micros: user + system, user, system })
    } else if (what === 'delay') {
      process.send({ p99: delay.percentile(99) / 1e6, p999: delay.percentile(99.9) / 1e6, max: delay.max / 1e6 })
      delay.reset()
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

if (process.argv[1] === here && process.argv[2] === 'serve') await serve(JSON.parse(process.argv[3]))
