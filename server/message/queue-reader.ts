// server/message/queue-reader.ts: one queue's messages between two offsets, forwards or backwards, a piece at a time.
// Backwards is forwards over pieces taken from the end, since a broker only reads forwards.
import type { Admin } from '../admin/open'
import { eachMessage, type Glance, type WireMessage } from '../admin/records'

export interface QueueReader {
  readonly broker: string
  readonly address: string
  readonly queueId: number
  /** What is not read yet: [next, end). */
  readonly next: bigint
  readonly end: bigint
  readonly done: boolean
  /** Some of it the broker did not hand out, though it lies there: it was passed over. */
  readonly stoodStill: boolean
  /** The next matching messages in reading order, and how many were passed over. */
  read(): Promise<{ matches: WireMessage[]; scanned: number }>
}
export interface QueueReaderOptions {
  admin: Admin
  topic: string
  broker: string
  address: string
  queueId: number
  next: bigint
  end: bigint
  backwards: boolean
  tags: string | undefined
  /** What of the records is worth reading. */
  glance: Glance
  passes: (message: WireMessage) => boolean
  /** A piece grows while it finds little: most of a filtered search is passing over. */
  filtered: boolean
}
const SMALLEST_PIECE = 32n
const LARGEST_PIECE = 16_384n
const SLOW_MS = 500
const TURN_MS = 20
/** What one piece may hold of what it found, and of what came with it. */
const HELD_BYTES = 32 * 1024 * 1024
/** Our brokers hand out so many to tools, within half a megabyte; Apache's 32 by default, whatever is asked. */
const PULL_MESSAGES = 4096

export const openQueueReader = (options: QueueReaderOptions): QueueReader => new Reader(options)

class Reader implements QueueReader {
  readonly #options: QueueReaderOptions
  readonly broker: string
  readonly address: string
  readonly queueId: number
  #next: bigint
  #end: bigint
  #piece = SMALLEST_PIECE
  stoodStill = false
  constructor(options: QueueReaderOptions) {
    this.#options = options
    this.broker = options.broker
    this.address = options.address
    this.queueId = options.queueId
    this.#next = options.next
    this.#end = options.end
  }
  get next() {
    return this.#next
  }
  get end() {
    return this.#end
  }
  get done() {
    return this.#next >= this.#end
  }

  async read(): Promise<{ matches: WireMessage[]; scanned: number }> {
    const { backwards, filtered } = this.#options
    const size = smaller(this.#end - this.#next, this.#piece)
    const from = backwards ? this.#end - size : this.#next
    const began = performance.now()
    const { found, reached } = await this.#piecewise(from, from + size)
    const isWhole = reached === from + size
    const tookMs = performance.now() - began
    // Between two pieces a search looks whether it is to end: they grow only while they are quick, and not over large bodies.
    if (!isWhole) this.#piece = larger(size / 4n, 1n)
    else if (tookMs > SLOW_MS) this.#piece = larger(this.#piece / 2n, SMALLEST_PIECE)
    else if (filtered && found.length < 8 && this.#piece < LARGEST_PIECE) this.#piece *= 2n
    if (backwards && !isWhole) return this.read() // the newest of it was not reached: a smaller piece, from the end
    if (backwards) this.#end = from
    else this.#next = reached
    return { matches: backwards ? found.reverse() : found, scanned: Number(reached - from) }
  }

  /** What matches in [from, reached): less than was asked when there is so much of it that it would fill the memory. */
  async #piecewise(from: bigint, to: bigint): Promise<{ found: WireMessage[]; reached: bigint }> {
    const { admin, topic, tags, glance, passes } = this.#options
    const found: WireMessage[] = []
    let heldBytes = 0
    let at = from
    while (at < to) {
      if (heldBytes > HELD_BYTES) return { found, reached: at }
      const pulled = await admin.messages.pull(this.address, {
        group: 'TOOLS_CONSUMER',
        topic,
        queueId: this.queueId,
        offset: at,
        max: Math.min(PULL_MESSAGES, Number(to - at)),
        ...(tags === undefined ? {} : { tags }),
      })
      const before = found.length
      let turn = performance.now()
      for (const message of eachMessage(pulled.records, glance)) {
        if (message.queueOffset >= at && message.queueOffset < to && passes(message)) found.push(message)
        if (performance.now() - turn < TURN_MS) continue
        await new Promise((next) => setImmediate(next)) // a pattern over large bodies must not hold the process
        turn = performance.now()
      }
      if (found.length > before) heldBytes += pulled.records.length // what is found are views of all that came with it
      // Retention may have taken what we were about to read; a broker that stands still must not hold us.
      if (pulled.next <= at) {
        this.stoodStill = true
        break
      }
      at = pulled.next
    }
    return { found, reached: to }
  }
}

export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
/** Math.min takes no bigint. */
export const smaller = (a: bigint, b: bigint): bigint => {
  if (a < b) return a
  return b
}
