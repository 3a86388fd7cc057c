// broker/filter/scripts.ts: asks the thread of filter scripts, and keeps the figures of each script. The broker's thread never
// runs a script and never waits for one: verdicts come later. A thread that gives no answer in time is ended, whatever it
// is at; the script it was at rests for a while, and so does one that keeps breaking its bounds.
import {
  type FilterScript,
  type FromScriptThread,
  Judged,
  type ScriptFigures,
  type ToScriptThread,
} from './script-types'

export interface ScriptThread {
  tell(message: ToScriptThread): void
  /** At once, whatever it is doing. */
  end(): Promise<unknown>
}
export interface ScriptThreadEvents {
  said(message: FromScriptThread): void
  /** It came to its end by itself. */
  ended(why: string): void
}
export interface ScriptsOptions {
  start(events: ScriptThreadEvents): ScriptThread
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  /** How long the thread may take beyond what its scripts may: it may be slow to begin, and the machine busy. */
  patienceMs?: number
}
export interface Scripts {
  /** Whether the group gets each of the records, one a buffer; rejects when too many wait to be judged. */
  judge(script: FilterScript, records: readonly Buffer[]): Promise<readonly boolean[]>
  /** Why a source cannot be used, for its author. Rejects when nobody can tell now. */
  faultOf(source: string, timeLimitMs: number): Promise<string | undefined>
  figures(script: FilterScript): ScriptFigures
  forget(group: string): void
  close(): Promise<void>
}
export const createScripts = (options: ScriptsOptions): Scripts => new Asker(options)

const usualPatienceMs = 15_000
/** A thread that is not there by then never will be. */
const startMs = 60_000
const restMs = 60_000
const hardFaultsInRow = 10
const mostWaiting = 10_000
/** Of messages that wait to be judged; one request may always wait. */
const mostWaitingBytes = 64 * 1024 * 1024

interface Asked {
  readonly message: Extract<ToScriptThread, { type: 'try' | 'judge' }>
  /** Of what is judged. */
  readonly script: FilterScript | undefined
  /** How long the thread may be at it. */
  readonly limitMs: number
  done(answer: FromScriptThread): void
  failed(why: string): void
}

const bytesOf = ({ message }: Asked): number => (message.type === 'judge' ? message.records.length : 0)

class Asker implements Scripts {
  readonly #options: ScriptsOptions
  readonly #patienceMs: number
  #thread: ScriptThread | undefined
  /** In the order in which the thread answers. */
  readonly #waiting: Asked[] = []
  #waitingBytes = 0
  #isReady = false
  #late: NodeJS.Timeout | undefined
  #nextId = 1
  /** By group, the version that the thread has. */
  readonly #loaded = new Map<string, number>()
  readonly #figures = new Map<string, ScriptFigures & { version: number }>()
  #isClosed = false

  constructor(options: ScriptsOptions) {
    this.#options = options
    this.#patienceMs = options.patienceMs ?? usualPatienceMs
  }

