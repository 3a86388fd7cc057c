// broker/file/folder-lock.ts: one owner per data folder, across processes and across the threads of one process. Node has
// no file locks, so the lock file holds the owner's process id and its owner keeps it open: the system closes it when
// the thread or process dies, however it dies, and /proc tells who has it open. A lock that Apache RocketMQ holds on the
// same file (a real one, which Node cannot take but can see) counts as well.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly pid: number
  constructor(folder: string, pid: number) {
    super(
      `${folder} is in use by process ${pid}${pid === process.pid ? ' (this one)' : ''}: stop that one, or choose another folder`,
    )
    this.pid = pid
  }
}

export interface FolderLock {
  release(): void
}

/** Takes the folder, or throws a LockedError that names who has it. The folder must exist. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  const gate = `${path}.taking`
  const gateFd = openGate(gate, folder)
  try {
    const owner = ownerOf(path)
    if (owner !== undefined) throw new LockedError(folder, owner)
    const fd = fs.openSync(path, 'w+', 0o644)
    fs.writeSync(fd, `${process.pid} ${threadId}\n`)
    return new Lock(fd)
  } finally {
    fs.closeSync(gateFd)
    fs.rmSync(gate, { force: true })
  }
}

class Lock implements FolderLock {
  #fd: number | undefined
  constructor(fd: number) {
    this.#fd = fd
  }
  release(): void {
    if (this.#fd === undefined) return
    // the file stays, as Apache's does; nobody holds it any more
    fs.ftruncateSync(this.#fd, 0)
    fs.closeSync(this.#fd)
    this.#fd = undefined
  }
}

/** Two that look at the lock at the same moment must not both find it free. Held for less than a millisecond. */
function openGate(gate: string, folder: string): number {
  try {
    return fs.openSync(gate, 'wx')
  } catch (error) {
    if (!fs.existsSync(gate)) throw error
  }
  const age = Date.now() - fs.statSync(gate).mtimeMs
  if (age < 10_000) throw new LockedError(folder, ownerOf(join(folder, 'lock')) ?? 0)
  fs.rmSync(gate, { force: true }) // its maker died between two lines
  return fs.openSync(gate, 'wx')
}

/** Process id of whoever holds the lock file now, or undefined. */
function ownerOf(path: string): number | undefined {
  let stat: fs.Stats
  let text: string
  try {
    stat = fs.statSync(path)
    text = fs.readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
  const locked = systemLockOn(stat)
  if (locked !== undefined) return locked
  const pid = Number.parseInt(text, 10)
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  return hasOpen(pid, stat) ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether the process holds the file open. Where the system does not tell, a living process is believed to. */
function hasOpen(pid: number, file: fs.Stats): boolean {
  const folder = `/proc/${pid}/fd`
  let names: string[]
  try {
    names = fs.readdirSync(folder)
  } catch {
    // no /proc, or another user's process; our own process id without /proc is one that was given again after a crash
    return pid !== process.pid
  }
  return names.some((name) => {
    try {
      const open = fs.statSync(join(folder, name))
      return open.ino === file.ino && open.dev === file.dev
    } catch {
      return false
    }
  })
}

/** Lines such as `1: POSIX  ADVISORY  WRITE 4711 fe:00:123456 0 0`, where the system keeps them. */
function systemLockOn(file: fs.Stats): number | undefined {
  let table: string
  try {
    table = fs.readFileSync('/proc/locks', 'latin1')
  } catch {
    return undefined
  }
  for (const line of table.split('\n')) {
    const [, , , , pid, place] = line.split(/\s+/)
    if (place === undefined || !place.endsWith(`:${file.ino}`)) continue
    const [major = '', minor = ''] = place.split(':')
    if (deviceOf(file.dev) === `${Number.parseInt(major, 16)}:${Number.parseInt(minor, 16)}`) return Number(pid)
  }
  return undefined
}
/** Linux packs a device number as 12 bits of major and 20 of minor, in two pieces each. */
const deviceOf = (dev: number): string =>
  `${Math.floor(dev / 256) & 0xfff}:${(dev & 0xff) | (Math.floor(dev / 4096) & 0xfff00)}`
