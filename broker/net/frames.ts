// broker/net/frames.ts: cuts the bytes of a connection into frames. A frame that lies within one chunk is a view of it;
// one that spans several is copied together once. A chunk is never written to again, so a view stays valid for as long
// as it is held; but it keeps its whole chunk (up to 64 KiB) in memory: what outlives the turn should be copied.
import { NetError } from './types'

/**
 * A frame without the length in front, as a place: a view for each would cost as much as reading a header. Answers with
 * whether it would take another one now.
 */
export type TakeFrame = (bytes: Buffer, from: number, end: number) => boolean

export interface FrameCutter {
  /**
   * Takes the next chunk and hands out each frame it completes, as bytes[from, end). Answers with what is left of it when
   * `take` wants no more: the next chunk to push. Throws a NetError.
   */
  push(chunk: Buffer, take: TakeFrame): Buffer | undefined
  /** Bytes of a frame that has not come whole yet. */
  readonly heldBytes: number
}
export const createFrameCutter = (maxFrameBytes: number): FrameCutter => new Cutter(maxFrameBytes)

const lengthBytes = 4

class Cutter implements FrameCutter {
  readonly #maxFrameBytes: number
  /** The start of a length that was cut off, or undefined. */
  #rest: Buffer | undefined
  /** A frame that is being put together. */
  #frame: Buffer | undefined
  #filled = 0

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }
  get heldBytes(): number {
    return this.#filled + (this.#rest?.length ?? 0)
  }

  push(chunk: Buffer, take: TakeFrame): Buffer | undefined {
    let next = 0
    if (this.#frame !== undefined) {
      next = this.#fill(this.#frame, chunk, 0)
      if (this.#filled < this.#frame.length) return undefined
      const frame = this.#frame
      this.#frame = undefined
      this.#filled = 0
      if (!take(frame, 0, frame.length)) return restOf(chunk, next)
    } else if (this.#rest !== undefined) {
      chunk = Buffer.concat([this.#rest, chunk]) // at most 3 bytes and a chunk, once per cut length
      this.#rest = undefined
    }
    while (chunk.length - next >= lengthBytes) {
      const size = chunk.readInt32BE(next)
      this.#check(size, chunk, next)
      const from = next + lengthBytes
      const end = from + size
      if (end > chunk.length) {
        this.#frame = Buffer.allocUnsafeSlow(size)
        this.#fill(this.#frame, chunk, from)
        return undefined
      }
      next = end
      if (!take(chunk, from, end)) return restOf(chunk, next)
    }
    this.#rest = restOf(chunk, next)
    return undefined
  }

  /** Copies what the frame still lacks from chunk[from...]; answers with where it stopped. */
  #fill(frame: Buffer, chunk: Buffer, from: number): number {
    const copied = chunk.copy(frame, this.#filled, from, Math.min(chunk.length, from + frame.length - this.#filled))
    this.#filled += copied
    return from + copied
  }

  #check(size: number, chunk: Buffer, at: number): void {
    if (size >= 4 && size + lengthBytes <= this.#maxFrameBytes) return
    const hint = speaks(chunk, at)
    const said = hint === undefined ? '' : `; it looks like ${hint}`
    if (size < 4) throw new NetError('bad-frame', `a frame length of ${size} cannot be${said}`)
    throw new NetError(
      'frame-too-large',
      `a frame of ${size} bytes, at most ${this.#maxFrameBytes - lengthBytes} are taken${said}`,
    )
  }
}

const restOf = (chunk: Buffer, next: number): Buffer | undefined =>
  next < chunk.length ? chunk.subarray(next) : undefined

/** What a peer speaks that took this port for another. */
function speaks(chunk: Buffer, at: number): string | undefined {
  const start = chunk.toString('latin1', at, at + 8)
  if (/^(GET|POST|PUT|HEAD|OPTIONS|DELETE|PRI|CONNECT) ?/.test(start)) return 'HTTP'
  if (start.startsWith('PROXY ')) return 'the PROXY protocol, which is not switched on here'
  if (start.startsWith('SSH-')) return 'SSH'
  return undefined
}
