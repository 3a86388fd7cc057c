// server/clusters/probe.ts: whether a cluster can be reached from here and what it lets the console do: step by step, each
// with its time. Changes nothing there: the one write it asks for is of a topic whose name no broker takes.
import { openAdmin } from '../admin/open'
import { probeBroker } from '../admin/probe-broker'
import { oneLine } from '../shared/errors'
import type { ProbeStep } from '../shared/views'
import type { Reach } from './reach'

const STEP_TIMEOUT_MS = 3000
const MOST_BROKERS = 32

export const probe = async (namesrv: readonly string[], reach: Reach): Promise<ProbeStep[]> => {
  const steps: ProbeStep[] = []
  const timed = async <T>(
    step: ProbeStep['step'],
    who: string,
    run: () => Promise<T>,
    found: (value: T) => Partial<Pick<ProbeStep, 'text' | 'count'>>,
  ): Promise<{ value: T } | null> => {
    const began = performance.now()
    const at = { step, who, right: null, text: '', count: null }
    try {
      const value = await run()
      steps.push({ ...at, ok: true, tookMs: performance.now() - began, ...found(value) })
      return { value }
    } catch (error) {
      steps.push({ ...at, ok: false, tookMs: performance.now() - began, text: oneLine(error) })
      return null
    }
  }
  const seen = new Set<string>()
  for (const address of namesrv) {
    const open = { ...reach, timeoutMs: STEP_TIMEOUT_MS, connectTimeoutMs: STEP_TIMEOUT_MS }
    const admin = openAdmin({ ...open, namesrv: [address] })
    try {
      const allowed = await timed(
        'resolve',
        address,
        async () => (await reach.resolve?.(address))?.address ?? address,
        (text) => ({ text }),
      )
      if (allowed === null) continue
      const brokers = await timed(
        'connect',
        address,
        () => admin.names.brokers(),
        (found) => ({ count: found.length }),
      )
      if (brokers === null) continue
      await timed(
        'route',
        address,
        () => admin.names.topics(),
        (found) => ({ count: found.length }),
      )
      for (const { name, id, address: told } of brokers.value.slice(0, MOST_BROKERS)) {
        if (seen.has(told)) continue
        seen.add(told)
        steps.push(...(await probeBroker(`${name}:${id} ${told}`, told, open)))
      }
    } finally {
      admin.close()
    }
  }
  return steps
}
