// test/support/steady.ts: Steady.java: a stock producer and a stock consumer in one JVM that stay for as long as a test wants,
// and what they say of themselves when they are asked.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './children'
import { compileJava, javaParts, launchJava } from './java'

/** Counts since the start; `brokers`: sends by broker; `gapMs`: the longest time without one that succeeded, since the last status. */
export interface SteadyStatus {
  sent: number
  failed: number
  received: number
  missing: number
  gapMs: number
  brokers: Record<string, number>
}

export class Steady {
  readonly child: Child
  #asked = 0
  private constructor(child: Child) {
    this.child = child
  }
  /** Ready, and not sending yet: `load` begins. Throws where there is no Java. */
  static async start(namesrv: string, topic: string, group: string): Promise<Steady> {
    const parts = await javaParts()
    if ('missing' in parts) throw new Error(parts.missing)
    const classes = await compileJava(parts)
    const child = launchJava({ ...parts, classes, main: 'Steady', args: [namesrv, topic, group] })
    await child.line(/^READY/, 120_000)
    return new Steady(child)
  }
  load(): void {
    this.child.write('load\n')
  }
  async status(): Promise<SteadyStatus> {
    this.child.write('status\n')
    for (const number = this.#asked++; ; await sleep(20)) {
      const line = this.child.stdout.split('\n').filter((one) => /^STATUS .*\}$/.test(one))[number]
      if (line !== undefined) return JSON.parse(line.slice(7)) as SteadyStatus // Steady.java prints it in this form
    }
  }
  /** The status once it holds; the last one when it does not in time, for the caller to judge. */
  async until(holds: (status: SteadyStatus) => boolean, timeoutMs: number): Promise<SteadyStatus> {
    for (const end = Date.now() + timeoutMs; ; await sleep(200)) {
      const status = await this.status()
      if (holds(status) || Date.now() > end) return status
    }
  }
}
