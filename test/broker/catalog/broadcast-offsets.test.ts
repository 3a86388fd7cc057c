// test/broker/catalog/broadcast-offsets.test.ts: a broadcasting client that goes to a proxy, or comes from one, goes on where
// it was; one that stays where it is says itself where it is.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BroadcastOffsets, openBroadcastOffsets } from '../../../broker/catalog/broadcast-offsets'
import { openOffsets } from '../../../broker/catalog/offsets'
import type { OffsetCatalog } from '../../../broker/catalog/types'
import { temporaryFolder } from '../../support/folders'

let nowMs = 0
let offsets: OffsetCatalog
let places: BroadcastOffsets
const online = new Set<string>()
beforeEach(async () => {
  nowMs = 1_000_000
  online.clear()
  const clock = () => nowMs
  offsets = await openOffsets({ configDir: temporaryFolder('config'), saveIntervalMs: 3_600_000, clock, log: () => {} })
  places = openBroadcastOffsets({
    offsets,
    beginOf: () => 500,
    isOnline: (_group, clientId) => online.has(clientId),
    expireMs: () => 120_000,
    expireOnlineMs: () => 300_000,
    clock,
  })
})
afterEach(async () => {
  places.close()
  await offsets.close()
})

const pull = (clientId: string, fromProxy: boolean, queueOffset: number, queueId = 0) => ({
  ...{ group: 'g', topic: 't', queueId, clientId, fromProxy, queueOffset },
})

it('a client of this broker goes on where it says', () => {
  expect(places.startOf(pull('c', false, 7))).toBeUndefined()
  places.note(pull('c', false, 7))
  expect(places.startOf(pull('c', false, 3))).toBeUndefined()
})
it('a client of a proxy that is new begins where everybody does', () => {
  expect(places.startOf(pull('c', true, -1))).toBe(500)
  expect(places.startOf(pull('c', true, 4))).toBeUndefined()
})
it('a client that goes to a proxy, and back, goes on where it was', () => {
  places.note(pull('c', false, 40))
  expect(places.startOf(pull('c', true, -1))).toBe(40)
  places.note(pull('c', true, 40))
  places.note(pull('c', true, 60))
  expect(places.startOf(pull('c', false, 40))).toBe(60)
  places.note(pull('c', false, 60))
  expect(places.startOf(pull('c', false, 61))).toBeUndefined()
})
it('a client of a proxy that comes after long begins where the last of its group was', () => {
  places.note(pull('slow', true, 20))
  places.note(pull('fast', true, 90))
  places.note(pull('own', false, 5)) // keeps its place itself
  places.scan()
  expect(offsets.query('g@broadcast', 't', 0)).toBe(20)
  nowMs += 200_000
  places.scan()
  expect(places.size).toBe(0)
  expect(places.startOf(pull('slow', true, -1))).toBe(20)
})
it('a client that is connected is remembered for longer', () => {
  online.add('here')
  places.note(pull('here', true, 1))
  places.note(pull('gone', true, 1))
  nowMs += 130_000
  places.scan()
  expect(places.size).toBe(1)
  nowMs += 200_000
  places.scan()
  expect(places.size).toBe(0)
})
