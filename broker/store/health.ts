// broker/store/health.ts: why a store refuses puts, if it does. Several things may be wrong at once; each part says when its
// own trouble begins and ends.
import { isDiskFull } from '../file/files'
import { StoreError, type StoreFault } from './types'

export type Trouble = 'commit log' | 'flush' | 'views' | 'disk space' | 'closed'

export interface Health {
  readonly ok: boolean
  readonly reason: string
  begin(trouble: Trouble, fault: StoreFault, reason: string): void
  end(trouble: Trouble): void
  has(trouble: Trouble): boolean
  /** Whether this is all that is wrong, if anything is. */
  okBut(trouble: Trouble): boolean
  /** Throws the StoreError that says why, if there is a reason. */
  check(): void
}
export const createHealth = (log: (level: 'info' | 'error', line: string) => void): Health => new Board(log)

class Board implements Health {
  readonly #troubles = new Map<Trouble, { fault: StoreFault; reason: string }>()
  readonly #log: (level: 'info' | 'error', line: string) => void
  ok = true

  constructor(log: (level: 'info' | 'error', line: string) => void) {
    this.#log = log
  }

  get reason(): string {
    return [...this.#troubles.values()].map((trouble) => trouble.reason).join('; ')
  }

  begin(trouble: Trouble, fault: StoreFault, reason: string): void {
    const before = this.#troubles.get(trouble)
    this.#troubles.set(trouble, { fault, reason })
    this.ok = false
    if (before?.reason !== reason && trouble !== 'closed') this.#log('error', `the store takes no messages: ${reason}`)
  }

  end(trouble: Trouble): void {
    if (!this.#troubles.delete(trouble)) return
    this.ok = this.#troubles.size === 0
    if (this.ok) this.#log('info', 'the store takes messages again')
  }

  has(trouble: Trouble): boolean {
    return this.#troubles.has(trouble)
  }

  okBut(trouble: Trouble): boolean {
    return this.#troubles.size === (this.#troubles.has(trouble) ? 1 : 0)
  }

  check(): void {
    const [first] = this.#troubles.values()
    if (first !== undefined) throw new StoreError(first.fault, this.reason)
  }
}

/** A fault of the disk, by its error. */
export const faultOf = (error: unknown): StoreFault => (isDiskFull(error) ? 'disk-full' : 'io')
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