  judge(script: FilterScript, records: readonly Buffer[]): Promise<readonly boolean[]> {
    const figures = this.#figuresOf(script)
    const count = records.length
    const byChoice = script.onFault === 'open'
    if (this.#isClosed || figures.restsUntilMs > this.#options.clock()) {
      this.#count(figures, { faults: count })
      return Promise.resolve(new Array<boolean>(count).fill(byChoice))
    }
    const isMuch = this.#waiting.length >= mostWaiting || this.#waitingBytes >= mostWaitingBytes
    if (isMuch) {
      const why = `${this.#waiting.length} requests of ${this.#waitingBytes} bytes wait for their filter scripts`
      return Promise.reject(new Error(why))
    }
    this.#load(script)
    const copy = new Uint8Array(Buffer.concat(records)) // the store's own memory stays where it is
    return new Promise((resolve) =>
      this.#ask({
        message: { type: 'judge', id: this.#nextId++, group: script.group, records: copy },
        script,
        limitMs: this.#patienceMs + count * script.timeLimitMs,
        done: (answer) => {
          if (answer.type !== 'judged') return
          const { verdicts, fault, hardInRow } = answer
          const faults = verdicts.filter((verdict) => verdict === Judged.fault).length
          const passed = verdicts.filter((verdict) => verdict === Judged.passed).length
          this.#count(figures, { passed, leftOut: count - passed - faults, faults, fault })
          if (hardInRow >= hardFaultsInRow) this.#rest(script, figures, `${hardInRow} times in a row: ${fault}`)
          resolve([...verdicts].map((verdict) => (verdict === Judged.fault ? byChoice : verdict === Judged.passed)))
        },
        failed: (why) => {
          this.#count(figures, { faults: count, fault: why })
          resolve(new Array<boolean>(count).fill(byChoice))
        },
      }),
    )
  }

  faultOf(source: string, timeLimitMs: number): Promise<string | undefined> {
    return new Promise((resolve, reject) =>
      this.#ask({
        message: { type: 'try', id: this.#nextId++, source, timeLimitMs },
        script: undefined,
        limitMs: this.#patienceMs,
        done: (answer) => resolve(answer.type === 'tried' ? answer.fault : undefined),
        failed: (why) => reject(new Error(`the filter script could not be tried: ${why}`)),
      }),
    )
  }

  figures(script: FilterScript): ScriptFigures {
    return this.#figuresOf(script)
  }

  forget(group: string): void {
    this.#figures.delete(group)
    if (this.#loaded.delete(group)) this.#thread?.tell({ type: 'forget', group })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#late)
    for (const asked of this.#waiting.splice(0)) asked.failed('the broker stops')
    await this.#thread?.end()
  }

  #figuresOf({ group, updatedAtMs }: FilterScript): ScriptFigures {
    const held = this.#figures.get(group)
    if (held?.version === updatedAtMs) return held
    const made = { passed: 0, leftOut: 0, faults: 0, lastFault: '', lastFaultAtMs: 0, restsUntilMs: 0 }
    const figures = { ...made, version: updatedAtMs }
    this.#figures.set(group, figures)
    return figures
  }
  #count(
    figures: ScriptFigures,
    more: { passed?: number; leftOut?: number; faults: number; fault?: string | undefined },
  ): void {
    figures.passed += more.passed ?? 0
    figures.leftOut += more.leftOut ?? 0
    figures.faults += more.faults
    if (more.fault === undefined) return
    figures.lastFault = more.fault
    figures.lastFaultAtMs = this.#options.clock()
  }
  #rest({ group }: FilterScript, figures: ScriptFigures, why: string): void {
    figures.restsUntilMs = this.#options.clock() + restMs
    this.#options.log('warn', `the filter script of group ${group} is not asked for ${restMs / 1000} s: ${why}`)
  }

  #load({ group, source, timeLimitMs, updatedAtMs }: FilterScript): void {
    const thread = this.#started()
    if (this.#loaded.get(group) === updatedAtMs) return
    this.#loaded.set(group, updatedAtMs)
    thread.tell({ type: 'load', group, source, timeLimitMs })
  }

  #ask(asked: Asked): void {
    if (this.#isClosed) {
      asked.failed('the broker stops')
      return
    }
    this.#waiting.push(asked)
    this.#waitingBytes += bytesOf(asked)
    this.#started().tell(asked.message)
    if (this.#waiting.length === 1) this.#watch()
  }

  #started(): ScriptThread {
    if (this.#thread !== undefined) return this.#thread
    this.#loaded.clear()
    this.#isReady = false
    const thread = this.#options.start({
      said: (message) => {
        if (this.#thread === thread) this.#answered(message)
      },
      ended: (why) => {
        if (this.#thread === thread) this.#again(`its thread ended: ${why}`)
      },
    })
    this.#thread = thread
    return thread
  }

  #answered(message: FromScriptThread): void {
    if (message.type === 'ready') {
      this.#isReady = true
      this.#watch()
      return
    }
    const asked = this.#waiting[0]
    if (asked?.message.id !== message.id) return
    this.#waiting.shift()
    this.#waitingBytes -= bytesOf(asked)
    this.#watch()
    asked.done(message)
  }

  /** The oldest question has its time from now on: those before it are answered. */
  #watch(): void {
    clearTimeout(this.#late)
    const [oldest] = this.#waiting
    if (oldest === undefined) return
    const limitMs = this.#isReady ? oldest.limitMs : startMs
    this.#late = setTimeout(() => this.#again(`no answer within ${limitMs} ms`), limitMs)
    this.#late.unref()
  }

  /** Another thread goes on behind the question at which this one stopped. */
  #again(why: string): void {
    const gone = this.#thread
    this.#thread = undefined
    gone?.end().catch(() => {}) // it is not asked any more
    const culprit = this.#waiting.shift()
    if (culprit?.script !== undefined) this.#rest(culprit.script, this.#figuresOf(culprit.script), why)
    culprit?.failed(why)
    const rest = this.#waiting.splice(0)
    this.#waitingBytes = 0
    for (const asked of rest) {
      const isResting = asked.script !== undefined && asked.script.group === culprit?.script?.group
      if (isResting) {
        asked.failed(why)
        continue
      }
      if (asked.script !== undefined) this.#load(asked.script)
      this.#ask(asked)
    }
    this.#watch()
  }
}
