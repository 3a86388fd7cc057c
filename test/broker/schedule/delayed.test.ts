// test/broker/schedule/delayed.test.ts: what a message keeps and loses while it waits for its delay level, as seen in the
// records of an Apache 5.5.0 broker.
import { expect, it } from 'vitest'
import { encodeProperties, parseProperties } from '../../../broker/protocol/properties'
import { decodeRecord, encodeRecord, recordSize, type StoredRecord } from '../../../broker/protocol/record'
import { delayed, delivered } from '../../../broker/schedule/delayed'
import type { NewMessage } from '../../../broker/store/types'
import { host, newMessage } from '../../support/stores'

const levels = { max: 18, delayMs: () => 1000 }
const withProperties = (properties: Record<string, string>, sysFlag = 0): NewMessage => ({
  ...newMessage({ topic: 'T', sysFlag, body: 'm' }),
  properties: encodeProperties(Object.entries(properties)),
})
function stored(message: NewMessage): StoredRecord {
  const bytes = Buffer.alloc(recordSize(message))
  encodeRecord(bytes, 0, message, 0, 0, 1_700_000_000_000, host('10.0.0.2', 10911))
  return decodeRecord(bytes)
}

it('forgets the times of the timer wheel: its level counts alone', () => {
  const times = { TIMER_DELAY_SEC: '1', TIMER_DELAY_MS: '1000', TIMER_DELIVER_MS: '1700000001000' }
  const waiting = delayed(withProperties({ ...times, a: '1' }), 3, levels)
  expect(Object.fromEntries(parseProperties(waiting.properties))).toEqual({
    a: '1',
    DELAY: '3',
    REAL_TOPIC: 'T',
    REAL_QID: '0',
  })
})

it.each([
  [0, 0],
  [8, 8], // what was committed stays so when it is tried again
  [0x308, 0x308], // and what is compressed too
  [4, 0], // else no consumer would see it
  [12, 0],
])('delivers system flags %i as %i', (before, after) => {
  const waiting = delayed(withProperties({}, before), 1, levels)
  expect(delivered(stored(waiting))?.sysFlag).toBe(after)
})
