// broker/ha/switch-frames.ts: what goes over the HA port between brokers of one controller, byte by byte, as Apache's
// AutoSwitchHA has it. The slave says who it is; the master answers with its epochs; the slave says how far its log reaches;
// then pieces come, each with the epoch it was written under.
import { i16, i32, i64, layout, readLong, writeLong } from '../protocol/layout'
import type { EpochEntry } from './epochs'
import { Gathered } from './gathered'

const state = { handshake: 1, transfer: 2 } as const

const hello = layout({ state: i32, fromLastFile: i16, isLearner: i16, brokerId: i64 })
const report = layout({ state: i32, copiedTo: i64 })
const greeting = layout({ state: i32, sizeBytes: i32, maxOffset: i64, epoch: i32 })
const epochEntry = layout({ epoch: i32, startOffset: i64 })
const piece = layout({ state: i32, sizeBytes: i32, offset: i64, epoch: i32, epochStart: i64, confirmOffset: i64 })

/** Apache's master sends no more than this. */
const maxEpochs = 1000

export function encodeHello(brokerId: number, isLearner: boolean): Buffer {
  const bytes = Buffer.alloc(hello.size)
  bytes.writeInt32BE(state.handshake, hello.at.state)
  bytes.writeInt16BE(isLearner ? 1 : 0, hello.at.isLearner)
  writeLong(bytes, brokerId, hello.at.brokerId)
  return bytes
}
export function encodeSwitchReport(copiedTo: number): Buffer {
  const bytes = Buffer.alloc(report.size)
  bytes.writeInt32BE(state.transfer, report.at.state)
  writeLong(bytes, copiedTo, report.at.copiedTo)
  return bytes
}
export function encodeGreeting(entries: readonly EpochEntry[], maxOffset: number): Buffer {
  const told = entries.slice(-maxEpochs)
  const bytes = Buffer.alloc(greeting.size + told.length * epochEntry.size)
  bytes.writeInt32BE(state.handshake, greeting.at.state)
  bytes.writeInt32BE(told.length * epochEntry.size, greeting.at.sizeBytes)
  writeLong(bytes, maxOffset, greeting.at.maxOffset)
  bytes.writeInt32BE(told.at(-1)?.epoch ?? -1, greeting.at.epoch)
  told.forEach(({ epoch, startOffset }, index) => {
    const at = greeting.size + index * epochEntry.size
    bytes.writeInt32BE(epoch, at + epochEntry.at.epoch)
    writeLong(bytes, startOffset, at + epochEntry.at.startOffset)
  })
  return bytes
}
export function encodeSwitchHead(offset: number, sizeBytes: number, entry: EpochEntry, confirmOffset: number): Buffer {
  const bytes = Buffer.alloc(piece.size)
  bytes.writeInt32BE(state.transfer, piece.at.state)
  bytes.writeInt32BE(sizeBytes, piece.at.sizeBytes)
  writeLong(bytes, offset, piece.at.offset)
  bytes.writeInt32BE(entry.epoch, piece.at.epoch)
  writeLong(bytes, entry.startOffset, piece.at.epochStart)
  writeLong(bytes, confirmOffset, piece.at.confirmOffset)
  return bytes
}

export interface SlaveWords {
  hello(brokerId: number, isLearner: boolean): void
  report(copiedTo: number): void
}
/** What a slave says, cut anywhere. Throws when it is not this protocol. */
export class SwitchReportReader {
  readonly #held = new Gathered(4)
  #kind: number | undefined

  read(chunk: Buffer, events: SlaveWords): void {
    for (let at = 0; at < chunk.length; ) {
      at += this.#held.take(chunk, at)
      if (!this.#held.isWhole) return
      const { bytes } = this.#held
      if (this.#kind === undefined) {
        this.#kind = bytes.readInt32BE(0)
        if (this.#kind !== state.handshake && this.#kind !== state.transfer) {
          throw new Error('it does not speak as a slave of controller mode does: is enableControllerMode set there?')
        }
        this.#held.grow(this.#kind === state.handshake ? hello.size : report.size)
        continue
      }
      const kind = this.#kind
      this.#kind = undefined
      if (kind === state.handshake) {
        const isLearner = bytes.readInt16BE(hello.at.isLearner) === 1
        events.hello(readLong(bytes, hello.at.brokerId), isLearner)
      } else events.report(readLong(bytes, report.at.copiedTo))
      this.#held.begin(4)
    }
  }
}

export interface MasterWords {
  greeting(entries: readonly EpochEntry[], maxOffset: number): boolean
  /** A piece begins. False: it does not belong here, and nothing further is read. */
  piece(offset: number, sizeBytes: number, entry: EpochEntry): boolean
  bytes(part: Buffer): boolean
}
/** What a master says, cut anywhere. Throws when it is not this protocol. */
export class SwitchPieceReader {
  readonly #held = new Gathered(4)
  #kind: number | undefined
  #hasHead = false
  /** Bytes of the piece that have not come yet. */
  #left = 0

  read(chunk: Buffer, events: MasterWords): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left)
        at += part.length
        this.#left -= part.length
        if (!events.bytes(part)) return
        continue
      }
      at += this.#held.take(chunk, at)
      while (this.#held.isWhole) if (!this.#next(events)) return
    }
  }

  /** What is gathered is whole: goes on to what follows it. False: nothing further is read. */
  #next(events: MasterWords): boolean {
    const { bytes } = this.#held
    if (this.#kind === undefined) {
      this.#kind = bytes.readInt32BE(0)
      if (this.#kind !== state.handshake && this.#kind !== state.transfer) {
        throw new Error('it does not speak as a master of controller mode does: is enableControllerMode set there?')
      }
      this.#held.grow(this.#kind === state.handshake ? greeting.size : piece.size)
      return true
    }
    if (this.#kind === state.handshake) return this.#greeting(events)
    this.#kind = undefined
    const entry = { epoch: bytes.readInt32BE(piece.at.epoch), startOffset: readLong(bytes, piece.at.epochStart) }
    this.#left = bytes.readInt32BE(piece.at.sizeBytes)
    const goesOn = events.piece(readLong(bytes, piece.at.offset), this.#left, entry)
    this.#held.begin(4)
    return goesOn
  }

  #greeting(events: MasterWords): boolean {
    const { bytes } = this.#held
    const sizeBytes = bytes.readInt32BE(greeting.at.sizeBytes)
    if (!this.#hasHead) {
      if (sizeBytes < 0 || sizeBytes > maxEpochs * epochEntry.size || sizeBytes % epochEntry.size !== 0) {
        throw new Error(`the master sent epochs of ${sizeBytes} bytes`)
      }
      this.#hasHead = true
      this.#held.grow(greeting.size + sizeBytes)
      return true
    }
    this.#hasHead = false
    this.#kind = undefined
    const entries = Array.from({ length: sizeBytes / epochEntry.size }, (_, index) => {
      const at = greeting.size + index * epochEntry.size
      return {
        epoch: bytes.readInt32BE(at + epochEntry.at.epoch),
        startOffset: readLong(bytes, at + epochEntry.at.startOffset),
      }
    })
    const goesOn = events.greeting(entries, readLong(bytes, greeting.at.maxOffset))
    this.#held.begin(4)
    return goesOn
  }
}
