// broker/build/bundle.mjs: TypeScript to what Node runs. dist/<bundle>/<stamp>/ holds one build: entry files side by
// side (threads are started by `new URL('./broker-entry.js', import.meta.url)`), packages left outside, source maps
// on. A build is made in a temporary folder and renamed, so a half-made one is never seen; equal stamp means it is
// there already. A process that runs an older build keeps it: only the oldest of many are removed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAlive, locked } from './lock.mjs'
import { filesOf, stampOf } from './stamp.mjs'

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

const KEPT_BUILDS = 6

/** What each bundle is made from, and its doors. Every `*-entry.ts` below the roots becomes a thread's entry. */
const bundles = {
  broker: { roots: ['broker'], doors: { main: 'broker/main.ts', index: 'broker/index.ts' } },
  server: { roots: ['broker', 'server'], doors: { main: 'server/main.ts' } },
}

const folderOf = (name, stamp) => join(projectRoot, 'dist', name, stamp)
const stampFor = (name) => stampOf(projectRoot, bundles[name].roots)

/**
 * Builds what is missing and answers with the folder.
 * @param {'broker' | 'server'} name
 * @param {(line: string) => void} [say]
 */
export async function ensureBundle(name, say = () => {}) {
  const stamp = stampFor(name)
  if (existsSync(join(folderOf(name, stamp), 'main.js'))) return folderOf(name, stamp)
  return locked(
    join(projectRoot, 'dist', `${name}.lock`),
    async () => {
      // Sources may have changed, or another process may have built them, while this one waited.
      const now = stampFor(name)
      const folder = folderOf(name, now)
      if (existsSync(join(folder, 'main.js'))) return folder
      const begin = performance.now()
      await build(name, folder)
      say(`compiled ${name} in ${Math.round(performance.now() - begin)} ms`)
      removeOld(name, now)
      return folder
    },
    (holder) => say(`process ${holder} is compiling ${name}, waiting for it`),
  )
}

async function build(name, folder) {
  const { roots, doors } = bundles[name]
  const { build: esbuild } = await import('esbuild')
  const threads = filesOf(projectRoot, roots).filter((file) => file.endsWith('-entry.ts'))
  const temporary = join(projectRoot, 'dist', name, `.${process.pid}`)
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { recursive: true })
  await esbuild({
    absWorkingDir: projectRoot,
    entryPoints: {
      ...doors,
      ...Object.fromEntries(threads.map((file) => [basename(file, '.ts'), file])),
    },
    outdir: temporary,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20.9',
    format: 'esm',
    jsx: 'automatic',
    sourcemap: 'linked',
    chunkNames: 'chunk-[hash]',
    logLevel: 'warning',
  })
  renameSync(temporary, folder)
}

function removeOld(name, current) {
  const parent = join(projectRoot, 'dist', name)
  const builds = []
  for (const entry of readdirSync(parent)) {
    const path = join(parent, entry)
    if (entry.startsWith('.')) {
      if (!isAlive(Number(entry.slice(1)))) rmSync(path, { recursive: true, force: true })
    } else if (entry !== current) builds.push({ path, at: statSync(path).mtimeMs })
  }
  builds.sort((a, b) => b.at - a.at)
  for (const { path } of builds.slice(KEPT_BUILDS - 1)) rmSync(path, { recursive: true, force: true })
}
