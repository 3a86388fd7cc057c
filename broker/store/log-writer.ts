// broker/store/log-writer.ts: hands what a turn appended to the operating system. Normally at once, with one call: as long
// as it lands in the page cache that is cheaper than any other thread. When the kernel makes a call wait, the thread
// must not wait with it: then writes are done off the loop, one at a time, until the disk has been quick for a while.
import type { Chunk, CommitLog } from './commit-log'

export interface WriterLimits {
  /** A call that takes longer sends the writer off the loop. */
  slowWriteMs: number
  /** It comes back when every write for `calmForMs` took less than `calmWriteMs`. */
  calmWriteMs: number
  calmForMs: number
}
export const defaultWriterLimits: WriterLimits = { slowWriteMs: 50, calmWriteMs: 5, calmForMs: 10_000 }

export interface LogWriter {
  /** Writes what is unwritten, or starts to. */
  endTurn(): void
  /** Whether writes are done off the loop at present. */
  readonly offLoop: boolean
  /** Resolves when no write is under way. */
  idle(): Promise<void>
}
export interface WriterEvents {
  /** A write off the loop begins, or has ended: meanwhile others can ask how long it lasts. */
  underWay(isUnderWay: boolean): void
  /** writtenTo has moved. */
  written(): void
  /** From writtenTo on nothing is stored. The log has not been cut yet. */
  failed(error: unknown): void
  log(level: 'info' | 'warn', line: string): void
}
export const createLogWriter = (log: CommitLog, events: WriterEvents, limits: WriterLimits): LogWriter =>
  new Writer(log, events, limits)

class Writer implements LogWriter {
  readonly #log: CommitLog
  readonly #events: WriterEvents
  readonly #limits: WriterLimits
  offLoop = false
  #calmSince = 0
  #underWay: Promise<void> | undefined

  constructor(log: CommitLog, events: WriterEvents, limits: WriterLimits) {
    this.#log = log
    this.#events = events
    this.#limits = limits
  }

  endTurn(): void {
    if (this.offLoop) {
      this.#underWay ??= this.#writeOffLoop().finally(() => {
        this.#underWay = undefined
      })
      return
    }
    const chunks = this.#log.unwritten()
    if (chunks.length === 0) return
    const began = performance.now()
    try {
      for (const chunk of chunks) {
        this.#log.row.writeSync(chunk.offset, chunk.buffers)
        this.#log.markWritten(chunk)
      }
    } catch (error) {
      this.#events.failed(error)
      return
    }
    const tookMs = performance.now() - began
    if (tookMs > this.#limits.slowWriteMs) {
      this.offLoop = true
      this.#calmSince = performance.now()
      this.#events.log('warn', `a write of the commit log took ${Math.round(tookMs)} ms: writing off the loop for now`)
    }
    this.#events.written()
  }

  async idle(): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay
  }

  async #writeOffLoop(): Promise<void> {
    for (let chunks = this.#log.unwritten(); chunks.length > 0; chunks = this.#log.unwritten()) {
      for (const chunk of chunks) if (!(await this.#writeOne(chunk))) return
      this.#events.written()
    }
    if (performance.now() - this.#calmSince < this.#limits.calmForMs) return
    this.offLoop = false
    this.#events.log('info', 'the disk is quick again: writing at the end of each turn')
  }

  async #writeOne(chunk: Chunk): Promise<boolean> {
    const began = performance.now()
    this.#events.underWay(true)
    try {
      await this.#log.row.write(chunk.offset, chunk.buffers)
    } catch (error) {
      this.#events.failed(error)
      return false
    } finally {
      this.#events.underWay(false)
    }
    const now = performance.now()
    if (now - began >= this.#limits.calmWriteMs) this.#calmSince = now
    this.#log.markWritten(chunk)
    return true
  }
}
