// broker/ha/follower.ts: a slave's side of replication: dials its master, says how far its log reaches, and puts what comes
// behind it, record by record. It never cuts its own log: where that is no copy of the master's it stops, and says so.
import { type ByteStream, dialStream, type StreamEvents } from '../net/stream'
import type { MessageStore } from '../store/types'
import { plainSlave, type SlaveSide } from './dialects'
import { RecordStream } from './record-stream'
import { TransferRate } from './transfer-rate'
import type { CopyRow, HaLog, Replication, ReplicationSettings, SlaveRow } from './types'

export interface FollowerOptions {
  store: MessageStore
  settings: ReplicationSettings
  clock: () => number
  log: HaLog
  /** haMasterAddress; a name server says it later otherwise. */
  haAddress: string | undefined
  /** Why this log is no copy of the master's, as far as can be asked before the first byte; undefined when it may be one. */
  doubt?: () => Promise<string | undefined>
  /** How it speaks with its master, one for each connection; plain unless given. */
  side?: () => SlaveSide
  /** This log goes its own way from `offset` on and is to be cut there. Nothing is copied before that was done. */
  differsFrom?: (offset: number) => void
  /** Waits before the first, second, ... attempt after a failed one. */
  backOffMs?: readonly number[]
}
export interface Follower extends Replication {
  start(): void
  /** From now on it is no trouble when the master goes. */
  masterStops(): void
  stop(): Promise<void>
}
export const createFollower = (options: FollowerOptions): Follower => new Slave(options)

const defaultBackOffMs: readonly number[] = [100, 500, 1000, 2000]
const dialMs = 3000
const pulseMs = 250
/** More than this and not yet on the disk: reading rests. */
const maxUnsafeBytes = 64 * 1024 * 1024
const restMs = 10
/** haTransferBatchSize of a master may be set to anything; nothing sends larger pieces than this. */
const maxPieceBytes = 64 * 1024 * 1024

