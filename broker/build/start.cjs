// broker/build/start.cjs: what the npm scripts start: `node broker/build/start.cjs PROGRAM [flags]`. Compiles what is
// missing and becomes the program, in the same process, so that a signal to it reaches it. CommonJS on purpose: loading
// an ES module uses libuv's thread pool, whose size must be said before its first use.
const { readFileSync } = require('node:fs')

/** Which bundle holds a program. */
const programs = {
  cluster: 'broker',
  namesrv: 'broker',
  broker: 'broker',
  start: 'server',
  dev: 'server',
  console: 'server',
}

const [program = '', ...args] = process.argv.slice(2)
const bundle = programs[program]
if (bundle === undefined) {
  console.error(`usage: start.cjs ${Object.keys(programs).join('|')} [flags]`)
  process.exit(2)
}

process.env.UV_THREADPOOL_SIZE ??= String(4 + 4 * countBrokers())
run().catch((error) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  process.exit(1)
})

async function run() {
  const { ensureBundle, projectRoot } = await import('./bundle.mjs')
  const { join } = require('node:path')
  const { pathToFileURL } = require('node:url')
  const folder = await ensureBundle(bundle, (line) => console.error(line))
  const { main } = await import(pathToFileURL(join(folder, 'main.js')).href)
  await main({ program, args, root: projectRoot })
}

/** All brokers of a process share one pool; a preset says how many there will be. */
function countBrokers() {
  if (program === 'namesrv' || program === 'console') return 0
  const [, masters = '1', slaves] = /^(\d+)m(?:-(\d+)s)?/.exec(presetName()) ?? []
  return Math.min(32, Number(masters) + Number(slaves ?? 0))
}

function presetName() {
  const flag = (name) => {
    const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
    if (at < 0) return undefined
    return args[at].includes('=') ? args[at].slice(name.length + 1) : args[at + 1]
  }
  const given = flag('--preset') ?? process.env.ROCKETDECK_PRESET
  if (given !== undefined) return given
  try {
    const config = flag('--config') ?? process.env.ROCKETDECK_CONFIG
    return String(JSON.parse(readFileSync(config, 'utf8')).preset ?? '')
  } catch {
    return '' // a missing or broken file is the program's to complain about
  }
}
