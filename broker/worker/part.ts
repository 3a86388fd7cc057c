// broker/worker/part.ts: one part as the supervisor holds it: its thread, its state, its last words. Starts it, stops
// it in order, and starts it again when it died or fell silent. A new thread begins only when the old one has ended:
// the files of a part have one owner.
import { Worker } from 'node:worker_threads'
import type { LogLine, PartStatus } from '../types'
import type { FromPart, PartPlan, ToPart } from './messages'

export interface PartLimits {
  /** Waits before the first, second, ... restart in a row; the last one repeats. */
  readonly backOffMs: readonly number[]
  /** A part that ran so long is taken for healthy: its next restart waits the shortest time again. */
  readonly healthyAfterMs: number
  /** A running part that shows no life for so long is ended and started again. */
  readonly silentMs: number
  /** A part that was told to stop and does not is ended. */
  readonly stopMs: number
  readonly heapMiB: number
}
export const defaultLimits: PartLimits = {
  backOffMs: [500, 1000, 2000, 5000, 10_000, 30_000],
  healthyAfterMs: 60_000,
  silentMs: 15_000,
  stopMs: 60_000,
  heapMiB: 2048,
}

const KEPT_LINES = 200
/**
 * Three times a half of the young generation, 4 MiB. What sockets bring counts as garbage until the young generation is
 * collected, and 16 MB of it let V8 walk the whole heap: with its default of 16 MiB twice as often, for no less work.
 */
const YOUNG_MIB = 12

export interface Part {
  readonly status: PartStatus
  /** Resolves once it takes traffic; rejects with what it said when it cannot. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Tells a slave that its master stops in order. */
  masterStops(): void
  /** Ends a thread that showed no life for too long. Called by the supervisor, once a second. */
  checkPulse(nowMs: number): void
}
export interface PartOptions {
  plan: PartPlan
  role: PartStatus['role']
  entry: URL
  limits: PartLimits
  log: (line: LogLine) => void
  changed: () => void
}
export const createPart = (options: PartOptions): Part => new SupervisedPart(options)

class SupervisedPart implements Part {
  readonly #options: PartOptions
  #state: PartStatus['state'] = 'stopped'
  #role: PartStatus['role']
  #address: string
  #worker: Worker | undefined
  #gone: Promise<void> = Promise.resolve()
  #startedAtMs: number | null = null
  #restarts = 0
  #restartsInRow = 0
  /** Whether it shall run: a restart that is under way when it is stopped goes no further. */
  #wanted = false
  #lastError: string | null = null
  #heapUsedBytes: number | null = null
  #eventLoopDelayP99Ms: number | null = null
  #lastPulseMs = 0
  #again: NodeJS.Timeout | undefined
  readonly #lines: string[] = []

  constructor(options: PartOptions) {
    this.#options = options
    this.#role = options.role
    this.#address = `${options.plan.host}:${options.plan.port}`
  }

