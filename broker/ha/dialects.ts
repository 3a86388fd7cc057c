// broker/ha/dialects.ts: the two ways in which brokers speak over the HA port: plain, where only lengths are compared, and
// Apache's AutoSwitchHA for brokers of one controller, where epochs are. One object per connection; a table of words only.
import { consistentPoint, type EpochEntry, type Epochs } from './epochs'
import { encodePieceHead, encodeReport, PieceReader, ReportReader } from './frames'
import {
  encodeGreeting,
  encodeHello,
  encodeSwitchHead,
  encodeSwitchReport,
  SwitchPieceReader,
  SwitchReportReader,
} from './switch-frames'

/** What a master hears of one slave. */
export interface SlaveEvents {
  /** It says who it is; what is returned is answered. */
  hello(brokerId: number, isLearner: boolean): void
  report(copiedTo: number): void
}
/** How a master speaks with one slave. */
export interface MasterSide {
  /** Throws when it is another protocol. */
  read(chunk: Buffer, events: SlaveEvents): void
  greeting(maxOffset: number): Buffer
  head(offset: number, sizeBytes: number, confirmOffset: number): Buffer
  /** How much of a piece from `offset` may go under one head. */
  fitting(offset: number, sizeBytes: number): number
}

export function plainMaster(): MasterSide {
  const reports = new ReportReader()
  return {
    read: (chunk, events) => reports.read(chunk, (copiedTo) => events.report(copiedTo)),
    greeting: () => Buffer.alloc(0),
    head: (offset, sizeBytes) => encodePieceHead(offset, sizeBytes),
    fitting: (_, sizeBytes) => sizeBytes,
  }
}

export function switchMaster(epochs: Epochs): MasterSide {
  const reader = new SwitchReportReader()
  const none: EpochEntry = { epoch: -1, startOffset: 0 }
  return {
    read: (chunk, events) => reader.read(chunk, events),
    greeting: (maxOffset) => encodeGreeting(epochs.entries, maxOffset),
    head: (offset, sizeBytes, confirmOffset) => {
      const entry =
        (sizeBytes === 0 ? epochs.at(Math.max(0, offset - 1)) : epochs.at(offset)) ?? epochs.entries[0] ?? none
      return encodeSwitchHead(offset, sizeBytes, entry, confirmOffset)
    },
    fitting: (offset, sizeBytes) => {
      const entry = epochs.at(offset)
      return entry === undefined ? sizeBytes : Math.min(sizeBytes, epochs.endOf(entry) - offset)
    },
  }
}

/** What a slave hears of its master. */
export interface MasterEvents {
  /** Nothing is copied before it: the log may go on from where it ends, or why it may not. */
  mayBegin(): void
  refused(why: string): void
  /** The log goes its own way from `offset` on, and is to be cut there. */
  differsFrom(offset: number): void
  piece(offset: number, sizeBytes: number): boolean
  bytes(part: Buffer): boolean
}
/** How a slave speaks with its master. */
export interface SlaveSide {
  /** What it says first, if anything; without it the master is reported to at once. */
  hello(): Buffer | undefined
  report(copiedTo: number): Buffer
  /** Throws when it is another protocol. */
  read(chunk: Buffer, events: MasterEvents): void
}

export function plainSlave(): SlaveSide {
  const pieces = new PieceReader()
  return { hello: () => undefined, report: encodeReport, read: (chunk, events) => pieces.read(chunk, events) }
}

export interface SwitchingSlave {
  readonly brokerId: number
  readonly isLearner: boolean
  readonly epochs: Epochs
  /** Where the own log ends; 0 when it holds nothing. */
  readonly end: () => number
}
export function switchSlave({ brokerId, isLearner, epochs, end }: SwitchingSlave): SlaveSide {
  const reader = new SwitchPieceReader()
  return {
    hello: () => encodeHello(brokerId, isLearner),
    report: encodeSwitchReport,
    read: (chunk, events) =>
      reader.read(chunk, {
        greeting(entries, maxOffset) {
          const own = end()
          if (own === 0 || epochs.entries.length === 0) {
            events.mayBegin()
            return true
          }
          const point = consistentPoint({ entries: epochs.entries, end: own }, { entries, end: maxOffset })
          if (point === undefined) {
            events.refused('no epoch of this log is known to the master: it must begin with an empty store')
            return false
          }
          if (point < own) {
            events.differsFrom(point)
            return false
          }
          events.mayBegin()
          return true
        },
        piece(offset, sizeBytes, entry) {
          if (entry.epoch >= 0) epochs.append(entry)
          return events.piece(offset, sizeBytes)
        },
        bytes: (part) => events.bytes(part),
      }),
  }
}
