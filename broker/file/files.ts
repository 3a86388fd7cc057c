// broker/file/files.ts: what a disk can do, as the rooms above ask for it. Everything that touches a disk goes through
// this interface, so that a test can hand in memory, a slow disk, a full one, or one that forgets what was not synced.
import * as fs from 'node:fs'
import * as fsp from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type FolderLock, lockFolder } from './folder-lock'

/** A file that is open for reading and writing. Short reads happen only at the file's end. */
export interface OpenFile {
  readonly path: string
  /** Fills `into` from `position` on and answers with how many bytes there were. */
  readSync(into: Buffer, position: number): number
  read(into: Buffer, position: number): Promise<number>
  /** All of the buffers, one after the other, or it throws. */
  writeSync(buffers: readonly Buffer[], position: number): void
  write(buffers: readonly Buffer[], position: number): Promise<void>
  /** Resolves when what was written before the call is on the disk itself (fdatasync). */
  sync(): Promise<void>
  /** How much of it has ever been written, as far as the disk knows: a sparse file takes less than it is long. */
  allocatedBytes(): number
  close(): void
}
export interface FileEntry {
  readonly name: string
  readonly isFolder: boolean
  readonly sizeBytes: number
  readonly modifiedAtMs: number
}
export interface Files {
  /** Opens what is there. Throws when it is not. */
  open(path: string): OpenFile
  /** Opens the file, made if it is missing, together with its folder, and `sizeBytes` long (sparse) if it was shorter. */
  create(path: string, sizeBytes: number): OpenFile
  /** Makes the file as `create` does, off the loop, and closes it again. */
  prepare(path: string, sizeBytes: number): Promise<void>
  /** Sorted by name; empty when there is no such folder. */
  list(folder: string): Promise<FileEntry[]>
  /** The whole of a small file, or undefined when there is none. */
  readWhole(path: string): Promise<Buffer | undefined>
  /** Replaces the file's content and syncs it. Not atomic: see small-file.ts for what is. */
  writeWhole(path: string, content: Buffer): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a folder with all that is in it. Nothing happens when it is not there. */
  remove(path: string): Promise<void>
  /** Makes the folder's own entries (new, renamed and removed files) survive a power cut. */
  syncFolder(folder: string): Promise<void>
  /** Makes the folder if it is missing and takes it for this thread alone. Throws a LockedError. */
  lock(folder: string): FolderLock
  /** How full the disk of this folder is, 0 to 1, as df shows it. */
  usedRatio(folder: string): Promise<number>
}

/** Whether an error says that there is no room left (or no quota). */
export const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error) ?? '')
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** The disk of this machine. */
export const nodeFiles = (): Files => new NodeFiles()

class NodeFiles implements Files {
  open(path: string): OpenFile {
    return new NodeFile(path, fs.openSync(path, 'r+'))
  }

  create(path: string, sizeBytes: number): OpenFile {
    const flags = fs.constants.O_RDWR | fs.constants.O_CREAT
    let fd: number
    try {
      fd = fs.openSync(path, flags, 0o644)
    } catch (error) {
      if (!isMissing(error)) throw error
      fs.mkdirSync(join(path, '..'), { recursive: true })
      fd = fs.openSync(path, flags, 0o644)
    }
    try {
      if (fs.fstatSync(fd).size < sizeBytes) fs.ftruncateSync(fd, sizeBytes)
    } catch (error) {
      fs.closeSync(fd)
      throw error
    }
    return new NodeFile(path, fd)
  }

  async prepare(path: string, sizeBytes: number): Promise<void> {
    await fsp.mkdir(join(path, '..'), { recursive: true })
    const handle = await fsp.open(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644)
    try {
      if ((await handle.stat()).size < sizeBytes) await handle.truncate(sizeBytes)
    } finally {
      await handle.close()
    }
  }

