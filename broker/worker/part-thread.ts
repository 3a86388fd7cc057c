// broker/worker/part-thread.ts: the life of a part inside its thread: starts it, shows that it is alive, stops it when
// told. A fault nobody caught ends the thread: the supervisor sees that and starts another.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import type { LogLine } from '../types'
import { type FromPart, type PartPlan, PULSE_MS, type ToPart } from './messages'

export interface RunningPart {
  readonly address: string
  readonly role: 'namesrv' | 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE'
  /** Stops accepting, answers what is in flight, flushes, leaves. */
  stop(): Promise<void>
  /** Its master is about to stop in order. */
  masterStops?: () => void
}
export type PartLog = (level: LogLine['level'], text: string) => void
/** `became`: told when its role is another one while it runs. */
export type StartPart = (
  plan: PartPlan,
  log: PartLog,
  became?: (role: RunningPart['role']) => void,
) => Promise<RunningPart>

export function runPart(startPart: StartPart): void {
  const port = parentPort
  if (port === null) throw new Error('a part runs in a worker thread')
  const plan = workerData as PartPlan // the supervisor's own, of the same build
  const tell = (message: FromPart) => port.postMessage(message)
  const log: PartLog = (level, text) => tell({ type: 'log', line: { level, part: plan.name, text, atMs: Date.now() } })

  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const pulse = setInterval(() => {
    tell({
      type: 'pulse',
      heapUsedBytes: process.memoryUsage().heapUsed,
      eventLoopDelayP99Ms: delay.percentile(99) / 1e6,
    })
    delay.reset()
  }, PULSE_MS)

  const started = startPart(plan, log, (role) => tell({ type: 'role', role }))
  started.then(
    (part) => tell({ type: 'ready', address: part.address, role: part.role }),
    (error: unknown) => {
      tell({ type: 'failed', text: error instanceof Error ? error.message : String(error) })
      end()
    },
  )
  port.on('message', (message: ToPart) => {
    if (message.type === 'masterStops') {
      started.then((part) => part.masterStops?.()).catch(() => undefined) // one that did not start has told so
      return
    }
    started
      .then((part) => part.stop())
      .catch((error: unknown) => log('error', `stopping: ${error instanceof Error ? error.stack : error}`))
      .finally(end)
  })

  function end(): void {
    clearInterval(pulse)
    delay.disable()
    port?.close() // nothing keeps the thread now, unless a part left something open
    setTimeout(() => process.exit(), 2000).unref()
  }
}
