// broker/ha/frames.ts: what goes over the HA port, byte by byte. The slave says how far its log reaches; the master sends
// pieces of its own: where the piece lies, its size, the bytes. A piece of no bytes says only that the master is there.
import { i32, i64, layout, readLong, writeLong } from '../protocol/layout'
import { Gathered } from './gathered'

export const report = layout({ copiedTo: i64 })
export const pieceHead = layout({ offset: i64, sizeBytes: i32 })

export function encodeReport(copiedTo: number): Buffer {
  const bytes = Buffer.allocUnsafe(report.size)
  writeLong(bytes, copiedTo, report.at.copiedTo)
  return bytes
}

export function encodePieceHead(offset: number, sizeBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(pieceHead.size)
  writeLong(bytes, offset, pieceHead.at.offset)
  bytes.writeInt32BE(sizeBytes, pieceHead.at.sizeBytes)
  return bytes
}

/** Reports as they come, cut anywhere. */
export class ReportReader {
  readonly #held = new Gathered(report.size)

  /** Calls `take` for each report that is whole now. */
  read(chunk: Buffer, take: (copiedTo: number) => void): void {
    for (let at = 0; at < chunk.length; ) {
      at += this.#held.take(chunk, at)
      if (!this.#held.isWhole) return
      take(readLong(this.#held.bytes, report.at.copiedTo))
      this.#held.begin(report.size)
    }
  }
}

export interface PieceEvents {
  /** A piece begins. False: it does not belong here, and nothing further is read. */
  piece(offset: number, sizeBytes: number): boolean
  /** Some of its bytes. False: nothing further is read. */
  bytes(part: Buffer): boolean
}

/** Pieces as they come, cut anywhere. */
export class PieceReader {
  readonly #head = new Gathered(pieceHead.size)
  /** Bytes of the piece that have not come yet. */
  #left = 0

  read(chunk: Buffer, events: PieceEvents): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left)
        at += part.length
        this.#left -= part.length
        if (!events.bytes(part)) return
        continue
      }
      at += this.#head.take(chunk, at)
      if (!this.#head.isWhole) return
      const { bytes } = this.#head
      this.#left = bytes.readInt32BE(pieceHead.at.sizeBytes)
      this.#head.begin(pieceHead.size)
      if (!events.piece(readLong(bytes, pieceHead.at.offset), this.#left)) return
    }
  }
}
