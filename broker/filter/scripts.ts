// broker/filter/scripts.ts: asks the threads of filter scripts, and keeps the figures of each script. The broker's thread never
// runs a script and never waits for one: verdicts come later. A script at which a thread had to be ended rests for a while,
// and so does one that keeps breaking its bounds.
import { createScriptThreads, type ScriptThread, type ScriptThreadEvents, type ScriptThreads } from './script-threads'
import { type FilterScript, type FromScriptThread, Judged, type ScriptFigures, scriptLimits } from './script-types'

export interface ScriptsOptions {
  start(events: ScriptThreadEvents): ScriptThread
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  /** How long a thread may take beyond what its scripts may: it may be slow to begin, and the machine busy. */
  patienceMs?: number
}
export interface Scripts {
  /** Whether the group gets each of the records, one a buffer; rejects when too many of the group wait to be judged. */
  judge(script: FilterScript, records: readonly Buffer[]): Promise<readonly boolean[]>
  /** Why a source cannot be used for the group, for its author. Rejects when nobody can tell now. */
  faultOf(group: string, source: string, timeLimitMs: number): Promise<string | undefined>
  /** What a source says of a record, once: it counts nowhere. Rejects when nobody can tell now. */
  tryOn(group: string, source: string, timeLimitMs: number, record: Buffer): Promise<Trial>
  figures(script: FilterScript): ScriptFigures
  forget(group: string): void
  close(): Promise<void>
}
export type Trial = { readonly passes: boolean } | { readonly fault: string }
export const createScripts = (options: ScriptsOptions): Scripts => new Asker(options)

const usualPatienceMs = 15_000
const restMs = 60_000
/** Trials are made one by one: so many of a group wait at most, so that one that loops does not keep others from theirs. */
const mostTrials = 4

interface Figures extends ScriptFigures {
  readonly version: number
  /** How many of the last messages broke a bound, without a gap. */
  overrunsInRow: number
}
type Tried = Extract<FromScriptThread, { type: 'tried' }>

class Asker implements Scripts {
  readonly #options: ScriptsOptions
  readonly #patienceMs: number
  readonly #threads: ScriptThreads
  #nextId = 1
  readonly #figures = new Map<string, Figures>()
  /** By group: how many are not answered. */
  readonly #trials = new Map<string, number>()
  #isClosed = false

  constructor(options: ScriptsOptions) {
    this.#options = options
    this.#patienceMs = options.patienceMs ?? usualPatienceMs
    this.#threads = createScriptThreads((events) => options.start(events))
  }

  async judge(script: FilterScript, records: readonly Buffer[]): Promise<readonly boolean[]> {
    const { group, timeLimitMs } = script
    const figures = this.#figuresOf(script)
    const count = records.length
    const byChoice = script.onFault === 'open'
    if (this.#isClosed || figures.restsUntilMs > this.#options.clock()) {
      this.#count(figures, { faults: count })
      return new Array<boolean>(count).fill(byChoice)
    }
    const copy = new Uint8Array(Buffer.concat(records)) // the store's own memory stays where it is
    return new Promise((resolve) =>
      this.#threads.ask({
        group,
        message: { type: 'judge', id: this.#nextId++, group, records: copy },
        script,
        limitMs: this.#patienceMs + count * timeLimitMs,
        done: (answer) => {
          if (answer.type !== 'judged') return
          const { verdicts, fault } = answer
          const passed = verdicts.filter((verdict) => verdict === Judged.passed).length
          const leftOut = verdicts.filter((verdict) => verdict === Judged.leftOut).length
          this.#count(figures, { passed, leftOut, faults: count - passed - leftOut, fault })
          for (const verdict of verdicts) {
            if (verdict < Judged.overrun) figures.overrunsInRow = 0
            else if (verdict === Judged.overrun) figures.overrunsInRow += 1
          }
          if (figures.overrunsInRow >= scriptLimits.overrunsInRow) {
            this.#rest(script, figures, `${figures.overrunsInRow} times in a row: ${fault}`)
          }
          resolve([...verdicts].map((verdict) => (verdict >= Judged.fault ? byChoice : verdict === Judged.passed)))
        },
        failed: (why) => {
          this.#count(figures, { faults: count, fault: why })
          if (!this.#isClosed) this.#rest(script, figures, why)
          resolve(new Array<boolean>(count).fill(byChoice))
        },
      }),
    )
  }

  async faultOf(group: string, source: string, timeLimitMs: number): Promise<string | undefined> {
    return (await this.#try(group, source, timeLimitMs)).fault
  }

  async tryOn(group: string, source: string, timeLimitMs: number, record: Buffer): Promise<Trial> {
    const { fault, passes } = await this.#try(group, source, timeLimitMs, new Uint8Array(record))
    return fault === undefined && passes !== undefined
      ? { passes }
      : { fault: fault ?? 'it said nothing of the message' }
  }

  async #try(group: string, source: string, timeLimitMs: number, record?: Uint8Array): Promise<Tried> {
    const count = this.#trials.get(group) ?? 0
    if (count >= mostTrials) throw new Error(`${count} filter scripts of group ${group} are being tried: wait for them`)
    this.#trials.set(group, count + 1)
    try {
      return await this.#tried(source, timeLimitMs, record)
    } finally {
      const left = (this.#trials.get(group) ?? 1) - 1
      if (left > 0) this.#trials.set(group, left)
      else this.#trials.delete(group)
    }
  }
  #tried(source: string, timeLimitMs: number, record: Uint8Array | undefined): Promise<Tried> {
    const trial = { type: 'try', id: this.#nextId++, source, timeLimitMs } as const
    return new Promise((resolve, reject) =>
      this.#threads.ask({
        group: '',
        message: record === undefined ? trial : { ...trial, record },
        script: undefined,
        limitMs: this.#patienceMs + (record === undefined ? 0 : timeLimitMs),
        done: (answer) => {
          if (answer.type === 'tried') resolve(answer)
        },
        failed: (why) => reject(new Error(`the filter script could not be tried: ${why}`)),
      }),
    )
  }

  figures(script: FilterScript): ScriptFigures {
    return this.#figuresOf(script)
  }

  forget(group: string): void {
    this.#figures.delete(group)
    this.#threads.forget(group)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#threads.close()
  }

  #figuresOf({ group, updatedAtMs }: FilterScript): Figures {
    const held = this.#figures.get(group)
    if (held?.version === updatedAtMs) return held
    const none = { passed: 0, leftOut: 0, faults: 0, lastFault: '', lastFaultAtMs: 0, restsUntilMs: 0 }
    const figures = { ...none, version: updatedAtMs, overrunsInRow: 0 }
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
  #rest(script: FilterScript, figures: Figures, why: string): void {
    if (figures.restsUntilMs > this.#options.clock()) return
    figures.restsUntilMs = this.#options.clock() + restMs
    this.#options.log('warn', `the filter script of group ${script.group} is not asked for ${restMs / 1000} s: ${why}`)
    this.#threads.drop(script, why)
  }
}
