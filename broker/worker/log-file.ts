// broker/worker/log-file.ts: the log of a process: one line per event in logs/<name>.log, in files of bounded size and number.
// Owner: the main thread; the parts' lines reach it as messages.
import {
  createWriteStream,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  type WriteStream,
} from 'node:fs'
import { join } from 'node:path'
import { type LogFormat, type LogShape, logLevels } from '../config/log-flags'
import type { LogLine } from '../types'

/** What waits for a disk that does not write is dropped past this. */
const WAITING_BYTES = 4 * 1024 * 1024

export interface LogFile {
  write(line: LogLine): void
  close(): Promise<void>
}

export const openLogFile = (folder: string, name: string, shape: LogShape): LogFile =>
  new RollingFile(folder, name, shape)

/** One line whatever the text holds: a text from outside makes no second one. */
export const logText = ({ level, part, text, atMs }: LogLine, format: LogFormat = 'text'): string =>
  format === 'json'
    ? JSON.stringify({ at: new Date(atMs).toISOString(), level, part, text })
    : `${new Date(atMs).toISOString()} ${level.padEnd(5)} ${part} ${text.replace(/[\r\n]+\s*/g, ' | ')}`

class RollingFile implements LogFile {
  readonly #folder: string
  readonly #name: string
  readonly #shape: LogShape
  readonly #least: number
  #stream: WriteStream
  #sizeBytes = 0

  constructor(folder: string, name: string, shape: LogShape) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.#name = `${name}.log`
    this.#shape = shape
    this.#least = logLevels.indexOf(shape.level)
    this.#sizeBytes = statSync(this.#path(0), { throwIfNoEntry: false })?.size ?? 0
    this.#dropPast(shape.files - 1)
    this.#stream = this.#open()
  }
  #path(age: number): string {
    return join(this.#folder, age === 0 ? this.#name : `${this.#name}.${age}`)
  }

  write(line: LogLine): void {
    if (logLevels.indexOf(line.level) < this.#least) return
    const text = `${logText(line, this.#shape.format)}\n`
    if (this.#stream.writableLength > WAITING_BYTES) return
    const sizeBytes = Buffer.byteLength(text)
    if (this.#sizeBytes > 0 && this.#sizeBytes + sizeBytes > this.#shape.fileBytes) this.#roll()
    this.#sizeBytes += sizeBytes
    this.#stream.write(text)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()))
  }

  #open(): WriteStream {
    const path = this.#path(0)
    let fd: number | undefined
    try {
      fd = openSync(path, 'a') // at once: a file that is opened later could have been renamed by then
    } catch {
      // The stream meets the same trouble.
    }
    const stream = createWriteStream(path, fd === undefined ? { flags: 'a' } : { fd })
    stream.on('error', () => {}) // a full disk takes the log, not the broker; the broker says so itself
    return stream
  }
  /** Also what an earlier start kept that was allowed more. */
  #dropPast(oldFiles: number): void {
    for (const entry of readdirSync(this.#folder)) {
      const age = entry.startsWith(`${this.#name}.`) ? Number(entry.slice(this.#name.length + 1)) : 0
      if (age > oldFiles) rmSync(join(this.#folder, entry), { force: true })
    }
  }

  #roll(): void {
    this.#stream.end()
    this.#dropPast(this.#shape.files - 2)
    for (let age = this.#shape.files - 2; age >= 0; age--) {
      try {
        renameSync(this.#path(age), this.#path(age + 1))
      } catch {
        // There are not so many yet.
      }
    }
    if (this.#shape.files === 1) rmSync(this.#path(0), { force: true })
    this.#stream = this.#open()
    this.#sizeBytes = 0
  }
}
