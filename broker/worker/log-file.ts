// broker/worker/log-file.ts: the log of a process: one line per event in logs/<name>.log, at most five files of 16 MiB.
// Owner: the main thread; the parts' lines reach it as messages.
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '../types'

const FILE_BYTES = 16 * 1024 * 1024
const OLD_FILES = 4
/** What waits for a disk that does not write is dropped past this. */
const WAITING_BYTES = 4 * 1024 * 1024

export interface LogFile {
  write(line: LogLine): void
  close(): Promise<void>
}

export const openLogFile = (folder: string, name: string): LogFile => new RollingFile(folder, name)

/** One line whatever the text holds: a text from outside makes no second one. */
export const logText = ({ level, part, text, atMs }: LogLine): string =>
  `${new Date(atMs).toISOString()} ${level.padEnd(5)} ${part} ${text.replace(/[\r\n]+\s*/g, ' | ')}`

class RollingFile implements LogFile {
  readonly #path: string
  #stream: WriteStream
  #sizeBytes = 0

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true })
    this.#path = join(folder, `${name}.log`)
    this.#sizeBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
    this.#stream = this.#open()
  }

  write(line: LogLine): void {
    const text = `${logText(line)}\n`
    if (this.#stream.writableLength > WAITING_BYTES) return
    if (this.#sizeBytes + text.length > FILE_BYTES) this.#roll()
    this.#sizeBytes += text.length
    this.#stream.write(text)
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(() => resolve()))
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a' })
    stream.on('error', () => {}) // a full disk takes the log, not the broker; the broker says so itself
    return stream
  }

  #roll(): void {
    this.#stream.end()
    rmSync(`${this.#path}.${OLD_FILES}`, { force: true })
    for (let age = OLD_FILES - 1; age >= 0; age--) {
      const from = age === 0 ? this.#path : `${this.#path}.${age}`
      try {
        renameSync(from, `${this.#path}.${age + 1}`)
      } catch {
        // There are not so many yet.
      }
    }
    this.#stream = this.#open()
    this.#sizeBytes = 0
  }
}
