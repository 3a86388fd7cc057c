// server/message/queue-reader.ts: one queue's messages between two offsets, forwards or backwards, a stretch at a time, with the
// next ones on their way. Backwards is forwards over stretches taken from the end, since a broker only reads forwards. It never
// hands out what it has not read whole, nor reads twice what was answered.
import type { Admin } from '../admin/open'
import { eachMessage, type Glance, type WireMessage } from '../admin/records'
import { lastStoreTimeOf, storeTimeOf } from '../admin/store-time'
import type { PullAnswer } from '../admin/types'

export interface QueueReader {
  readonly broker: string
  readonly address: string
  readonly queueId: number
  /** What is not read yet: [next, end). */
  readonly next: bigint
  readonly end: bigint
  readonly done: boolean
  /** When the last that was read was stored: what is still to come lies behind it in reading order. null: nothing was read. */
  readonly reachedAt: number | null
  /** Some of it the broker did not hand out, though it lies there: it was passed over. */
  readonly stoodStill: boolean
  /** The next matching messages in reading order, and how many were passed over. After a fault the same is read by the next. */
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
  /** Whether what comes next is asked for meanwhile; an answer that waits is held in memory. Left out: yes. */
  readsAhead?: () => boolean
}
/** The first stretch: small, since all of it may match and be shown. */
const FIRST = 32n
/** Our brokers hand out so many to tools, within half a megabyte; Apache's 32 by default, whatever is asked. */
const LARGEST = 4096n
/** Where much is found, it is made, shown and held: a little at a time. */
const LARGEST_FOUND = 512n
const MUCH_FOUND = 8
/** A broker that cuts short twice in a row hands out no more than that; so many stretches later more is tried. */
const STRETCHES_TO_MORE = 64
/** Questions under way at once: what comes next is on its way while an answer is looked through. */
const AHEAD = 2
/** Small answers are all waiting and little work. */
const AHEAD_OF_SMALL = 4
const SMALL = 64n
const SLOW_MS = 500
const TURN_MS = 20

export const openQueueReader = (options: QueueReaderOptions): QueueReader => new Reader(options)

/** A part [from, to) of the queue, read with one question. */
interface Stretch {
  readonly from: bigint
  readonly to: bigint
  answer: Promise<PullAnswer> | undefined
}

