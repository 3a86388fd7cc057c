// test/broker/session/held-pulls.test.ts: pulls that wait for a message.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHeldPulls } from '../../../broker/session/held-pulls'
import type { HeldPull, HeldPulls } from '../../../broker/session/types'
import { type Client, openWire, type Wire } from './wire'

let nowMs: number
let held: HeldPulls
let wire: Wire
let client: Client
let woken: string[]
beforeEach(async () => {
  nowMs = 1_000_000
  woken = []
  held = createHeldPulls({ clock: () => nowMs, maxCount: 3, tickMs: 50 })
  wire = await openWire((connection) => held.connectionClosed(connection))
  client = await wire.connect()
})
afterEach(async () => {
  held.close()
  await wire.close()
})

const hold = (name: string, changes: Partial<HeldPull> = {}) =>
  held.hold({
    connection: client.connection,
    group: 'g',
    topic: 't',
    queueId: 0,
    queueOffset: 5,
    deadlineMs: nowMs + 15_000,
    wants: () => true,
    wake: () => woken.push(name),
    ...changes,
  })

describe('a pull that waits', () => {
  it('CO2: is woken, once, when its queue has passed its offset', () => {
    hold('pull')
    held.arrived('t', 0, 5, 0)
    held.arrived('t', 1, 9, 0)
    held.arrived('u', 0, 9, 0)
    expect(woken).toEqual([])
    held.arrived('t', 0, 6, 0)
    held.arrived('t', 0, 7, 0)
    expect(woken).toEqual(['pull'])
    expect(held.count).toBe(0)
  })

  it('sleeps on when the new message is none of its own', () => {
    hold('tag 1', { wants: (tagsCode) => tagsCode === 1 })
    hold('tag 2', { wants: (tagsCode) => tagsCode === 2 })
    held.arrived('t', 0, 6, 2)
    expect(woken).toEqual(['tag 2'])
  })

  it('CO2: is woken when its time is over, not before', () => {
    hold('short', { deadlineMs: nowMs + 100 })
    hold('long', { deadlineMs: nowMs + 10_000 })
    nowMs += 99
    held.expire()
    expect(woken).toEqual([])
    nowMs += 1
    held.expire()
    expect(woken).toEqual(['short'])
    nowMs += 3_600_000 // the clock jumps
    held.expire()
    expect(woken).toEqual(['short', 'long'])
  })

  it('that came with no time left is woken with the next tick', () => {
    hold('late', { deadlineMs: nowMs - 1 })
    nowMs += 50
    held.expire()
    expect(woken).toEqual(['late'])
  })

  it('is refused when too many wait already', () => {
    expect([hold('a'), hold('b'), hold('c'), hold('d')]).toEqual([true, true, true, false])
    held.arrived('t', 0, 6, 0)
    expect(woken).toEqual(['a', 'b', 'c'])
    expect(hold('e')).toBe(true)
  })

  it('is forgotten with its connection', async () => {
    hold('pull')
    client.hangUp()
    await expect.poll(() => held.count).toBe(0)
    held.arrived('t', 0, 6, 0)
    expect(woken).toEqual([])
  })

  it('is woken by a change of role', () => {
    hold('a')
    hold('b', { topic: 'u', deadlineMs: nowMs + 5 })
    held.wakeAll()
    expect(new Set(woken)).toEqual(new Set(['a', 'b']))
    expect(held.count).toBe(0)
  })
})