  get status(): PartStatus {
    return {
      name: this.#options.plan.name,
      kind: this.#options.plan.kind,
      role: this.#role,
      state: this.#state,
      address: this.#address,
      startedAtMs: this.#startedAtMs,
      restarts: this.#restarts,
      lastError: this.#lastError,
      threadId: this.#worker?.threadId ?? null,
      heapUsedBytes: this.#heapUsedBytes,
      eventLoopDelayP99Ms: this.#eventLoopDelayP99Ms,
      lastLines: [...this.#lines],
    }
  }

  async start(): Promise<void> {
    this.#wanted = true
    clearTimeout(this.#again)
    if (this.#state === 'running' || this.#state === 'starting') return
    if (this.#state === 'stopping') await this.#gone
    await this.#launch()
  }

  async stop(): Promise<void> {
    this.#wanted = false
    clearTimeout(this.#again)
    const worker = this.#worker
    if (worker === undefined) {
      if (this.#state !== 'failed') this.#become('stopped')
      return
    }
    this.#become('stopping')
    worker.postMessage({ type: 'stop' } satisfies ToPart)
    const late = setTimeout(() => {
      this.#say('error', `did not stop within ${this.#options.limits.stopMs} ms and is ended`)
      void worker.terminate()
    }, this.#options.limits.stopMs)
    await this.#gone
    clearTimeout(late)
  }

  masterStops(): void {
    this.#worker?.postMessage({ type: 'masterStops' } satisfies ToPart)
  }

  checkPulse(nowMs: number): void {
    const worker = this.#worker
    if (this.#state !== 'running' || worker === undefined) return
    if (nowMs - this.#lastPulseMs < this.#options.limits.silentMs) return
    this.#lastError = `showed no life for ${this.#options.limits.silentMs} ms`
    this.#say('error', `${this.#lastError} and is ended`)
    this.#lastPulseMs = nowMs
    void worker.terminate()
  }

  async #launch(): Promise<void> {
    await this.#gone // the old thread still owns the files until it has ended
    if (!this.#wanted) return
    this.#become('starting')
    const worker = new Worker(this.#options.entry, {
      name: this.#options.plan.name,
      workerData: this.#options.plan,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#options.limits.heapMiB,
        maxYoungGenerationSizeMb: YOUNG_MIB,
      },
    })
    this.#worker = worker
    this.#lastPulseMs = performance.now()
    let fault: string | undefined
    const begun = new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromPart) => {
        if (message.type === 'failed') fault = message.text
        if (message.type === 'ready') resolve()
        this.#take(message)
      })
      worker.once('error', (error) => {
        fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
      })
      this.#gone = new Promise((gone) =>
        worker.once('exit', (code) => {
          const why = fault ?? this.#silence() ?? `its thread ended with code ${code}`
          this.#ended(why)
          reject(new Error(`${this.#options.plan.name}: ${why}`))
          gone()
        }),
      )
    })
    await begun
  }

  #take(message: FromPart): void {
    switch (message.type) {
      case 'ready':
        this.#address = message.address
        this.#role = message.role
        this.#startedAtMs = Date.now()
        this.#lastPulseMs = performance.now()
        if (this.#state === 'starting') this.#become('running')
        break
      case 'role':
        this.#role = message.role
        this.#options.changed()
        break
      case 'log':
        this.#keepLine(message.line)
        this.#options.log(message.line)
        break
      case 'pulse':
        this.#lastPulseMs = performance.now()
        this.#heapUsedBytes = message.heapUsedBytes
        this.#eventLoopDelayP99Ms = message.eventLoopDelayP99Ms
        break
      case 'failed':
        break // its thread ends next; #ended tells
    }
  }

  /** Why the supervisor itself ended the thread, if it did. */
  #silence(): string | undefined {
    return this.#state === 'running' && this.#lastError?.startsWith('showed no life') ? this.#lastError : undefined
  }

  #ended(why: string): void {
    const before = this.#state
    this.#worker = undefined
    this.#heapUsedBytes = null
    this.#eventLoopDelayP99Ms = null
    if (before === 'stopping') {
      this.#become('stopped')
      return
    }
    this.#lastError = why.split('\n', 1)[0] ?? why
    this.#become('failed')
    if (this.#startedAtMs === null) {
      // The first start is its starter's to decide about, and to tell.
      this.#say('info', `cannot start: ${why}`)
      return
    }
    this.#say('error', before === 'running' ? `died: ${why}` : `cannot start: ${why}`)
    this.#startAgain(before === 'running')
  }

  #startAgain(ran: boolean): void {
    const { backOffMs, healthyAfterMs } = this.#options.limits
    if (ran && Date.now() - (this.#startedAtMs ?? 0) > healthyAfterMs) this.#restartsInRow = 0
    const waitMs = backOffMs[Math.min(this.#restartsInRow, backOffMs.length - 1)] ?? 0
    this.#restartsInRow += 1
    this.#become('backing-off')
    this.#say('warn', `is started again in ${waitMs} ms`)
    this.#again = setTimeout(() => {
      this.#restarts += 1
      this.#launch().catch(() => {}) // #ended has told, and tries again
    }, waitMs)
  }

  #become(state: PartStatus['state']): void {
    this.#state = state
    if (state === 'stopped') this.#startedAtMs = null
    this.#options.changed()
  }

  #say(level: LogLine['level'], text: string): void {
    const line: LogLine = { level, part: this.#options.plan.name, text, atMs: Date.now() }
    this.#keepLine(line)
    this.#options.log(line)
  }

  #keepLine(line: LogLine): void {
    this.#lines.push(`${new Date(line.atMs).toISOString()} ${line.level} ${line.text}`)
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
  }
}
