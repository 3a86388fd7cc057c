// server/clusters/probe.ts: whether a cluster can be reached from here, step by step, each with its time and remedy.
import { openAdmin } from '../admin/open'
import { oneLine } from '../shared/errors'

export interface ProbeStep {
  step: 'resolve' | 'connect' | 'route' | 'broker'
  who: string
  ok: boolean
  tookMs: number
  text: string
}
const STEP_TIMEOUT_MS = 3000

export const probe = async (namesrv: readonly string[]): Promise<ProbeStep[]> => {
  const steps: ProbeStep[] = []
  const timed = async <T>(
    step: ProbeStep['step'],
    who: string,
    run: () => Promise<T>,
    text: (found: T) => string,
  ): Promise<T | null> => {
    const began = performance.now()
    try {
      const found = await run()
      steps.push({ step, who, ok: true, tookMs: performance.now() - began, text: text(found) })
      return found
    } catch (error) {
      steps.push({ step, who, ok: false, tookMs: performance.now() - began, text: oneLine(error) })
      return null
    }
  }
  for (const address of namesrv) {
    const admin = openAdmin({ namesrv: [address], timeoutMs: STEP_TIMEOUT_MS, connectTimeoutMs: STEP_TIMEOUT_MS })
    try {
      const brokers = await timed(
        'connect',
        address,
        () => admin.names.brokers(),
        (found) => `${found.length} brokers are registered`,
      )
      if (brokers === null) continue
      await timed(
        'route',
        address,
        () => admin.names.topics(),
        (found) => `${found.length} topics have routes`,
      )
      for (const broker of brokers)
        await timed(
          'broker',
          `${broker.name}:${broker.id} ${broker.address}`,
          () => admin.brokers.runtime(broker.address),
          (found) => found.brokerVersionDesc ?? 'answers',
        )
    } finally {
      admin.close()
    }
  }
  return steps
}
