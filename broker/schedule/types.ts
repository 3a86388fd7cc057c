// broker/schedule/types.ts: messages whose time has not come, as processors see them.
import type { StoredRecord } from '../protocol/record'
import type { Appended, NewMessage } from '../store/types'

/** Delay levels: level n waits in queue n-1 of SCHEDULE_TOPIC_XXXX. */
export interface DelayLevels {
  /** How many levels there are; a greater level counts as the last. */
  readonly max: number
  /** Delay of a level, 0 for a level that does not exist. */
  delayMs(level: number): number
  /** Next offset to deliver per level, and one past the last, as brokerStatus shows it. */
  progress(): Iterable<{ level: number; deliveredTo: number; maxOffset: number }>
  /** Text of delayOffset.json now. */
  toJson(): string
  /** Takes a master's progress (code 45). */
  replaceAll(offsets: ReadonlyMap<number, number>): void
  start(): void
  /** Rests until the next start, which goes on behind what is known to be delivered. */
  pause(): Promise<void>
  stop(): Promise<void>
}

/** Messages of transactions that wait for their sender's word, in RMQ_SYS_TRANS_HALF_TOPIC. */
export interface PreparedMessages {
  /** The message as it waits there. The sender then says how it ends, or is asked. */
  hold(message: NewMessage, uniqueKey: string): NewMessage
  /** The prepared message at this place of the commit log, or undefined when none lies there. */
  at(commitLogOffset: number): Promise<StoredRecord | undefined>
  /**
   * The queueOffset under which the message waits now (it is put again for each check); 'set-aside' when it was asked for
   * too often and lies in TRANS_CHECK_MAX_TIME_TOPIC; undefined when it has ended.
   */
  waitsAs(record: StoredRecord): Promise<number | 'set-aside' | undefined>
  /** Whether this queueOffset still waits. Asked again right before it is settled: nothing may come between. */
  isWaiting(queueOffset: number): boolean
  /** It was committed or rolled back: noted in the same write as what this turn stored. */
  settle(queueOffset: number): void
  /** Whether a queue holds this record, of whatever topic: bytes that look like one may lie in a body. */
  liesInQueue(record: StoredRecord): Promise<boolean>
  /** Puts a record once more, to be checked from the beginning. Throws StoreError. */
  resume(record: StoredRecord): Appended
  start(): void
  /** transactionCheckInterval is another from now on. */
  settingsChanged(): void
  stop(): Promise<void>
}
