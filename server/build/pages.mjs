// server/build/pages.mjs: the pages, built by Next when their sources changed: `node server/build/pages.mjs`. Built in a
// folder of its own and renamed to .next (or another one for a base path), with a stamp beside it; equal stamp means it is there already. Progress goes
// to stdout, a line at a time.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../../broker/build/bundle.mjs'
import { isAlive, locked } from '../../broker/build/lock.mjs'
import { stampOf } from '../../broker/build/stamp.mjs'
import { failurePage } from './failure-page.mjs'
import { pagesFolder } from './pages-folder.mjs'

const SOURCES = [
  'app',
  'components',
  'server',
  'broker/protocol',
  'next.config.js',
  'postcss.config.js',
  'tsconfig.json',
]
const BUILD_FOLDER = '.next-build-'

const basePath = process.env.ROCKETDECK_BASE_PATH ?? ''
const built = join(projectRoot, pagesFolder(basePath))
const currentStamp = () => stampOf(projectRoot, SOURCES, { basePath })
const stampFile = join(built, 'rocketdeck-stamp')
const builtStamp = () => (existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined)

export const pagesAreBuilt = () => builtStamp() === currentStamp()

/** @param {(line: string) => void} say */
export async function ensurePages(say) {
  if (pagesAreBuilt()) return
  await locked(
    join(projectRoot, 'dist', 'pages.lock'),
    async () => {
      const stamp = currentStamp()
      if (builtStamp() === stamp) return
      const begin = performance.now()
      say(`building the pages (once${builtStamp() ? ', because their sources changed' : ''})`)
      await build(stamp, say)
      say(`built the pages in ${Math.round((performance.now() - begin) / 1000)} s`)
    },
    (holder) => say(`process ${holder} is building the pages, waiting for it`),
  )
}

async function build(stamp, say) {
  for (const name of readdirSync(projectRoot)) {
    if (name.startsWith(BUILD_FOLDER) && !isAlive(Number(name.slice(BUILD_FOLDER.length)))) {
      rmSync(join(projectRoot, name), { recursive: true, force: true })
    }
  }
  const folder = `${BUILD_FOLDER}${process.pid}`
  const cache = join(built, 'cache')
  if (existsSync(cache)) cpSync(cache, join(projectRoot, folder, 'cache'), { recursive: true }) // most of it holds
  // Next writes its folder's name into these two; the sources are not to change by being built.
  const kept = ['tsconfig.json', 'next-env.d.ts'].map((name) => ({ path: join(projectRoot, name), text: textOf(name) }))
  try {
    await runNext(folder, say)
  } catch (error) {
    rmSync(join(projectRoot, folder), { recursive: true, force: true })
    throw error
  } finally {
    for (const { path, text } of kept) {
      if (text === undefined) rmSync(path, { force: true })
      else if (readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
    }
  }
  // Next's own has scripts and styles that the policy of the pages does not let in.
  writeFileSync(join(projectRoot, folder, 'server', 'pages', '500.html'), failurePage)
  writeFileSync(join(projectRoot, folder, 'rocketdeck-stamp'), stamp)
  const old = join(projectRoot, `${BUILD_FOLDER}${process.pid}-old`)
  rmSync(old, { recursive: true, force: true })
  if (existsSync(built)) renameSync(built, old)
  renameSync(join(projectRoot, folder), built)
  rmSync(old, { recursive: true, force: true })
}

const textOf = (name) => {
  const path = join(projectRoot, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function runNext(folder, say) {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: projectRoot,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ROCKETDECK_NEXT_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (signal) => child.kill(signal)
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  let output = ''
  const take = (chunk) => {
    output += chunk
    for (const line of String(chunk).split('\n')) {
      // Next's own steps, without its table of pages.
      if (/^\s*(▲|✓|Creating|Compiled|Collecting|Generating|Finalizing)/.test(line)) say(`  ${line.trim()}`)
    }
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('SIGTERM', end)
      process.off('SIGINT', end)
      if (code === 0) resolve()
      else reject(new Error(`the pages could not be built:\n${output}`))
    })
  })
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensurePages((line) => console.log(line)).catch((error) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}
