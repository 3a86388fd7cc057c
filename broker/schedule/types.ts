// broker/schedule/types.ts: messages whose time has not come, as processors see them.

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
  stop(): Promise<void>
}
