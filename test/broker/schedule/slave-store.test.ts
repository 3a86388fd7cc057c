// test/broker/schedule/slave-store.test.ts: what may be put at a slave, and when what escapes counts as done.
import { afterEach, expect, it } from 'vitest'
import { encodeProperties, parseProperties } from '../../../broker/protocol/properties'
import { escaped } from '../../../broker/schedule/escaped'
import { openEscapeStore, openReadOnlyStore } from '../../../broker/schedule/slave-store'
import { openMessageStore } from '../../../broker/store'
import type { MessageStore, NewMessage } from '../../../broker/store/types'
import { temporaryFolder } from '../../support/folders'
import { storeOptions } from '../../support/stores'

const message = (properties: Record<string, string>, topic = 'T'): NewMessage => ({
  topic,
  queueId: 1,
  flag: 0,
  sysFlag: 8,
  bornTimestampMs: 5,
  bornHost: Buffer.alloc(8),
  reconsumeTimes: 2,
  preparedTransactionOffset: 0,
  body: Buffer.from('b'),
  properties: encodeProperties(new Map(Object.entries(properties))),
  tagsCode: 0,
  keys: [],
})
let store: MessageStore | undefined
afterEach(async () => {
  await store?.close()
  store = undefined
})
const opened = async (): Promise<MessageStore> => {
  store = await openMessageStore(storeOptions(temporaryFolder('slave-store')))
  return store
}

it('reads, and refuses what is put', async () => {
  const slave = openReadOnlyStore(await opened())
  expect(() => slave.append(message({}))).toThrow('this broker is a slave')
  expect(() => slave.appendBatch([message({})])).toThrow('this broker is a slave')
  expect(slave.maxOffset('T', 1)).toBe(0)
})

it('tells that it is safe once all that was put before has escaped, in order; and that it failed when the acting ends', async () => {
  const inner = await opened()
  const slave = openEscapeStore(inner, () => 1)
  expect(() => slave.append(message({}))).toThrow('this broker is a slave')
  const under: (() => void)[] = []
  slave.begin(() => new Promise((resolve) => under.push(resolve)))
  const said: string[] = []
  for (const name of ['first', 'second', 'third']) {
    slave.append(message({}))
    slave.whenSafe(0, true, (status) => said.push(`${name} ${status}`))
  }
  under[1]?.()
  await Promise.resolve()
  expect(said).toEqual([])
  under[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(said).toEqual(['first ok', 'second ok'])
  slave.end()
  expect(said).toEqual(['first ok', 'second ok', 'third failed'])
  under[2]?.()
  expect(inner.commitLog.tail).toBe(0)
})

it('takes no more than a bounded amount of what has not escaped yet, by count and by bytes', async () => {
  const slave = openEscapeStore(await opened(), () => 1)
  const under: (() => void)[] = []
  slave.begin(() => new Promise((resolve) => under.push(resolve)))
  const large = { ...message({}), body: Buffer.alloc(16 * 1024 * 1024) }
  for (let n = 0; n < 4; n++) slave.append(large)
  expect(() => slave.append(message({}))).toThrow('are still escaping')
  under[2]?.()
  await new Promise((resolve) => setImmediate(resolve))
  for (let n = 4; n < 4096; n++) slave.append(message({}))
  expect(() => slave.append(message({}))).toThrow('are still escaping')
  slave.end()
})

it('is sent as its producer would send it: what told how it waited is taken off', () => {
  const waited = {
    DELAY: '3',
    REAL_TOPIC: 'T',
    REAL_QID: '1',
    TIMER_OUT_MS: '9',
    TRAN_MSG: 'true',
    KEYS: 'k',
    own: 'v',
  }
  const sent = escaped(message(waited), 1000)
  expect(sent).toMatchObject({ topic: 'T', queueId: 1, sysFlag: 0, reconsumeTimes: 2, producerGroup: undefined })
  expect(Object.fromEntries(parseProperties(sent?.properties ?? ''))).toEqual({ KEYS: 'k', own: 'v' })
})

it('waits on at the other master when its time has not come: a recall has no meaning there', () => {
  const wheel = 'rmq_sys_wheel_timer'
  const moved = { TIMER_OUT_MS: '7000', REAL_TOPIC: 'T', REAL_QID: '3', TIMER_ROLL_TIMES: '1', TIMER_DELAY_SEC: '9' }
  const sent = escaped(message(moved, wheel), 1000)
  expect(sent).toMatchObject({ topic: 'T', queueId: 3 })
  expect(Object.fromEntries(parseProperties(sent?.properties ?? ''))).toEqual({ TIMER_DELIVER_MS: '8000' })
  expect(escaped(message({ ...moved, TIMER_DEL_UNIQKEY: 'U' }, wheel), 1000)).toBeUndefined()
})
