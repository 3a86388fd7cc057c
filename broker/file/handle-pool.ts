// broker/file/handle-pool.ts: a bounded number of open files for any number of paths. The one used longest ago is closed
// when another is needed, unless it is lent out. Owner of every handle it gave; nobody else closes one.
import type { Files, OpenFile } from './files'

export interface HandlePool {
  /** For use before the next call to this pool. `sizeBytes` makes the file when it is missing. */
  use(path: string, sizeBytes?: number): OpenFile
  /** Keeps the file open while `work` runs. */
  lend<T>(path: string, work: (file: OpenFile) => Promise<T>, sizeBytes?: number): Promise<T>
  /** Closes the file, at once or when it comes back. To be called before a file is removed. */
  forget(path: string): void
  readonly openCount: number
  close(): void
}
export const createHandlePool = (files: Files, maxOpen: number): HandlePool => new Pool(files, maxOpen)

interface Handle {
  readonly file: OpenFile
  lent: number
  forgotten: boolean
}

class Pool implements HandlePool {
  readonly #files: Files
  readonly #maxOpen: number
  /** In the order of their last use: a Map keeps the order of insertion. */
  readonly #handles = new Map<string, Handle>()
  #last: Handle | undefined

  constructor(files: Files, maxOpen: number) {
    this.#files = files
    this.#maxOpen = Math.max(1, maxOpen)
  }

  get openCount(): number {
    return this.#handles.size
  }

  use(path: string, sizeBytes?: number): OpenFile {
    return this.#take(path, sizeBytes).file
  }

  async lend<T>(path: string, work: (file: OpenFile) => Promise<T>, sizeBytes?: number): Promise<T> {
    const handle = this.#take(path, sizeBytes)
    handle.lent++
    try {
      return await work(handle.file)
    } finally {
      handle.lent--
      if (handle.forgotten && handle.lent === 0) handle.file.close()
    }
  }

  forget(path: string): void {
    const handle = this.#handles.get(path)
    if (handle !== undefined) this.#drop(path, handle)
  }

  close(): void {
    for (const [path, handle] of [...this.#handles]) this.#drop(path, handle)
  }

  #take(path: string, sizeBytes: number | undefined): Handle {
    if (this.#last?.file.path === path && !this.#last.forgotten) return this.#last
    let handle = this.#handles.get(path)
    if (handle === undefined) {
      this.#makeRoom()
      const file = sizeBytes === undefined ? this.#files.open(path) : this.#files.create(path, sizeBytes)
      handle = { file, lent: 0, forgotten: false }
    } else {
      this.#handles.delete(path)
    }
    this.#handles.set(path, handle)
    this.#last = handle
    return handle
  }

  /** All of them may be lent: then the pool grows over its bound for as long as they are. */
  #makeRoom(): void {
    if (this.#handles.size < this.#maxOpen) return
    for (const [path, handle] of this.#handles) {
      if (handle.lent > 0) continue
      this.#drop(path, handle)
      if (this.#handles.size < this.#maxOpen) return
    }
  }

  #drop(path: string, handle: Handle): void {
    this.#handles.delete(path)
    handle.forgotten = true
    if (handle.lent === 0) handle.file.close()
  }
}
