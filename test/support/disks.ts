// test/support/disks.ts: a disk in memory that can be slow, full or broken, that can lose its power (then only what was
// synced is left, and by chance some of the rest) and whose user can be killed (then all that was written is left).
import { dirname, join } from 'node:path'
import type { FileEntry, Files, OpenFile } from '../../broker/file/files'
import { LockedError } from '../../broker/file/folder-lock'

interface Inode {
  bytes: Buffer
  /** What a power cut leaves. */
  durable: Buffer
  modifiedAtMs: number
}
/** Called before each operation; it may throw, and its promise delays those that are off the loop. */
export interface Trouble {
  write?: (path: string, position: number, bytes: number) => void
  writeAsync?: (path: string) => Promise<void>
  sync?: (path: string) => Promise<void> | void
  create?: (path: string) => void
  read?: (path: string) => void
}

export class MemoryDisk {
  readonly inodes = new Map<string, Inode>()
  /** Names, of files and folders, that a power cut leaves. */
  readonly durableNames = new Set<string>()
  readonly folders = new Set<string>()
  trouble: Trouble = {}
  clock = Date.now
  usedRatio = 0.1
  writes = 0
  syncs = 0
  openCount = 0
  maxOpenCount = 0
  #user = 0
  #locked = new Set<string>()

  /** The disk for a new process. Every earlier one is dead: it can no longer change anything. */
  mount(): Files {
    this.#user++
    this.#locked.clear()
    return new MemoryFiles(this, this.#user)
  }
  isAlive(user: number): boolean {
    return user === this.#user
  }
  lock(folder: string): { release(): void } {
    if (this.#locked.has(folder)) throw new LockedError(folder, process.pid)
    this.#locked.add(folder)
    return { release: () => this.#locked.delete(folder) }
  }

  /** The power fails: unsynced pages stay or go as `keeps` says, one by one. Names that were not synced go. */
  cutPower(keeps: () => boolean = () => false): void {
    this.#user++
    const kept = (path: string): boolean =>
      path === '/' || path === '/store' || (this.durableNames.has(path) && kept(dirname(path)))
    for (const [path, inode] of [...this.inodes]) {
      if (!kept(path)) {
        this.inodes.delete(path)
        continue
      }
      const size = Math.max(inode.durable.length, inode.bytes.length)
      const left = Buffer.alloc(size)
      inode.durable.copy(left)
      for (let at = 0; at < inode.bytes.length; at += pageBytes) {
        if (keeps()) inode.bytes.copy(left, at, at, at + pageBytes)
      }
      inode.bytes = left
      inode.durable = Buffer.from(left)
    }
    for (const folder of [...this.folders]) if (!kept(folder)) this.folders.delete(folder)
  }
}
const pageBytes = 4096

const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
/** What a full disk says. */
export const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
export const ioError = (): Error => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })

class MemoryFiles implements Files {
  readonly #disk: MemoryDisk
  readonly #user: number
  constructor(disk: MemoryDisk, user: number) {
    this.#disk = disk
    this.#user = user
  }

