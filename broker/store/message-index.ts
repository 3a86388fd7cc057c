// broker/store/message-index.ts: the index files of a store, newest last: which messages have a key. A view: what is lost
// of it is put in again from the commit log. Owner of every index file.
import { dirname, join } from 'node:path'
import type { Files } from '../file/files'
import { indexHash, indexHashAfter, indexPrefix } from '../protocol/java-hash'
import { IndexFile, indexFileBytes } from './index-file'

export interface IndexOptions {
  files: Files
  folder: string
  maxSlots: number
  maxItems: number
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}
export interface IndexState {
  /** Messages from this place of the commit log on must be put again: files were lost. Infinite when none was. */
  rebuildFrom: number
  /** The newest message that it has. What came after may be missing. */
  upTo: number
}
export interface MessageIndex {
  /**
   * Opens what is there. Files that end after `trustedToMs` are removed: nobody knows what a crash left of them. Answers
   * with what is missing. `hadKeys`: there should be files. What is newer than
   * `syncedToMs` may be in the system's memory alone; the next flush sees to it.
   */
  load(trustedToMs: number, hadKeys: boolean, syncedToMs: number): Promise<IndexState>
  put(topic: string, keys: readonly string[], commitLogOffset: number, storeTimestampMs: number): void
  /** Whether the message at this place, and so every one before it, has been put. */
  has(commitLogOffset: number): boolean
  /** Places of messages with this key, newest file first. */
  find(topic: string, key: string, maxCount: number, beginMs: number, endMs: number): Promise<number[]>
  readonly lastUpdateMs: number
  readonly lastUpdateOffset: number
  /** Answers with the time up to which all is on the disk. */
  flush(): Promise<number>
  /** Removes files whose every message is gone from the commit log. The newest stays. */
  follow(minCommitLogOffset: number): Promise<void>
  close(): void
}
export const createMessageIndex = (options: IndexOptions): MessageIndex => new Index(options)

class Index implements MessageIndex {
  readonly #options: IndexOptions
  readonly #list: IndexFile[] = []
  #lastName = ''
  /** The newest message that is in; -1 for none. */
  #upTo = -1
  /** A file is there and would not be after a power cut. */
  #newFile = false
  /** The topic that came last, and what its keys' hashes begin with. */
  #lastTopic = ''
  #lastPrefix = indexPrefix('')

  constructor(options: IndexOptions) {
    this.#options = options
  }

  async load(trustedToMs: number, hadKeys: boolean, syncedToMs: number): Promise<IndexState> {
    const { files, folder, maxSlots, maxItems, log } = this.#options
    let rebuildFrom = Number.POSITIVE_INFINITY
    let found = false
    for (const entry of await files.list(folder)) {
      if (entry.isFolder || !/^\d{17}$/.test(entry.name)) continue
      found = true
      const path = join(folder, entry.name)
      if (entry.sizeBytes !== indexFileBytes(maxSlots, maxItems)) {
        log('warn', `index file ${path} is ${entry.sizeBytes} bytes long, not as configured: building it again`)
        await files.remove(path)
        rebuildFrom = 0
        continue
      }
      const file = new IndexFile(path, files.open(path), maxSlots, maxItems, false)
      if (file.endTimestampMs > trustedToMs || file.itemCount <= 1) {
        if (file.itemCount > 1) {
          log('info', `index file ${path} was not flushed to its end: building it again`)
          rebuildFrom = Math.min(rebuildFrom, file.beginCommitLogOffset)
        }
        file.close()
        await files.remove(path)
        continue
      }
      this.#list.push(file)
      this.#lastName = entry.name
      this.#upTo = Math.max(this.#upTo, file.endCommitLogOffset)
    }
    const last = this.#list.at(-1)
    for (const file of this.#list) {
      if (file.endTimestampMs < syncedToMs) continue
      file.changed = true
      this.#newFile = true
    }
    if (last !== undefined) return { rebuildFrom, upTo: last.endCommitLogOffset }
    // a file is made with the first key: without one there never was a key, unless one had been flushed
    if (found) return { rebuildFrom, upTo: 0 }
    return hadKeys ? { rebuildFrom: 0, upTo: 0 } : { rebuildFrom, upTo: Number.POSITIVE_INFINITY }
  }

  put(topic: string, keys: readonly string[], commitLogOffset: number, storeTimestampMs: number): void {
    if (this.has(commitLogOffset)) return // recovery shows messages twice
    this.#upTo = commitLogOffset
    if (topic !== this.#lastTopic) {
      this.#lastTopic = topic
      this.#lastPrefix = indexPrefix(topic)
    }
    for (const key of keys) {
      if (key === '') continue
      this.#open().put(indexHashAfter(this.#lastPrefix, key), commitLogOffset, storeTimestampMs)
    }
  }

  has(commitLogOffset: number): boolean {
    return commitLogOffset <= this.#upTo
  }

  async find(topic: string, key: string, maxCount: number, beginMs: number, endMs: number): Promise<number[]> {
    const hash = indexHash(topic, key)
    const found: number[] = []
    for (let at = this.#list.length - 1; at >= 0 && found.length < maxCount; at--) {
      const file = this.#list[at]
      if (file === undefined) continue
      await file.collect(hash, maxCount, beginMs, endMs, found)
      if (file.beginTimestampMs < beginMs) break
    }
    return found
  }

  get lastUpdateMs(): number {
    return this.#list.at(-1)?.endTimestampMs ?? 0
  }
  get lastUpdateOffset(): number {
    return this.#list.at(-1)?.endCommitLogOffset ?? 0
  }

  async flush(): Promise<number> {
    const upTo = this.lastUpdateMs
    for (const file of [...this.#list]) await file.flush()
    if (this.#newFile) {
      this.#newFile = false
      try {
        await this.#options.files.syncFolder(this.#options.folder)
        await this.#options.files.syncFolder(dirname(this.#options.folder))
      } catch (error) {
        this.#newFile = true
        throw error
      }
    }
    return upTo
  }

  async follow(minCommitLogOffset: number): Promise<void> {
    while (this.#list.length > 1 && (this.#list[0]?.endCommitLogOffset ?? 0) < minCommitLogOffset) {
      const file = this.#list.shift()
      if (file === undefined) return
      file.changed = false
      file.close()
      await this.#options.files.remove(file.path)
    }
  }

  close(): void {
    for (const file of this.#list) file.close()
    this.#list.length = 0
  }

  /** The file that takes the next item. */
  #open(): IndexFile {
    const last = this.#list.at(-1)
    if (last !== undefined && !last.full) return last
    const { files, folder, maxSlots, maxItems, clock } = this.#options
    // names ascend even when the clock does not
    let at = clock()
    while (fileName(at) <= this.#lastName) at++
    this.#lastName = fileName(at)
    const path = join(folder, this.#lastName)
    const file = new IndexFile(path, files.create(path, indexFileBytes(maxSlots, maxItems)), maxSlots, maxItems, true)
    this.#list.push(file)
    this.#newFile = true
    return file
  }
}

/** Local time as yyyyMMddHHmmssSSS. */
function fileName(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`
  return `${day}${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}${String(at.getMilliseconds()).padStart(3, '0')}`
}
