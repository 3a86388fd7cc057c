// server/message/queue-reader.ts: one queue's messages between two offsets, forwards or backwards, a piece at a time.
// Backwards is forwards over pieces taken from the end, since a broker only reads forwards.
import type { Admin } from '../admin/open'
import { messagesOf, type WireMessage } from '../admin/records'

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
  passes: (message: WireMessage) => boolean
  /** A piece grows while it finds little: most of a filtered search is passing over. */
  filtered: boolean
}
const SMALLEST_PIECE = 32n
const LARGEST_PIECE = 2048n
const SLOW_MS = 500
const TURN_MS = 20
/** Brokers hand out 32 messages a pull by default, whatever is asked. */
const PULL_MESSAGES = 64

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

  async read() {
    const { backwards, passes, filtered } = this.#options
    const size = smaller(this.#end - this.#next, this.#piece)
    const from = backwards ? this.#end - size : this.#next
    const to = from + size
    const began = performance.now()
    const found = await this.#piecewise(from, to, passes)
    const tookMs = performance.now() - began
    if (backwards) this.#end = from
    else this.#next = to
    // Between two pieces a search looks whether it is to end: they grow only while they are quick.
    if (tookMs > SLOW_MS) this.#piece = larger(this.#piece / 2n, SMALLEST_PIECE)
    else if (filtered && found.length < 8 && this.#piece < LARGEST_PIECE) this.#piece *= 2n
    return { matches: backwards ? found.reverse() : found, scanned: Number(size) }
  }

  async #piecewise(from: bigint, to: bigint, passes: (message: WireMessage) => boolean): Promise<WireMessage[]> {
    const { admin, topic, tags } = this.#options
    const found: WireMessage[] = []
    for (let at = from; at < to; ) {
      const pulled = await admin.messages.pull(this.address, {
        group: 'TOOLS_CONSUMER',
        topic,
        queueId: this.queueId,
        offset: at,
        max: PULL_MESSAGES,
        ...(tags === undefined ? {} : { tags }),
      })
      let turn = performance.now()
      for (const message of messagesOf(pulled.records)) {
        if (message.queueOffset >= at && message.queueOffset < to && passes(message)) found.push(message)
        if (performance.now() - turn < TURN_MS) continue
        await new Promise((next) => setImmediate(next)) // a pattern over large bodies must not hold the process
        turn = performance.now()
      }
      // Retention may have taken what we were about to read; a broker that stands still must not hold us.
      if (pulled.next <= at) {
        this.stoodStill = true
        break
      }
      at = pulled.next
    }
    return found
  }
}

export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
/** Math.min takes no bigint. */
export const smaller = (a: bigint, b: bigint): bigint => {
  if (a < b) return a
  return b
}
