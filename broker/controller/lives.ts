// broker/controller/lives.ts: which brokers are alive: heard within the time they gave themselves, over a connection that
// stands. Kept in memory only; after a start nobody is believed dead before there was time for a heartbeat.
import type { Connection } from '../net/types'
import type { LiveInfo } from './replicas'

export interface Heartbeat extends LiveInfo {
  readonly brokerName: string
  readonly brokerId: number
  readonly address: string
  readonly timeoutMs: number
}
interface Entry extends Heartbeat {
  readonly connection: Connection
  readonly heardAtMs: number
}

export class Lives {
  readonly #clock: () => number
  readonly #byKey = new Map<string, Entry>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  heard(beat: Heartbeat, connection: Connection): void {
    this.#byKey.set(keyOf(beat.brokerName, beat.brokerId), { ...beat, connection, heardAtMs: this.#clock() })
  }

  get(brokerName: string, brokerId: number): Entry | undefined {
    const entry = this.#byKey.get(keyOf(brokerName, brokerId))
    return entry === undefined || this.#clock() - entry.heardAtMs > entry.timeoutMs ? undefined : entry
  }

  /** Everyone who was last heard over this connection, who is dead with it unless heard again. */
  over(connection: Connection): readonly Heartbeat[] {
    return [...this.#byKey.values()].filter((entry) => entry.connection === connection)
  }
  /** Takes whoever was last heard over this connection for dead; answers with them. */
  lost(connection: Connection): readonly Heartbeat[] {
    const gone = this.over(connection)
    for (const { brokerName, brokerId } of gone) this.#byKey.delete(keyOf(brokerName, brokerId))
    return gone
  }
  forget(brokerName: string, brokerId: number): void {
    this.#byKey.delete(keyOf(brokerName, brokerId))
  }
}

const keyOf = (brokerName: string, brokerId: number): string => `${brokerName}:${brokerId}`