  async list(folder: string): Promise<FileEntry[]> {
    let names: fs.Dirent[]
    try {
      names = await fsp.readdir(folder, { withFileTypes: true })
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
    const entries = await Promise.all(
      names.map(async (entry) => {
        if (entry.isDirectory()) return { name: entry.name, isFolder: true, sizeBytes: 0, modifiedAtMs: 0 }
        const stat = await fsp.stat(join(folder, entry.name))
        return { name: entry.name, isFolder: false, sizeBytes: stat.size, modifiedAtMs: stat.mtimeMs }
      }),
    )
    return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  async readWhole(path: string): Promise<Buffer | undefined> {
    try {
      return await fsp.readFile(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  async writeWhole(path: string, content: Buffer): Promise<void> {
    await fsp.mkdir(join(path, '..'), { recursive: true })
    const handle = await fsp.open(path, 'w', 0o644)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  rename(from: string, to: string): Promise<void> {
    return fsp.rename(from, to)
  }

  remove(path: string): Promise<void> {
    return fsp.rm(path, { recursive: true, force: true })
  }

  async syncFolder(folder: string): Promise<void> {
    const handle = await fsp.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  lock(folder: string): FolderLock {
    fs.mkdirSync(folder, { recursive: true })
    return lockFolder(folder)
  }

  async usedRatio(folder: string): Promise<number> {
    const { blocks, bfree, bavail } = await statfsOf(folder)
    const used = blocks - bfree
    return used + bavail === 0 ? 0 : used / (used + bavail) // what only root may use counts as used
  }
}

class NodeFile implements OpenFile {
  readonly path: string
  readonly #fd: number
  constructor(path: string, fd: number) {
    this.path = path
    this.#fd = fd
  }

  readSync(into: Buffer, position: number): number {
    let done = 0
    while (done < into.length) {
      const got = fs.readSync(this.#fd, into, done, into.length - done, position + done)
      if (got === 0) break
      done += got
    }
    return done
  }

  async read(into: Buffer, position: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const got = await readOnce(this.#fd, into, done, position + done)
      if (got === 0) break
      done += got
    }
    return done
  }

  writeSync(buffers: readonly Buffer[], position: number): void {
    const first = buffers[0]
    if (first === undefined) return
    let done = buffers.length === 1 ? fs.writeSync(this.#fd, first, 0, first.length, position) : 0
    if (buffers.length > 1) done = fs.writevSync(this.#fd, buffers, position)
    for (const rest of restOf(buffers, done)) {
      for (let at = 0; at < rest.length; ) {
        const put = fs.writeSync(this.#fd, rest, at, rest.length - at, position + done)
        at += put
        done += put
      }
    }
  }

  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    let done = 0
    for (const buffer of buffers) {
      for (let at = 0; at < buffer.length; ) {
        const put = await writeOnce(this.#fd, buffer, at, position + done)
        at += put
        done += put
      }
    }
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()))
    })
  }

  allocatedBytes(): number {
    return fs.fstatSync(this.#fd).blocks * 512
  }

  close(): void {
    fs.closeSync(this.#fd)
  }
}

/** Of the folder, or where it will be made. */
async function statfsOf(folder: string): Promise<fs.StatsFs> {
  try {
    return await fsp.statfs(folder)
  } catch (error) {
    if (!isMissing(error) || dirname(folder) === folder) throw error
    return statfsOf(dirname(folder))
  }
}

const readOnce = (fd: number, into: Buffer, at: number, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(fd, into, at, into.length - at, position, (error, got) => (error ? reject(error) : resolve(got)))
  })
const writeOnce = (fd: number, from: Buffer, at: number, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.write(fd, from, at, from.length - at, position, (error, put) => (error ? reject(error) : resolve(put)))
  })

/** What is left of the buffers when their first `done` bytes are gone. Usually nothing. */
function restOf(buffers: readonly Buffer[], done: number): readonly Buffer[] {
  const rest: Buffer[] = []
  let before = 0
  for (const buffer of buffers) {
    const from = Math.max(0, done - before)
    if (from < buffer.length) rest.push(buffer.subarray(from))
    before += buffer.length
  }
  return rest
}
