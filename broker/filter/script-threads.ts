// broker/filter/script-threads.ts: the threads of filter scripts, and whose turn it is. A thread is at the questions of one group
// at a time, a few of them, and a group at one thread; groups take turns, and those known to be slow never have all threads.
// So a script that loops makes its own group wait, and another one at most while as many loop for the first time as there
// are threads. Never waits for a thread itself.
import { type FilterScript, type FromScriptThread, Judged, type ToScriptThread } from './script-types'

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
export interface Question {
  /** Whose turn it takes; empty: of whoever tries a source. */
  readonly group: string
  readonly message: Extract<ToScriptThread, { type: 'try' | 'judge' }>
  /** What judges; undefined where a source is tried. */
  readonly script: FilterScript | undefined
  /** How long a thread may be at it: then the thread is ended, and this has failed. */
  readonly limitMs: number
  done(answer: FromScriptThread): void
  failed(why: string): void
}
export interface ScriptThreads {
  /** Throws an Error when too much of this group waits already. */
  ask(question: Question): void
  /** What is asked of this version of a script and not answered has failed. */
  drop(script: FilterScript, why: string): void
  forget(group: string): void
  close(): Promise<void>
}
export const createScriptThreads = (start: (events: ScriptThreadEvents) => ScriptThread): ScriptThreads =>
  new Threads(start)

const mostThreads = 4
/** So many of one group are on their way to a thread together, else each would wait for a turn of this one's loop. */
const mostTogether = 16
/** Another thread is worth its memory only when those there are busy for so long. */
const anotherAfterMs = 20
/** A thread that is not there by then never will be. */
const startMs = 60_000
/** Who needs longer for one question is slow, until it is quicker. */
const slowMs = 1000
/** Shared by the groups that wait, those that came before keeping what they have: with a hundred it is four times that. */
const mostWaiting = 10_000
/** As `mostWaiting`, of the messages in them. */
const mostWaitingBytes = 64 * 1024 * 1024

interface Lane {
  readonly thread: ScriptThread
  isReady: boolean
  /** By group, the version that it has. */
  readonly loaded: Map<string, number>
  /** Of one group, in the order in which it answers. */
  readonly at: Question[]
  sinceMs: number
  late: NodeJS.Timeout | undefined
}
interface Waiting {
  questions: Question[]
  bytes: number
}
const bytesOf = ({ message }: Question): number =>
  message.type === 'judge' ? message.records.length : (message.record?.length ?? 0)

