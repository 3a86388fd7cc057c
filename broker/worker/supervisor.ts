// broker/worker/supervisor.ts: starts the parts of a cluster in order, watches them, stops them in reverse order. Owner
// of all threads; it takes no part in any message.
import type { LogLine, PartStatus } from '../types'
import { createPart, defaultLimits, type Part, type PartLimits } from './part'
import type { PartSpec } from './topology'

export interface SupervisorOptions {
  /** Started in this order by kind: name servers, then all brokers at once. */
  parts: readonly PartSpec[]
  limits?: Partial<PartLimits>
  log: (line: LogLine) => void
  /** The thread's program; by default the compiled entry beside this file. */
  entryOf?: (kind: PartStatus['kind']) => URL
}
export interface Supervisor {
  readonly parts: readonly PartStatus[]
  onChange(listener: (parts: readonly PartStatus[]) => void): () => void
  /** All of them, or none: when one cannot start, those that did are stopped and its words are thrown. */
  startAll(): Promise<void>
  start(name: string): Promise<void>
  stop(name: string): Promise<void>
  restart(name: string): Promise<void>
  close(): Promise<void>
}

export const createSupervisor = (options: SupervisorOptions): Supervisor => new ThreadSupervisor(options)

/** Compiled, all entries lie beside each other. */
const compiledEntry = (kind: PartStatus['kind']): URL =>
  kind === 'namesrv' ? new URL('./namesrv-entry.js', import.meta.url) : new URL('./broker-entry.js', import.meta.url)

const WATCH_MS = 1000

class ThreadSupervisor implements Supervisor {
  readonly #parts: readonly Part[]
  readonly #listeners = new Set<(parts: readonly PartStatus[]) => void>()
  #watch: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor({ parts, limits, log, entryOf = compiledEntry }: SupervisorOptions) {
    this.#parts = parts.map(({ plan, role }) =>
      createPart({
        plan,
        role,
        entry: entryOf(plan.kind),
        limits: { ...defaultLimits, ...limits },
        log,
        changed: () => this.#tell(),
      }),
    )
  }

  get parts(): readonly PartStatus[] {
    return this.#parts.map((part) => part.status)
  }

  onChange(listener: (parts: readonly PartStatus[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async startAll(): Promise<void> {
    this.#watchPulses()
    try {
      for (const kind of ['namesrv', 'broker'] as const) {
        const starts = this.#ofKind(kind).map((part) => part.start())
        const ends = await Promise.allSettled(starts)
        const failed = ends.find((end) => end.status === 'rejected')
        if (failed) throw failed.reason
      }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async start(name: string): Promise<void> {
    await this.#named(name).start()
  }
  async stop(name: string): Promise<void> {
    await this.#named(name).stop()
  }
  async restart(name: string): Promise<void> {
    const part = this.#named(name)
    await part.stop()
    await part.start()
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeInOrder()
    return this.#closing
  }

  async #closeInOrder(): Promise<void> {
    clearInterval(this.#watch)
    // Brokers first: they take leave of the name server. Of them the masters: what they still take must reach their slaves.
    const brokers = this.#ofKind('broker')
    const isSlave = (part: Part): boolean => part.status.role === 'SLAVE'
    const masters = brokers.filter((part) => !isSlave(part))
    for (const slave of brokers.filter(isSlave)) slave.masterStops()
    for (const parts of [masters, brokers.filter(isSlave), this.#ofKind('namesrv')]) {
      await Promise.all(parts.map((part) => part.stop()))
    }
  }

  /** When this thread itself was held up (a stopped process, a long pause), nobody is called silent for it. */
  #watchPulses(): void {
    let lastMs = performance.now()
    this.#watch = setInterval(() => {
      const nowMs = performance.now()
      if (nowMs - lastMs < 3 * WATCH_MS) for (const part of this.#parts) part.checkPulse(nowMs)
      lastMs = nowMs
    }, WATCH_MS)
  }

  #ofKind(kind: PartStatus['kind']): Part[] {
    return this.#parts.filter((part) => part.status.kind === kind)
  }

  #named(name: string): Part {
    const part = this.#parts.find(({ status }) => status.name === name)
    if (!part) throw new Error(`there is no part ${name}: ${this.#parts.map(({ status }) => status.name).join(', ')}`)
    return part
  }

  #tell(): void {
    const parts = this.parts
    for (const listener of [...this.#listeners]) listener(parts)
  }
}
