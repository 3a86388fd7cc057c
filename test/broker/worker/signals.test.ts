// test/broker/worker/signals.test.ts: one request to end, however often it is delivered; a later one means it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { onStopSignals } from '../../../broker/worker/signals'

describe('a signal', () => {
  let before: { term: NodeJS.SignalsListener[]; int: NodeJS.SignalsListener[] }
  beforeEach(() => {
    before = { term: process.listeners('SIGTERM'), int: process.listeners('SIGINT') }
  })
  afterEach(() => {
    for (const [signal, held] of [
      ['SIGTERM', before.term],
      ['SIGINT', before.int],
    ] as const) {
      for (const listener of process.listeners(signal)) if (!held.includes(listener)) process.off(signal, listener)
    }
  })

  const watch = (stop: () => Promise<void>) => {
    const exits: number[] = []
    const said: string[] = []
    let nowMs = 1000
    let stops = 0
    const take = onStopSignals({
      stop: () => {
        stops += 1
        return stop()
      },
      say: (line) => said.push(line),
      exit: (code) => exits.push(code),
      now: () => nowMs,
    })
    return {
      take,
      exits,
      said,
      stops: () => stops,
      pass: (ms: number) => {
        nowMs += ms
      },
    }
  }

  it('stops in order and ends with 0', async () => {
    const seen = watch(async () => {})
    seen.take('SIGTERM')
    await Promise.resolve()
    expect(seen.exits).toEqual([0])
  })

  it('that comes twice within two seconds is one request', () => {
    const seen = watch(() => new Promise(() => {}))
    seen.take('SIGINT')
    seen.pass(1999)
    seen.take('SIGTERM')
    expect([seen.stops(), seen.exits]).toEqual([1, []])
  })

  it('that comes later ends at once', () => {
    const seen = watch(() => new Promise(() => {}))
    seen.take('SIGINT')
    seen.pass(2001)
    seen.take('SIGINT')
    expect([seen.stops(), seen.exits]).toEqual([1, [1]])
  })

  it('whose stop fails says why and ends with 1', async () => {
    const seen = watch(() => Promise.reject(new Error('the disk is gone')))
    seen.take('SIGTERM')
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen.exits).toEqual([1])
    expect(seen.said).toContain('stopping failed: the disk is gone')
  })
})
