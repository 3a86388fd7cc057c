// broker/file/segment-row.ts: one long row of bytes, kept as files of equal size that are named by the offset of their
// first byte (20 digits). Files are made at full size and sparse. It knows which files there are, and nothing of what
// they hold: where the written part ends is for its owner to find out.
import { dirname, join } from 'node:path'
import type { Files } from './files'
import type { HandlePool } from './handle-pool'

/** The files of a row do not fit together. `path` says where. */
export class RowError extends Error {
  override readonly name = 'RowError'
  readonly path: string
  constructor(path: string, text: string) {
    super(`${path}: ${text}`)
    this.path = path
  }
}

export interface SegmentRow {
  readonly folder: string
  readonly segmentBytes: number
  /** Offset of the first byte of each segment, ascending. */
  readonly starts: readonly number[]
  /** First byte that is kept; `end` when there is no file. */
  readonly start: number
  /** Where the last file ends. */
  readonly end: number
  /** Start of the segment that `offset` lies in. */
  startOf(offset: number): number
  /** Makes sure that the segment of `offset` exists. The first one of an empty row may be any. */
  ensure(offset: number): void
  /** Makes the file after the last one off the loop, so that `ensure` finds it there. */
  prepareNext(): Promise<void>
  /** Reads no further than the end of the segment that `offset` lies in. */
  readSync(offset: number, into: Buffer): number
  read(offset: number, into: Buffer): Promise<number>
  /** The bytes must lie in one segment, which must exist. */
  writeSync(offset: number, buffers: readonly Buffer[]): void
  write(offset: number, buffers: readonly Buffer[]): Promise<void>
  /** Syncs every segment that holds a byte of [from, to). */
  sync(from: number, to: number): Promise<void>
  /** How much of the segment that starts here has ever been written, as far as the disk knows. */
  allocatedBytes(start: number): number
  /** When the segment that starts here was last written. */
  modifiedAtMs(start: number): Promise<number>
  /** Removes the oldest file. */
  removeFirst(): Promise<void>
  /** Removes every file that starts at `offset` or later, also one that was only prepared. */
  removeFrom(offset: number): Promise<void>
}

export const segmentName = (offset: number): string => String(offset).padStart(20, '0')
const isSegmentName = (name: string): boolean => /^\d{20}$/.test(name)

/** Where a row lives. `depth`: how many folders above its own may be new with it, and must be synced with it then. */
export interface RowPlace {
  readonly files: Files
  readonly pool: HandlePool
  readonly folder: string
  readonly depth: number
  readonly segmentBytes: number
}
/** A row without files yet. The folder is made with its first file. */
export const emptySegmentRow = (place: RowPlace): SegmentRow => new Row(place, [], true)

/**
 * Finds the files in `folder`. A last file of no length is removed; any other wrong length is refused. `synced` false: its
 * last user was killed, so that the files' names may be in the system's memory alone; the next sync sees to them.
 */
export async function openSegmentRow(place: RowPlace, synced = true): Promise<SegmentRow> {
  const { files, folder, segmentBytes } = place
  const found = (await files.list(folder)).filter((entry) => !entry.isFolder && isSegmentName(entry.name))
  const last = found.at(-1)
  if (last?.sizeBytes === 0) {
    await files.remove(join(folder, last.name))
    found.pop()
  }
  const starts: number[] = []
  for (const entry of found) {
    const path = join(folder, entry.name)
    if (entry.sizeBytes !== segmentBytes) {
      throw new RowError(path, `${entry.sizeBytes} bytes long where ${segmentBytes} are configured`)
    }
    const start = Number(entry.name)
    const before = starts.at(-1)
    if (before !== undefined && start !== before + segmentBytes) {
      throw new RowError(
        path,
        `does not follow ${segmentName(before)}: a file of ${segmentBytes} bytes is missing between`,
      )
    }
    starts.push(start)
  }
  return new Row(place, starts, synced)
}

class Row implements SegmentRow {
  readonly folder: string
  readonly segmentBytes: number
  readonly starts: number[]
  readonly #files: Files
  readonly #pool: HandlePool
  readonly #depth: number
  #preparing: Promise<void> | undefined
  /** A file, or the folder itself, is there and would not be after a power cut. */
  #newFiles = false
  #newFolders: boolean
  /** Path of the segment that was used last: most uses follow each other in one. */
  #lastStart = -1
  #lastPath = ''

