// broker/ha/slave-link.ts: one slave's connection, at the master. Waits for the slave's first report, then sends the log
// from there: what is in memory in the loop turn that wrote it, what is older from the files. Never sends what the flush
// policy has not made safe here: a copy must not hold what its master may lose.
import type { ByteStream, StreamEvents } from '../net/stream'
import type { MessageStore } from '../store/types'
import type { MasterSide } from './dialects'
import { Lag } from './lag'
import { TransferRate } from './transfer-rate'
import type { HaLog, ReplicationSettings, SlaveRow } from './types'

/** Asked of the ledger at once; sent in pieces of haTransferBatchSize. */
const readBytes = 256 * 1024
/** Handed to the socket and not yet sent. */
const maxUnsentBytes = 1024 * 1024

export interface SlaveLinkOptions {
  stream: ByteStream
  store: MessageStore
  settings: ReplicationSettings
  clock: () => number
  log: HaLog
  side: MasterSide
  /** It has confirmed more, or is gone. */
  moved: (link: SlaveLink) => void
}

export class SlaveLink implements StreamEvents {
  readonly #options: SlaveLinkOptions
  readonly #rate: TransferRate
  readonly #lag: Lag
  #next = -1
  #confirmedTo = -1
  #isReading = false
  #waitsForSecond: NodeJS.Timeout | undefined
  #lastReadMs: number
  #lastWriteMs: number
  isGone = false
  /** Under a controller a slave says who it is. */
  brokerId: number | undefined
  isLearner = false

  constructor(options: SlaveLinkOptions) {
    this.#options = options
    this.#rate = new TransferRate(options.clock)
    this.#lag = new Lag(options.clock)
    this.#lastReadMs = this.#lastWriteMs = options.clock()
  }

  get confirmedTo(): number {
    return this.#confirmedTo
  }