class Reader implements QueueReader {
  readonly #options: QueueReaderOptions
  readonly broker: string
  readonly address: string
  readonly queueId: number
  #next: bigint
  #end: bigint
  /** In reading order, without gaps; behind them lies what is not cut into stretches yet: [uncutFrom, uncutTo). */
  #plan: Stretch[] = []
  #uncutFrom: bigint
  #uncutTo: bigint
  /** How long the next stretch is. */
  #size = FIRST
  /** Little is found: it goes on and on, and what comes next is asked for meanwhile. */
  #passesOver = false
  /** What the last answer held that was cut short, and how many were that in a row. */
  #given = 0n
  #cuts = 0
  #stretchesToMore = 0
  stoodStill = false
  reachedAt: number | null = null
  constructor(options: QueueReaderOptions) {
    this.#options = options
    this.broker = options.broker
    this.address = options.address
    this.queueId = options.queueId
    this.#next = this.#uncutFrom = options.next
    this.#end = this.#uncutTo = options.end
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
    const { backwards } = this.#options
    for (;;) {
      this.#ask()
      const [stretch] = this.#plan
      if (stretch?.answer === undefined) return { matches: [], scanned: 0 }
      const { from, to } = stretch
      let pulled: PullAnswer
      try {
        pulled = await stretch.answer
      } catch (error) {
        stretch.answer = undefined // whoever reads again asks again
        throw error
      }
      // Retention may have taken what we were about to read; a broker that stands still must not hold us.
      if (pulled.next <= from) this.stoodStill = true
      const reached = pulled.next <= from ? to : smaller(pulled.next, to)
      if (reached < to) this.#wasCut(stretch, reached, pulled.status === 'found')
      if (reached < to && backwards) continue // what is newer comes first
      this.#plan.shift()
      if (this.#passesOver) this.#ask()
      const began = performance.now()
      const matches = await this.#matching(pulled.records, from, reached)
      this.#grow(reached === to ? to - from : 0n, matches.length, performance.now() - began)
      if (backwards) this.#end = from
      else this.#next = reached
      this.reachedAt = (backwards ? storeTimeOf(pulled.records) : lastStoreTimeOf(pulled.records)) ?? this.reachedAt
      return { matches: backwards ? matches.reverse() : matches, scanned: Number(reached - from) }
    }
  }

  /** Sees to it that as many questions are under way as shall be, as far as there is something to ask. */
  #ask(): void {
    const readsAhead = this.#passesOver && this.#options.readsAhead?.() !== false
    const most = !readsAhead ? 1 : this.#size <= SMALL ? AHEAD_OF_SMALL : AHEAD
    while (this.#plan.length < most) {
      const stretch = this.#cut()
      if (stretch === undefined) break
      this.#plan.push(stretch)
    }
    for (const stretch of this.#plan.slice(0, most)) stretch.answer ??= this.#pull(stretch)
  }
  /** The next stretch behind those of the plan. */
  #cut(): Stretch | undefined {
    const from = this.#uncutFrom
    const to = this.#uncutTo
    if (from >= to) return undefined
    const size = smaller(to - from, this.#size)
    if (this.#options.backwards) this.#uncutTo = to - size
    else this.#uncutFrom = from + size
    return {
      from: this.#options.backwards ? to - size : from,
      to: this.#options.backwards ? to : from + size,
      answer: undefined,
    }
  }
  #pull({ from, to }: Stretch): Promise<PullAnswer> {
    const { admin, topic, tags } = this.#options
    const answer = admin.messages.pull(this.address, {
      group: 'TOOLS_CONSUMER',
      topic,
      queueId: this.queueId,
      offset: from,
      max: Number(to - from),
      ...(tags === undefined ? {} : { tags }),
    })
    answer.catch(() => undefined) // it is told when it is its turn
    return answer
  }

  /** The first of the plan was answered up to `reached` only: the rest is cut into stretches about as long as that. */
  #wasCut({ from, to, answer }: Stretch, reached: bigint, isFull: boolean): void {
    if (isFull) {
      this.#given = reached - from
      // by bytes, and so a little more or less each time: a rest of a few would cost a question of its own
      this.#size = this.#given > SMALL ? (this.#given * 7n) / 8n : this.#given
      this.#cuts += 1
      this.#stretchesToMore = this.#cuts > 1 ? STRETCHES_TO_MORE : 0
    }
    const rest: Stretch[] = []
    for (let at = reached; at < to; at += this.#size)
      rest.push({ from: at, to: smaller(at + this.#size, to), answer: undefined })
    const answered: Stretch = { from, to: reached, answer }
    this.#plan.splice(0, 1, ...(this.#options.backwards ? [...rest.reverse(), answered] : [answered, ...rest]))
  }
  /** `whole`: how long the stretch was, if it was answered whole. */
  #grow(whole: bigint, found: number, tookMs: number): void {
    this.#passesOver = found < MUCH_FOUND
    if (tookMs > SLOW_MS) this.#size = larger(this.#size / 2n, 1n)
    if (tookMs > SLOW_MS || whole < this.#size) return
    if (whole > this.#given) this.#cuts = 0
    if (this.#stretchesToMore > 0) this.#stretchesToMore -= 1
    else {
      const [times, most] = this.#passesOver ? [4n, LARGEST] : [2n, LARGEST_FOUND]
      if (this.#size < most) this.#size = smaller(this.#size * times, most)
    }
  }

  /** What matches in [from, reached), in ascending order. */
  async #matching(records: Buffer, from: bigint, reached: bigint): Promise<WireMessage[]> {
    const { glance, passes } = this.#options
    const found: WireMessage[] = []
    let turn = performance.now()
    for (const message of eachMessage(records, glance)) {
      // a copy: as a view it would keep all that came with it
      if (message.queueOffset >= from && message.queueOffset < reached && passes(message))
        found.push({ ...message, body: Buffer.from(message.body) })
      if (performance.now() - turn < TURN_MS) continue
      await new Promise((next) => setImmediate(next)) // a pattern over large bodies must not hold the process
      turn = performance.now()
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
