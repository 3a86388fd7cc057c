// broker/build/lock.mjs: one builder at a time. The lock is a file that holds a process id; a lock whose process is
// gone is taken over.
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 300_000

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} [onWait] told once, when another process holds the lock
 */
export async function locked(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true })
  const until = Date.now() + PATIENCE_MS
  for (let told = false; !take(file); ) {
    const holder = holderOf(file)
    if (holder !== undefined && !isAlive(holder)) {
      removeStale(file, holder)
      continue
    }
    if (Date.now() > until) throw new Error(`${file} has been held by process ${holder} for ${PATIENCE_MS / 1000} s`)
    if (!told && holder !== undefined) {
      onWait(holder)
      told = true
    }
    await sleep(100)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file) {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function holderOf(file) {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    return Number.isInteger(pid) ? pid : undefined // just made, its owner has not written yet
  } catch {
    return undefined
  }
}

/** Moved away first: of two that find it stale only one can, and neither takes a lock that was made since. */
function removeStale(file, holder) {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (holderOf(aside) === holder) rmSync(aside, { force: true })
  else renameSync(aside, file)
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
