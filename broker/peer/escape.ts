// broker/peer/escape.ts: puts messages at masters of other names, for a slave that acts as master: what is due there must not
// wait until its own master is back. Tries until it is stored, or until the acting ends; of a topic that nobody takes, one
// message tries for all that wait, ever more seldom. At least once: a send whose answer is lost is sent again.
import type { Dialer } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { sendMessageV2Header, writeHeader } from '../protocol/headers'
import { SystemTopic } from '../protocol/names'
import type { Escaped } from '../schedule/escaped'
import type { RouteLookup, WritableAt } from './route-lookup'

export interface EscapeOptions {
  readonly clusterName: string
  readonly brokerName: string
  readonly brokerId: number
  readonly dialer: Dialer
  readonly routes: Pick<RouteLookup, 'writableOf' | 'forget'>
  /** Queues of a topic that the other master has to make first. */
  readonly queuesOf: (topic: string) => number
  /** Between tries of a topic that nobody takes: from, to. */
  readonly againMs?: readonly [number, number]
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}
export interface RemotePuts {
  /** Resolves once it is stored at another master; rejects after `stop`. */
  put(message: Escaped): Promise<void>
  /** Nothing more is tried. Resolves when what is under way has ended. */
  stop(): Promise<void>
}
export const createRemotePuts = (options: EscapeOptions): RemotePuts => new Puts(options)

const sendMs = 3000
const usualAgainMs = [500, 8000] as const
/** Sends under way at a time. */
const maxSends = 32

/** Stored, though not (yet) as safe as that broker was asked to make it. */
const stored: ReadonlySet<number> = new Set([
  ResponseCode.SUCCESS,
  ResponseCode.FLUSH_DISK_TIMEOUT,
  ResponseCode.FLUSH_SLAVE_TIMEOUT,
  ResponseCode.SLAVE_NOT_AVAILABLE,
])

/** The way of a topic, while nobody takes it. */
interface Closed {
  why: string | undefined
  readonly waiting: ((isFirst: boolean) => void)[]
  pauseMs: number
  timer: NodeJS.Timeout | undefined
}

class Puts implements RemotePuts {
  readonly #options: EscapeOptions
  readonly #waiting: (() => void)[] = []
  /** By topic. */
  readonly #closed = new Map<string, Closed>()
  #sends = 0
  #isStopped = false
  #idle: (() => void) | undefined

  constructor(options: EscapeOptions) {
    this.#options = options
  }

  async put(message: Escaped): Promise<void> {
    const { topic } = message
    for (let isFirst = false; ; isFirst = await this.#opened(topic)) {
      await this.#turn()
      try {
        if (this.#isStopped) throw new Error('the acting has ended')
        if (this.#closed.has(topic) && !isFirst) continue
        const why = await this.#try(message)
        if (why === undefined) {
          this.#open(topic)
          return
        }
        this.#close(topic, why)
      } finally {
        this.#leave()
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const topic of [...this.#closed.keys()]) this.#open(topic)
    if (this.#sends === 0) return
    await new Promise<void>((resolve) => {
      this.#idle = resolve
    })
  }

  async #turn(): Promise<void> {
    if (this.#sends >= maxSends) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#sends += 1
  }
  /** Whoever waits takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#sends -= 1
    else next()
    if (this.#sends === 0) this.#idle?.()
  }
  /** Resolves with true when this message is to try for all, with false when all may. */
  #opened(topic: string): Promise<boolean> {
    const closed = this.#closed.get(topic)
    return closed === undefined ? Promise.resolve(false) : new Promise((resolve) => closed.waiting.push(resolve))
  }
  #open(topic: string): void {
    const closed = this.#closed.get(topic)
    if (closed === undefined) return
    this.#closed.delete(topic)
    if (!this.#isStopped) this.#options.log('info', `what is due of ${topic} escapes to another master`)
    clearTimeout(closed.timer)
    for (const go of closed.waiting) go(false)
  }
  #close(topic: string, why: string): void {
    if (this.#isStopped) return
    const [leastMs, mostMs] = this.#options.againMs ?? usualAgainMs
    const closed = this.#closed.get(topic) ?? { why: undefined, waiting: [], pauseMs: leastMs / 2, timer: undefined }
    this.#closed.set(topic, closed)
    // once when it begins, or for another reason
    if (closed.why !== why) this.#options.log('warn', `what is due of ${topic} cannot escape to another master: ${why}`)
    closed.why = why
    if (closed.timer !== undefined) return // others failed beside it
    closed.pauseMs = Math.min(2 * closed.pauseMs, mostMs)
    closed.timer = setTimeout(() => {
      closed.timer = undefined
      const first = closed.waiting.shift()
      if (first === undefined) this.#open(topic)
      else first(true)
    }, closed.pauseMs)
  }

  /** Why nobody has it now; undefined: somebody has. */
  async #try(message: Escaped): Promise<string | undefined> {
    const { routes, brokerName, clusterName } = this.#options
    const { topic } = message
    let why = `no other master serves ${topic}`
    // where nobody else has the topic, it is made where topics may be made
    for (const route of [topic, SystemTopic.autoCreate, clusterName]) {
      for (const at of await routes.writableOf(route)) {
        if (at.brokerName === brokerName) continue
        if (this.#isStopped) return why // the master waits for this to end
        const refused = await this.#send(message, at, route === topic)
        if (refused === undefined) return undefined
        why = refused
        routes.forget(route)
      }
    }
    return why
  }

  async #send(message: Escaped, at: WritableAt, isThere: boolean): Promise<string | undefined> {
    const { dialer, brokerName, brokerId, queuesOf } = this.#options
    const queues = isThere ? at.writeQueueNums : Math.max(1, queuesOf(message.topic))
    const header = writeHeader(sendMessageV2Header, {
      a: message.producerGroup ?? `InnerProducerGroup_${brokerName}_${brokerId}`,
      b: message.topic,
      c: SystemTopic.autoCreate,
      d: queues,
      e: message.queueId % Math.max(1, queues), // a queue keeps together what was together
      f: message.sysFlag,
      g: message.bornTimestampMs,
      h: message.flag,
      i: message.properties.toString('utf8'),
      j: message.reconsumeTimes,
      k: false,
      m: false,
      n: at.brokerName,
    })
    try {
      const { code, remark } = await dialer.request(
        at.address,
        RequestCode.SEND_MESSAGE_V2,
        header,
        message.body,
        sendMs,
      )
      return stored.has(code) ? undefined : `${at.brokerName} answers with code ${code} ${remark ?? ''}`
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