class Slave implements Follower {
  readonly #options: FollowerOptions
  readonly #rate: TransferRate
  readonly slaves: readonly SlaveRow[] = []
  #haAddress: string | undefined
  #link: MasterLink | undefined
  #attempt: Promise<void> | undefined
  #again: NodeJS.Timeout | undefined
  #failures = 0
  #trouble: string | null = 'no master is known yet'
  #lastReadMs = 0
  #lastWriteMs = 0
  #isRunning = false
  /** It goes on purpose: that it cannot be reached then is no trouble. */
  #isMasterStopping = false

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#haAddress = options.haAddress
    this.#rate = new TransferRate(options.clock)
  }

  get copy(): CopyRow {
    return {
      masterAddress: this.#haAddress ?? null,
      isConnected: this.#link !== undefined,
      trouble: this.#trouble,
      bytesPerSecond: this.#rate.perSecond,
      lastReadMs: this.#lastReadMs,
      lastWriteMs: this.#lastWriteMs,
      copiedTo: this.#options.store.commitLog.tail,
    }
  }

  start(): void {
    this.#isRunning = true
    this.#try(0)
  }

  masterStops(): void {
    this.#isMasterStopping = true
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    clearTimeout(this.#again)
    this.#again = undefined
    await this.#attempt
    this.#link?.close('this broker stops')
  }

  follow(haAddress: string): void {
    if (haAddress === this.#haAddress) return
    this.#options.log('info', `the master is at ${haAddress}`)
    this.#haAddress = haAddress
    this.#failures = 0
    if (this.#link === undefined) this.#try(0)
    else this.#link.close(`the master is at ${haAddress} now`)
  }

  #try(inMs: number): void {
    if (!this.#isRunning || this.#link !== undefined || this.#attempt !== undefined) return
    clearTimeout(this.#again)
    this.#again = setTimeout(() => {
      this.#again = undefined
      this.#attempt = this.#connect().finally(() => {
        this.#attempt = undefined
        if (this.#link === undefined) this.#try(this.#backOff())
      })
    }, inMs)
  }

  async #connect(): Promise<void> {
    const address = this.#haAddress
    if (address === undefined) return
    const { store, settings, clock, log } = this.#options
    try {
      const doubt = await this.#options.doubt?.()
      if (doubt !== undefined) throw new Error(doubt)
      if (!this.#isRunning) return
      await dialStream(address, dialMs, (stream) => {
        const link = new MasterLink({
          stream,
          store,
          settings,
          clock,
          log,
          side: (this.#options.side ?? plainSlave)(),
          differsFrom: (offset) => this.#options.differsFrom?.(offset),
          read: (bytes) => {
            this.#lastReadMs = clock()
            this.#rate.add(bytes)
            this.#good()
          },
          wrote: () => {
            this.#lastWriteMs = clock()
          },
          gone: (why) => {
            if (this.#link === link) this.#link = undefined
            this.#failed(address, why)
            this.#try(this.#backOff())
          },
        })
        this.#link = link
        log('debug', `connected with the master at ${address}`)
        return link
      })
      if (!this.#isRunning) this.#link?.close('this broker stops')
    } catch (error) {
      this.#failed(address, error instanceof Error ? error.message : String(error))
    }
  }

  #good(): void {
    if (this.#trouble !== null) this.#options.log('info', `copying from the master at ${this.#haAddress}`)
    this.#trouble = null
    this.#failures = 0
  }

  #failed(address: string, why: string): void {
    if (!this.#isRunning || this.#isMasterStopping) return
    this.#failures += 1
    // once when it begins, or for another reason, then rarely
    if (why !== this.#trouble || this.#failures % 60 === 0) {
      this.#options.log('warn', `not copying from the master at ${address}: ${why}`)
    }
    this.#trouble = why
  }

  #backOff(): number {
    const waits = this.#options.backOffMs ?? defaultBackOffMs
    return waits[Math.min(Math.max(0, this.#failures - 1), waits.length - 1)] ?? 0
  }
}

interface MasterLinkOptions {
  stream: ByteStream
  store: MessageStore
  settings: ReplicationSettings
  clock: () => number
  log: HaLog
  side: SlaveSide
  differsFrom: (offset: number) => void
  /** 0 bytes: the master said only that it is there. */
  read: (bytes: number) => void
  wrote: () => void
  gone: (why: string) => void
}

/** One connection with the master. */
class MasterLink implements StreamEvents {
  readonly #options: MasterLinkOptions
  /** The master was told who this is, and has not yet said whether the logs are the same. */
  #isWaiting = false
  readonly #pulse: NodeJS.Timeout
  readonly #endConfirmed: () => void
  #records: RecordStream | undefined
  #reported = -1
  #lastReadMs: number
  #lastWriteMs = 0
  #resting: NodeJS.Timeout | undefined

  constructor(options: MasterLinkOptions) {
    this.#options = options
    this.#lastReadMs = options.clock()
    this.#endConfirmed = options.store.ledger.onConfirmed(() => this.#report())
    this.#pulse = setInterval(() => this.#checkPulse(), pulseMs)
    this.#pulse.unref()
    const hello = options.side.hello()
    if (hello !== undefined) {
      this.#isWaiting = true
      options.stream.write([hello])
    }
    this.#report()
  }

  close(why: string): void {
    this.#options.stream.close(why)
  }

  data(chunk: Buffer): void {
    this.#lastReadMs = this.#options.clock()
    try {
      this.#options.side.read(chunk, {
        mayBegin: () => {
          this.#isWaiting = false
          this.#report()
        },
        refused: (why) => this.close(why),
        differsFrom: (offset) => {
          this.close(`this log goes its own way from ${offset} on, and is cut there`)
          this.#options.differsFrom(offset)
        },
        piece: (offset, sizeBytes) => this.#piece(offset, sizeBytes),
        bytes: (part) => {
          this.#records?.take(part)
          this.#options.read(part.length)
          return true
        },
      })
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error))
      return
    }
    const { tail, flushedTo } = this.#options.store.commitLog
    if (tail - flushedTo > maxUnsafeBytes) this.#rest()
  }

  closed(why: string): void {
    clearInterval(this.#pulse)
    clearTimeout(this.#resting)
    this.#endConfirmed()
    this.#options.gone(why)
  }

  #piece(offset: number, sizeBytes: number): boolean {
    if (sizeBytes < 0 || sizeBytes > maxPieceBytes) {
      this.close(`the master sent a piece of ${sizeBytes} bytes`)
      return false
    }
    if (sizeBytes === 0) {
      this.#options.read(0)
      return true
    }
    const { ledger, commitLog } = this.#options.store
    if (this.#records === undefined) {
      if (ledger.isEmpty) this.#begin(offset)
      this.#records = new RecordStream(ledger.segmentBytes, commitLog.tail, (record) => ledger.copy(record))
    }
    const { expected } = this.#records
    if (offset === expected) return true
    this.close(`the master sent ${offset} where ${expected} follows`)
    return false
  }

  #begin(offset: number): void {
    const { store, log } = this.#options
    store.ledger.beginAt(offset)
    if (offset > 0) log('warn', `this copy begins at ${offset}: what the master was sent before that is lacking here`)
  }

  /** What is as safe here as the flush policy asks. The first report says where to go on, so it waits for all there is. */
  #report(): void {
    const { store, stream, clock, wrote, side } = this.#options
    const { confirmOffset, tail } = store.commitLog
    if (this.#isWaiting) return
    if (this.#reported < 0 && confirmOffset !== tail) return
    const reached = store.ledger.isEmpty ? 0 : confirmOffset
    if (reached <= this.#reported || stream.closed) return
    this.#reported = reached
    this.#lastWriteMs = clock()
    stream.write([side.report(reached)])
    wrote()
  }

  #checkPulse(): void {
    const { settings, stream, clock, wrote, side } = this.#options
    const nowMs = clock()
    if (nowMs - this.#lastReadMs > settings.haHousekeepingInterval && this.#resting === undefined) {
      this.close(`the master has said nothing for ${settings.haHousekeepingInterval} ms`)
    } else if (this.#reported >= 0 && nowMs - this.#lastWriteMs >= settings.haSendHeartbeatInterval && !stream.closed) {
      this.#lastWriteMs = nowMs
      stream.write([side.report(this.#reported)])
      wrote()
    }
  }

  /** The disk is slower than the master: what comes waits in its socket. */
  #rest(): void {
    if (this.#resting !== undefined) return
    this.#options.stream.pause()
    const look = (): void => {
      const { tail, flushedTo } = this.#options.store.commitLog
      if (tail - flushedTo > maxUnsafeBytes) {
        this.#resting = setTimeout(look, restMs)
        return
      }
      this.#resting = undefined
      this.#lastReadMs = this.#options.clock()
      this.#options.stream.resume()
    }
    this.#resting = setTimeout(look, restMs)
  }
}