class Threads implements ScriptThreads {
  readonly #start: (events: ScriptThreadEvents) => ScriptThread
  readonly #lanes = new Set<Lane>()
  /** By group, the one whose turn is next first. */
  readonly #waiting = new Map<string, Waiting>()
  readonly #slow = new Set<string>()
  #another: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(start: (events: ScriptThreadEvents) => ScriptThread) {
    this.#start = start
  }

  ask(question: Question): void {
    if (this.#isClosed) {
      question.failed('the broker stops')
      return
    }
    const own = this.#waiting.get(question.group) ?? { questions: [], bytes: 0 }
    // the more groups wait the less each may, and there is always room for one more
    const shares = this.#waiting.size + (own.questions.length === 0 ? 2 : 1)
    if (own.questions.length >= mostWaiting / shares || own.bytes >= mostWaitingBytes / shares) {
      throw new Error(
        `${own.questions.length} requests of ${own.bytes} bytes wait for the filter script of their group`,
      )
    }
    own.questions.push(question)
    own.bytes += bytesOf(question)
    this.#waiting.set(question.group, own)
    this.#giveOut()
  }

  drop({ group, updatedAtMs }: FilterScript, why: string): void {
    const own = this.#waiting.get(group)
    const isOfIt = ({ script }: Question): boolean => script?.group === group && script.updatedAtMs === updatedAtMs
    const dropped = own?.questions.filter(isOfIt) ?? []
    if (own !== undefined) {
      own.questions = own.questions.filter((question) => !isOfIt(question))
      own.bytes = own.questions.reduce((sum, question) => sum + bytesOf(question), 0)
      if (own.questions.length === 0) this.#waiting.delete(group)
    }
    for (const question of dropped) question.failed(why)
    for (const lane of [...this.#lanes]) if (lane.at.some(isOfIt)) this.#ended(lane, why)
  }

  forget(group: string): void {
    this.#slow.delete(group)
    for (const { loaded, thread } of this.#lanes) if (loaded.delete(group)) thread.tell({ type: 'forget', group })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#another)
    const lanes = [...this.#lanes]
    const open = [
      ...lanes.flatMap(({ at }) => at),
      ...[...this.#waiting.values()].flatMap(({ questions }) => questions),
    ]
    this.#lanes.clear()
    this.#waiting.clear()
    for (const { late } of lanes) clearTimeout(late)
    for (const question of open) question.failed('the broker stops')
    await Promise.all(lanes.map(({ thread }) => thread.end()))
  }

  /** Whatever can begin now begins. */
  #giveOut(): void {
    for (const group of [...this.#waiting.keys()]) {
      if (!this.#mayBegin(group)) continue
      const lane = this.#laneFor(group)
      if (lane === undefined) return
      this.#begin(lane, group)
    }
  }

  #mayBegin(group: string): boolean {
    const busy = [...this.#lanes].flatMap(({ at }) => at.slice(0, 1).map((question) => question.group))
    if (busy.includes(group)) return false
    return !this.#slow.has(group) || busy.filter((other) => this.#slow.has(other)).length < mostThreads - 1
  }

  /** One that knows the script if there is one; undefined: all are busy. */
  #laneFor(group: string): Lane | undefined {
    const idle = [...this.#lanes].filter(({ at }) => at.length === 0)
    const lane = idle.find(({ loaded }) => loaded.has(group)) ?? idle[0]
    if (lane !== undefined) return lane
    if (this.#lanes.size === 0) return this.#open()
    if (this.#lanes.size >= mostThreads || this.#another !== undefined) return undefined
    this.#another = setTimeout(() => {
      this.#another = undefined
      const isWanted = [...this.#waiting.keys()].some((waiting) => this.#mayBegin(waiting))
      if (!isWanted) return
      if ([...this.#lanes].every(({ at }) => at.length > 0)) this.#open()
      this.#giveOut()
    }, anotherAfterMs)
    this.#another.unref()
    return undefined
  }

  /** undefined: the machine has no thread to give. Where there is no other one, what waits has failed. */
  #open(): Lane | undefined {
    try {
      const thread = this.#start({
        said: (message) => this.#said(lane, message),
        ended: (why) => this.#ended(lane, `its thread ended: ${why}`),
      })
      const lane: Lane = { thread, isReady: false, loaded: new Map(), at: [], sinceMs: 0, late: undefined }
      this.#lanes.add(lane)
      return lane
    } catch (error) {
      if (this.#lanes.size > 0) return undefined
      const open = [...this.#waiting.values()].flatMap(({ questions }) => questions)
      this.#waiting.clear()
      for (const question of open) question.failed(`no thread can be started: ${error}`)
      return undefined
    }
  }

  #begin(lane: Lane, group: string): void {
    const own = this.#waiting.get(group)
    if (own === undefined) return
    // of trials too: they are of many people, and a thread that must be ended takes all that is on its way
    const isAlone = group === '' || this.#slow.has(group)
    lane.at.push(...own.questions.splice(0, isAlone ? 1 : mostTogether))
    this.#waiting.delete(group)
    if (own.questions.length > 0) this.#waiting.set(group, own) // behind the others
    this.#watch(lane)
    for (const question of lane.at) {
      own.bytes -= bytesOf(question)
      const { script, message } = question
      if (script !== undefined && lane.loaded.get(group) !== script.updatedAtMs) {
        lane.loaded.set(group, script.updatedAtMs)
        lane.thread.tell({ type: 'load', group, source: script.source, timeLimitMs: script.timeLimitMs })
      }
      lane.thread.tell(message)
    }
  }

  /** The oldest question has its time from now on: those before it are answered. */
  #watch(lane: Lane): void {
    clearTimeout(lane.late)
    const [oldest] = lane.at
    if (oldest === undefined) return
    lane.sinceMs = performance.now()
    const limitMs = lane.isReady ? oldest.limitMs : startMs
    lane.late = setTimeout(() => this.#ended(lane, `no answer within ${limitMs} ms`), limitMs)
    lane.late.unref()
  }

  #said(lane: Lane, message: FromScriptThread): void {
    if (!this.#lanes.has(lane)) return
    if (message.type === 'ready') {
      lane.isReady = true
      this.#watch(lane) // its time begins now
      return
    }
    const question = lane.at[0]
    if (question?.message.id !== message.id) return
    const tookMs = performance.now() - lane.sinceMs
    lane.at.shift()
    this.#watch(lane)
    const isHard = message.type === 'judged' && message.verdicts.includes(Judged.overrun)
    if (isHard || tookMs > slowMs) this.#slow.add(question.group)
    else this.#slow.delete(question.group)
    question.done(message)
    this.#giveOut()
  }

  #ended(lane: Lane, why: string): void {
    if (!this.#lanes.delete(lane)) return
    clearTimeout(lane.late)
    lane.thread.end().catch(() => {}) // it is not asked any more
    for (const question of lane.at.splice(0)) {
      this.#slow.add(question.group)
      question.failed(why)
    }
    this.#giveOut()
  }
}
