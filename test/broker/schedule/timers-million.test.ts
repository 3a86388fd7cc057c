// test/broker/schedule/timers-million.test.ts: a million timed messages wait: how long a start takes and what each costs. Run
// by `npm run test:long -- timers`; ROCKETDECK_TIMERS says how many, 20,000 in a run of all tests.
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { encodeProperties } from '../../../broker/protocol/properties'
import { held } from '../../../broker/schedule/timed'
import { openTimers } from '../../../broker/schedule/timers'
import { openMessageStore } from '../../../broker/store'
import { temporaryFolder } from '../../support/folders'
import { newMessage, safe, storeOptions } from '../../support/stores'
import { timerSettings } from './timed-store'

const count = Number(process.env.ROCKETDECK_TIMERS ?? 20_000)
const spreadMs = 40 * 3_600_000
/** As a broker's, for so many. */
const settings = timerSettings({ mappedFileSizeTimerLog: 104_857_600 })

const openAll = async (rootDir: string) => {
  const store = await openMessageStore({
    ...storeOptions(rootDir),
    commitLogSegmentBytes: 1 << 28,
    consumeQueueSegmentBytes: 6_000_000,
    hotBytes: 64 * 1024 * 1024,
    more: { indexEnabled: false, maxUnsafeBytes: 1 << 30 },
  })
  const startedAt = performance.now()
  const log = (): void => {}
  const timers = await openTimers({ rootDir, configDir: `${rootDir}/config`, store, settings, clock: Date.now, log })
  return { store, timers, openedInMs: performance.now() - startedAt }
}
const heldBytes = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it(`${count} messages wait without a long start, and none costs more than 200 bytes`, {
  timeout: 600_000,
}, async () => {
  const rootDir = temporaryFolder('million')
  const first = await openAll(rootDir)
  const dueFromMs = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000
  first.timers.start()
  for (let n = 0; n < count; n++) {
    const slotMs = dueFromMs + Math.floor((((n * 7919) % count) * (spreadMs / count)) / 1000) * 1000
    const properties = new Map([
      ['TIMER_DELIVER_MS', String(slotMs + 500)],
      ['UNIQ_KEY', `U${n}`],
    ])
    const message = { ...newMessage({ body: 'x' }), properties: encodeProperties(properties) }
    const { commitLogOffset } = first.store.append(held(message, properties, slotMs))
    if (n % 2000 === 0) await safe(first.store, commitLogOffset)
  }
  await expect.poll(() => first.timers.figures().offsetBehind, { timeout: 300_000, interval: 50 }).toBe(0)
  expect(first.timers.figures().waiting).toBe(count)
  await first.timers.stop()
  await first.store.close()

  const before = heldBytes()
  const second = await openAll(rootDir)
  const bytesEach = (heldBytes() - before) / count
  console.log(`${count} waiting: opened in ${Math.round(second.openedInMs)} ms, ${bytesEach.toFixed(1)} bytes each`)
  expect(second.timers.figures()).toMatchObject({ waiting: count, offsetBehind: 0 })
  expect(second.openedInMs).toBeLessThan(2000)
  // the store's own memory does not grow with what waits, and is most of it when little does
  if (count >= 1_000_000) expect(bytesEach).toBeLessThan(200)
  await second.timers.stop()
  await second.store.close()
  rmSync(rootDir, { recursive: true, force: true })
})
