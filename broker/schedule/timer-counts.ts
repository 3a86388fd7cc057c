// broker/schedule/timer-counts.ts: how many timed messages wait per topic, as Apache's config/timermetrics keeps it and
// code 61 answers it. Counts that a crash left a second behind are put right as the timer log is read on.
import { join } from 'node:path'
import { firstVersion, nextVersion } from '../catalog/data-version'
import { openTableFile, readTable, type TableFile } from '../catalog/table-file'
import type { DataVersion } from '../catalog/types'
import { writeBodyText } from '../protocol/bodies'
import { timerMetrics } from '../protocol/bodies-admin'
import { javaHash } from '../protocol/java-hash'

export interface TimerCounts {
  add(topic: string, count: number): void
  /** The same for a unit of the timer log, which names its topic by hash alone. */
  addByHash(topicHash: number, count: number): boolean
  removeTopic(topic: string): void
  toJson(): string
  /** Writes the file if anything changed. */
  save(): void
  close(): Promise<void>
}
export interface TimerCountsOptions {
  configDir: string
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

export async function openTimerCounts(options: TimerCountsOptions): Promise<TimerCounts> {
  const path = join(options.configDir, 'timermetrics')
  let counts = new Map<string, { count: number; timeStamp: number }>()
  let version = firstVersion(options.clock())
  try {
    const read = await readTable(path, timerMetrics)
    if (read !== undefined) counts = new Map(read.timingCount)
    if (read?.dataVersion !== undefined) version = read.dataVersion
  } catch (error) {
    // figures only: no message hangs on them
    options.log('warn', `${path} cannot be read, counting anew: ${error instanceof Error ? error.message : error}`)
  }
  return new Counts(options, path, counts, version)
}

class Counts implements TimerCounts {
  readonly #clock: () => number
  readonly #counts: Map<string, { count: number; timeStamp: number }>
  readonly #file: TableFile
  #version: DataVersion
  #isChanged = false

  constructor(
    options: TimerCountsOptions,
    path: string,
    counts: Map<string, { count: number; timeStamp: number }>,
    version: DataVersion,
  ) {
    this.#clock = options.clock
    this.#counts = counts
    this.#version = version
    this.#file = openTableFile({ path, render: () => this.toJson(), log: options.log })
  }

  add(topic: string, count: number): void {
    const held = this.#counts.get(topic)
    const timeStamp = this.#clock()
    if (held === undefined) this.#counts.set(topic, { count, timeStamp })
    else {
      held.count += count
      held.timeStamp = timeStamp
    }
    this.#isChanged = true
  }
  addByHash(topicHash: number, count: number): boolean {
    for (const topic of this.#counts.keys()) {
      if (javaHash(topic) !== topicHash) continue
      this.add(topic, count)
      return true
    }
    return false
  }
  removeTopic(topic: string): void {
    if (this.#counts.delete(topic)) this.#isChanged = true
  }

  toJson(): string {
    return writeBodyText(timerMetrics, { dataVersion: this.#version, timingCount: this.#counts })
  }
  save(): void {
    if (!this.#isChanged) return
    this.#isChanged = false
    this.#version = nextVersion(this.#version, this.#clock())
    this.#file.changed()
  }
  async close(): Promise<void> {
    this.save()
    await this.#file.close()
  }
}
