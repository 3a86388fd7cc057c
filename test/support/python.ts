// test/support/python.ts: a Python with the client that the README names, made once in the cache of these tests.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './children'
import { cacheRoot, findInPath } from './java'

/** A virtual environment with the package, made once in the cache of these tests. */
export async function pythonWithClient(): Promise<{ missing: string } | { python: string }> {
  const base = findInPath('python3')
  if (!base) return { missing: 'no Python' }
  const folder = join(cacheRoot(), 'rocketdeck-tests', 'python')
  const python = join(folder, 'bin', 'python')
  const works = async () => (await run(python, ['-c', 'import rocketmq.client'])).code === 0
  if (existsSync(python) && (await works())) return { python }
  mkdirSync(folder, { recursive: true })
  const made = await run(base, ['-m', 'venv', folder])
  if (made.code !== 0) return { missing: `no virtual environment: ${made.output.split('\n')[0]}` }
  const installed = await run(python, ['-m', 'pip', 'install', '-q', 'rocketmq==0.4.4'], { timeoutMs: 120_000 })
  if (installed.code !== 0 || !(await works())) {
    return { missing: `the package rocketmq 0.4.4 cannot be used here: ${installed.output.trim().split('\n').at(-1)}` }
  }
  return { python }
}