  constructor({ files, pool, folder, depth, segmentBytes }: RowPlace, starts: number[], synced: boolean) {
    this.#files = files
    this.#pool = pool
    this.#depth = depth
    this.folder = folder
    this.segmentBytes = segmentBytes
    this.starts = starts
    this.#newFiles = !synced
    this.#newFolders = starts.length === 0 || !synced
  }

  get start(): number {
    return this.starts[0] ?? 0
  }
  get end(): number {
    const last = this.starts.at(-1)
    return last === undefined ? 0 : last + this.segmentBytes
  }

  startOf(offset: number): number {
    const first = this.starts[0]
    // rows begin at a multiple of their segment size, unless an older configuration began them elsewhere
    const shift = first === undefined ? 0 : first % this.segmentBytes
    return Math.floor((offset - shift) / this.segmentBytes) * this.segmentBytes + shift
  }

  ensure(offset: number): void {
    const start = this.startOf(offset)
    const last = this.starts.at(-1)
    if (last !== undefined && start <= last) return
    if (last !== undefined && start !== last + this.segmentBytes) {
      throw new RowError(this.#path(start), `would leave a gap after ${segmentName(last)}`)
    }
    this.#pool.use(this.#path(start), this.segmentBytes)
    this.starts.push(start)
    this.#newFiles = true
  }

  prepareNext(): Promise<void> {
    this.#preparing ??= this.#files.prepare(this.#path(this.end), this.segmentBytes).finally(() => {
      this.#preparing = undefined
    })
    return this.#preparing
  }

  readSync(offset: number, into: Buffer): number {
    const start = this.startOf(offset)
    return this.#pool.use(this.#path(start)).readSync(this.#clip(offset - start, into), offset - start)
  }

  read(offset: number, into: Buffer): Promise<number> {
    const start = this.startOf(offset)
    const within = this.#clip(offset - start, into)
    return this.#pool.lend(this.#path(start), (file) => file.read(within, offset - start))
  }

  writeSync(offset: number, buffers: readonly Buffer[]): void {
    const start = this.startOf(offset)
    this.#pool.use(this.#path(start)).writeSync(buffers, offset - start)
  }

  write(offset: number, buffers: readonly Buffer[]): Promise<void> {
    const start = this.startOf(offset)
    return this.#pool.lend(this.#path(start), (file) => file.write(buffers, offset - start))
  }

  async sync(from: number, to: number): Promise<void> {
    for (let start = this.startOf(from); start < to; start += this.segmentBytes) {
      if (start < this.start) continue // removed meanwhile: nothing of it is wanted any more
      await this.#pool.lend(this.#path(start), (file) => file.sync())
    }
    if (this.#newFiles) await this.#syncFolders()
  }

  allocatedBytes(start: number): number {
    return this.#pool.use(this.#path(start)).allocatedBytes()
  }

  async modifiedAtMs(start: number): Promise<number> {
    const name = segmentName(start)
    const entry = (await this.#files.list(this.folder)).find((candidate) => candidate.name === name)
    return entry?.modifiedAtMs ?? 0
  }

  async removeFirst(): Promise<void> {
    const first = this.starts.shift()
    if (first !== undefined) await this.#remove(first)
  }

  async removeFrom(offset: number): Promise<void> {
    await this.#preparing
    const prepared = this.end
    while ((this.starts.at(-1) ?? -1) >= offset) {
      const start = this.starts.pop()
      if (start !== undefined) await this.#remove(start)
    }
    if (prepared > 0) await this.#remove(prepared)
  }

  async #syncFolders(): Promise<void> {
    this.#newFiles = false
    try {
      await this.#files.syncFolder(this.folder)
      let above = this.folder
      for (let level = 0; this.#newFolders && level < this.#depth; level++) {
        above = dirname(above)
        await this.#files.syncFolder(above)
      }
    } catch (error) {
      this.#newFiles = true
      throw error
    }
    this.#newFolders = false
  }

  async #remove(start: number): Promise<void> {
    const path = this.#path(start)
    this.#pool.forget(path)
    await this.#files.remove(path)
  }

  #path(start: number): string {
    if (start !== this.#lastStart) {
      this.#lastStart = start
      this.#lastPath = join(this.folder, segmentName(start))
    }
    return this.#lastPath
  }

  #clip(at: number, into: Buffer): Buffer {
    const left = this.segmentBytes - at
    return into.length <= left ? into : into.subarray(0, left)
  }
}
