// broker/ha/record-stream.ts: puts the bytes of a log, cut anywhere, together to whole records. Knows where in the log it
// stands, and believes no size before it has been seen to fit.
import { blankBytes, magicBlank, magicV1, magicV2, minRecordBytes } from '../protocol/record'

/** The bytes at this place are no record of the log that is copied. */
export class NoRecordError extends Error {
  override readonly name = 'NoRecordError'
}

export class RecordStream {
  readonly #segmentBytes: number
  /** Called for each whole record, and for the blank end of a segment. */
  readonly #whole: (bytes: Buffer) => void
  /** Where the record that is under way begins. */
  #place: number
  /** What has come of it. Its first bytes say how long it is. */
  #open: Buffer = Buffer.alloc(0)
  #filled = 0

  constructor(segmentBytes: number, place: number, whole: (bytes: Buffer) => void) {
    this.#segmentBytes = segmentBytes
    this.#place = place
    this.#whole = whole
  }

  /** Where the next byte belongs. */
  get expected(): number {
    return this.#place + this.#filled
  }

  /** Throws a NoRecordError. What was whole before has been handed on. */
  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += this.#filled === 0 ? this.#fresh(bytes, at) : this.#further(bytes, at)
  }

  /** At the start of a record: most lie whole in what has come, and are handed on without a copy. */
  #fresh(bytes: Buffer, at: number): number {
    const left = bytes.length - at
    const size = left < blankBytes ? undefined : this.#sizeOf(bytes, at)
    if (size !== undefined && size <= left) {
      this.#handOn(bytes.subarray(at, at + size))
      return size
    }
    this.#open = Buffer.allocUnsafe(size ?? blankBytes)
    this.#filled = bytes.copy(this.#open, 0, at)
    return left
  }

  #further(bytes: Buffer, at: number): number {
    const taken = bytes.copy(this.#open, this.#filled, at)
    this.#filled += taken
    if (this.#filled < this.#open.length) return taken
    const size = this.#sizeOf(this.#open, 0)
    if (size > this.#open.length) {
      const head = this.#open
      this.#open = Buffer.allocUnsafe(size)
      head.copy(this.#open)
      return taken
    }
    const record = this.#open
    this.#filled = 0
    this.#handOn(record)
    return taken
  }

  #handOn(record: Buffer): void {
    this.#whole(record)
    this.#place += record.length
  }

  #sizeOf(bytes: Buffer, at: number): number {
    const size = bytes.readInt32BE(at)
    const magic = bytes.readInt32BE(at + 4)
    const left = this.#segmentBytes - (this.#place % this.#segmentBytes)
    if (magic === magicBlank && size === left) return size
    if ((magic === magicV1 || magic === magicV2) && size >= minRecordBytes && size <= left) return size
    if (size === 0 && magic === 0) {
      throw new NoRecordError(
        `the master's log has a hole at ${this.#place}: a restart of the master ends its log there or closes it`,
      )
    }
    throw new NoRecordError(
      magic === magicBlank || magic === magicV1 || magic === magicV2
        ? `${size} bytes at ${this.#place} do not fit the ${left} left of a segment: sizes of commit log files differ`
        : `no record of the master begins at ${this.#place}: this log is not a copy of its`,
    )
  }
}