  open(path: string): OpenFile {
    this.#alive()
    const inode = this.#disk.inodes.get(path)
    if (inode === undefined) throw missing(path)
    return new MemoryFile(this.#disk, this.#user, path, inode)
  }

  create(path: string, sizeBytes: number): OpenFile {
    this.#alive()
    this.#disk.trouble.create?.(path)
    this.#makeFolder(dirname(path))
    let inode = this.#disk.inodes.get(path)
    if (inode === undefined) {
      inode = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0), modifiedAtMs: this.#disk.clock() }
      this.#disk.inodes.set(path, inode)
    }
    if (inode.bytes.length < sizeBytes) inode.bytes = Buffer.concat([inode.bytes], sizeBytes)
    return new MemoryFile(this.#disk, this.#user, path, inode)
  }

  async prepare(path: string, sizeBytes: number): Promise<void> {
    this.create(path, sizeBytes).close()
  }

  async list(folder: string): Promise<FileEntry[]> {
    const entries: FileEntry[] = []
    for (const [path, inode] of this.#disk.inodes) {
      if (dirname(path) !== folder) continue
      const name = path.slice(folder.length + 1)
      entries.push({ name, isFolder: false, sizeBytes: inode.bytes.length, modifiedAtMs: inode.modifiedAtMs })
    }
    for (const path of this.#disk.folders) {
      if (dirname(path) === folder)
        entries.push({ name: path.slice(folder.length + 1), isFolder: true, sizeBytes: 0, modifiedAtMs: 0 })
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async readWhole(path: string): Promise<Buffer | undefined> {
    const inode = this.#disk.inodes.get(path)
    return inode === undefined ? undefined : Buffer.from(inode.bytes)
  }

  async writeWhole(path: string, content: Buffer): Promise<void> {
    this.#alive()
    this.#makeFolder(dirname(path))
    const bytes = Buffer.from(content)
    this.#disk.inodes.set(path, { bytes, durable: Buffer.from(content), modifiedAtMs: this.#disk.clock() })
  }

  async rename(from: string, to: string): Promise<void> {
    this.#alive()
    const inode = this.#disk.inodes.get(from)
    if (inode === undefined) throw missing(from)
    this.#disk.inodes.delete(from)
    this.#disk.inodes.set(to, inode)
  }

  async remove(path: string): Promise<void> {
    this.#alive()
    for (const name of [...this.#disk.inodes.keys()])
      if (name === path || name.startsWith(`${path}/`)) this.#disk.inodes.delete(name)
    for (const name of [...this.#disk.folders])
      if (name === path || name.startsWith(`${path}/`)) this.#disk.folders.delete(name)
  }

  async syncFolder(folder: string): Promise<void> {
    this.#alive()
    for (const name of [...this.#disk.inodes.keys(), ...this.#disk.folders])
      if (dirname(name) === folder) this.#disk.durableNames.add(name)
  }

  lock(folder: string) {
    this.#makeFolder(folder)
    return this.#disk.lock(folder)
  }

  async usedRatio(): Promise<number> {
    return this.#disk.usedRatio
  }

  #makeFolder(folder: string): void {
    for (let at = folder; at !== '/' && at !== '.'; at = dirname(at)) this.#disk.folders.add(at)
  }
  #alive(): void {
    if (!this.#disk.isAlive(this.#user)) throw new Error('this process was killed')
  }
}

class MemoryFile implements OpenFile {
  readonly path: string
  readonly #disk: MemoryDisk
  readonly #user: number
  readonly #inode: Inode
  #open = true
  constructor(disk: MemoryDisk, user: number, path: string, inode: Inode) {
    this.#disk = disk
    this.#user = user
    this.path = path
    this.#inode = inode
    disk.openCount++
    disk.maxOpenCount = Math.max(disk.maxOpenCount, disk.openCount)
  }

  readSync(into: Buffer, position: number): number {
    this.#check()
    return this.#inode.bytes.copy(into, 0, position, position + into.length)
  }
  async read(into: Buffer, position: number): Promise<number> {
    this.#check()
    await turn()
    this.#disk.trouble.read?.(this.path)
    return this.readSync(into, position)
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    this.#check()
    this.#disk.writes++
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0)
    this.#disk.trouble.write?.(this.path, position, length)
    this.#put(buffers, position)
  }
  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    this.#check()
    await turn()
    await this.#disk.trouble.writeAsync?.(this.path)
    this.writeSync(buffers, position)
  }

  async sync(): Promise<void> {
    this.#check()
    this.#disk.syncs++
    const seen = Buffer.from(this.#inode.bytes) // what comes later is not promised
    await turn()
    await this.#disk.trouble.sync?.(this.path)
    this.#check()
    this.#inode.durable = seen
  }

  allocatedBytes(): number {
    return this.#inode.bytes.length
  }

  close(): void {
    if (!this.#open) throw new Error(`${this.path} closed twice`)
    this.#open = false
    this.#disk.openCount--
  }

  #put(buffers: readonly Buffer[], position: number): void {
    let at = position
    for (const buffer of buffers) {
      if (at + buffer.length > this.#inode.bytes.length) {
        this.#inode.bytes = Buffer.concat([this.#inode.bytes], at + buffer.length)
      }
      buffer.copy(this.#inode.bytes, at)
      at += buffer.length
    }
    this.#inode.modifiedAtMs = this.#disk.clock()
  }
  #check(): void {
    if (!this.#open) throw new Error(`${this.path} is closed`)
    if (!this.#disk.isAlive(this.#user)) throw new Error('this process was killed')
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Where stores of a memory disk lie. */
export const memoryRoot = join('/', 'store')