  get row(): SlaveRow {
    const { stream, store, settings } = this.#options
    const behindBytes = store.commitLog.confirmOffset - Math.max(0, this.#confirmedTo)
    return {
      address: stream.remoteAddress,
      confirmedTo: this.#confirmedTo,
      behindBytes,
      behindMs: behindBytes > 0 ? this.#lag.ms : 0,
      isInSync: this.#confirmedTo >= 0 && behindBytes < settings.haMaxGapNotInSync,
      bytesPerSecond: this.#rate.perSecond,
      sendsFrom: this.#next,
      ...(this.brokerId === undefined ? {} : { brokerId: this.brokerId }),
    }
  }

  data(chunk: Buffer): void {
    const { clock, side, store, stream } = this.#options
    this.#lastReadMs = clock()
    try {
      side.read(chunk, {
        hello: (brokerId, isLearner) => {
          this.brokerId = brokerId
          this.isLearner = isLearner
          stream.write([side.greeting(store.commitLog.confirmOffset)])
        },
        report: (copiedTo) => this.#reported(copiedTo),
      })
    } catch (error) {
      this.#close('warn', error instanceof Error ? error.message : String(error))
    }
  }

  closed(why: string): void {
    if (this.isGone) return
    this.isGone = true
    clearTimeout(this.#waitsForSecond)
    this.#options.log('info', `slave ${this.#options.stream.remoteAddress} is gone at ${this.#confirmedTo}: ${why}`)
    this.#options.moved(this)
  }

  /** Sends what there is, as far as the socket and the bound on the rate allow. */
  push(): void {
    const { store, stream } = this.#options
    while (this.#next >= 0 && !this.#isReading && !stream.closed) {
      if (this.#next >= store.commitLog.confirmOffset || stream.unsentBytes >= maxUnsentBytes) return
      if (!this.#mayTransfer()) return
      const from = this.#next
      const piece = store.ledger.read(from, readBytes)
      if (piece === undefined) {
        this.#lost()
        return
      }
      if (!(piece instanceof Promise)) {
        this.#send(piece.bytes, piece.release)
        continue
      }
      this.#isReading = true
      piece.then(
        (read) => {
          this.#isReading = false
          if (read === undefined) this.#lost()
          else {
            this.#send(read.bytes, read.release)
            this.push()
          }
        },
        (error: unknown) => {
          this.#isReading = false
          this.#close('error', `the log cannot be read at ${from}: ${error instanceof Error ? error.message : error}`)
        },
      )
    }
  }

  /** Called now and then: says that this master is there, and lets go of a slave that has fallen silent. */
  checkPulse(): void {
    const { settings, clock, stream, store } = this.#options
    const nowMs = clock()
    if (this.#confirmedTo < store.commitLog.confirmOffset) this.#lag.mark(store.commitLog.confirmOffset)
    if (nowMs - this.#lastReadMs > settings.haHousekeepingInterval) {
      this.#close('warn', `it has said nothing for ${settings.haHousekeepingInterval} ms`)
    } else if (this.#next >= 0 && nowMs - this.#lastWriteMs >= settings.haSendHeartbeatInterval) {
      this.#lastWriteMs = nowMs
      stream.write([this.#options.side.head(this.#next, 0, this.#confirmedHere)])
    }
  }

  close(why: string): void {
    this.#close('debug', why)
  }

  #reported(copiedTo: number): void {
    if (this.#next < 0) {
      this.#begin(copiedTo)
      return
    }
    if (copiedTo > this.#next) {
      this.#close('error', `it confirms ${copiedTo}, which was never sent: its log is not a copy of this one`)
      return
    }
    if (copiedTo <= this.#confirmedTo) return
    this.#confirmedTo = copiedTo
    this.#lag.confirmed(copiedTo)
    this.#options.moved(this)
  }

  /** An empty slave gets all that is kept; Apache's master would begin with its last file. */
  #begin(copiedTo: number): void {
    const { store, stream, log } = this.#options
    const { minOffset, confirmOffset } = store.commitLog
    const from = copiedTo === 0 ? minOffset : copiedTo
    if (from > confirmOffset || from < 0) {
      this.#close('error', `its log reaches to ${from}, this one only to ${confirmOffset}: they differ, nothing is cut`)
      return
    }
    if (from < minOffset) {
      this.#close(
        'error',
        `it lacks ${from} to ${minOffset}, which is no longer kept here: it must begin with an empty store`,
      )
      return
    }
    this.#next = from
    this.#confirmedTo = copiedTo
    log('info', `slave ${stream.remoteAddress} copies from ${from}, ${confirmOffset - from} bytes behind`)
    this.#options.moved(this)
    this.push()
  }

  #send(bytes: Buffer, release: () => void): void {
    const { stream, settings, clock, side } = this.#options
    const batchBytes = Math.max(1, settings.haTransferBatchSize)
    const buffers: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const from = this.#next + at
      const sizeBytes = Math.max(1, side.fitting(from, Math.min(batchBytes, bytes.length - at)))
      buffers.push(side.head(from, sizeBytes, this.#confirmedHere), bytes.subarray(at, at + sizeBytes))
      at += sizeBytes
    }
    this.#next += bytes.length
    this.#lastWriteMs = clock()
    this.#rate.add(bytes.length)
    stream.write(buffers, () => {
      release()
      this.push()
    })
  }

  /** What consumers may see here: all that is in sync has it. */
  get #confirmedHere(): number {
    return this.#options.store.commitLog.dispatchedTo
  }

  #mayTransfer(): boolean {
    const { settings } = this.#options
    if (!settings.haFlowControlEnable || this.#rate.thisSecond < settings.maxHaTransferByteInSecond) return true
    this.#waitsForSecond ??= setTimeout(() => {
      this.#waitsForSecond = undefined
      this.push()
    }, this.#rate.msToNextSecond)
    return false
  }

  /** Retention was faster than the copy. */
  #lost(): void {
    const { minOffset } = this.#options.store.commitLog
    this.#close(
      'error',
      `what lies at ${this.#next} is no longer kept here (from ${minOffset} on): it fell too far behind`,
    )
  }

  #close(level: Parameters<HaLog>[0], why: string): void {
    const { stream, log } = this.#options
    if (this.isGone || stream.closed) return
    log(level, `slave ${stream.remoteAddress} is let go: ${why}`)
    stream.close(why)
  }
}
