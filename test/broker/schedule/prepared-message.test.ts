// test/broker/schedule/prepared-message.test.ts: the records of a transaction hold what those of an Apache 5.5.0 broker
// hold. The texts below are properties and bodies that such a broker stored for one stock producer (offsets 0 and 3 of
// its half queue), read back by pull.
import { describe, expect, it } from 'vitest'
import { parseProperties } from '../../../broker/protocol/properties'
import { decodeRecord, encodeRecord, recordSize, type StoredRecord } from '../../../broker/protocol/record'
import {
  checkedAgain,
  committed,
  doneNote,
  doneOffsets,
  prepared,
  setAside,
  waitingAgain,
  waitingOf,
} from '../../../broker/schedule/prepared-message'
import type { NewMessage } from '../../../broker/store/types'
import { host, newMessage } from '../../support/stores'

const KEY = 'FD0000000000000000000000000000021D254E0E2F2A7ACF469E0000'
const asSent = `MSG_REGION=DefaultRegion;UNIQ_KEY=${KEY};CLUSTER=DefaultCluster;PGROUP=gtx;TAGS=T;TRAN_MSG=true;KEYS=k-one;WAIT=true;TRACE_ON=true;`
const half = `MSG_REGION=DefaultRegion;UNIQ_KEY=${KEY};CLUSTER=DefaultCluster;PGROUP=gtx;__transactionId__=${KEY};TAGS=T;TRAN_MSG=true;KEYS=k-one;WAIT=true;TRACE_ON=true;REAL_TOPIC=GoldenTx;REAL_QID=0;`
const asked = `MSG_REGION=DefaultRegion;UNIQ_KEY=${KEY};CLUSTER=DefaultCluster;PGROUP=gtx;__transactionId__=${KEY};TAGS=T;TRAN_MSG=true;KEYS=k-one;WAIT=true;TRACE_ON=true;TRANSACTION_CHECK_TIMES=1;REAL_TOPIC=GoldenTx;REAL_QID=0;`
const delivered = `MSG_REGION=DefaultRegion;UNIQ_KEY=${KEY};CLUSTER=DefaultCluster;PGROUP=gtx;__transactionId__=${KEY};TAGS=T;TRAN_MSG=true;KEYS=k-one;WAIT=true;TRACE_ON=true;TRANSACTION_CHECK_TIMES=1;`
const note = { body: '0,1,3,', properties: 'WAIT=true;TAGS=d;' }

const wire = (text: string): Buffer => Buffer.from(text.replaceAll('=', '\u0001').replaceAll(';', '\u0002'))
/** Java writes them in the order of their hashes. */
const pairs = (text: string | Buffer): unknown =>
  Object.fromEntries(parseProperties(typeof text === 'string' ? wire(text) : text))
const message = (properties: string): NewMessage => ({
  ...newMessage({ topic: 'GoldenTx', tags: 'T', sysFlag: 4, body: 'one' }),
  properties: wire(properties),
})
/** As it lies in a commit log. */
function stored(record: NewMessage, queueOffset = 0, commitLogOffset = 0, atMs = 1_700_000_000_500): StoredRecord {
  const bytes = Buffer.alloc(recordSize(record))
  encodeRecord(bytes, 0, record, queueOffset, commitLogOffset, atMs, host('10.0.0.2', 10911))
  return decodeRecord(bytes)
}

describe('a record of a transaction is as Apache has it', () => {
  it('while it waits', () => {
    const held = prepared(message(asSent), KEY)
    expect(held).toMatchObject({
      topic: 'RMQ_SYS_TRANS_HALF_TOPIC',
      queueId: 0,
      sysFlag: 0,
      preparedTransactionOffset: 0,
    })
    expect(pairs(held.properties)).toEqual(pairs(half))
  })

  it('put again for a check', () => {
    const again = checkedAgain(stored(prepared(message(asSent), KEY)), 1)
    expect(again).toMatchObject({ topic: 'RMQ_SYS_TRANS_HALF_TOPIC', queueId: 0, sysFlag: 0 })
    expect(pairs(again.properties)).toEqual(pairs(asked))
  })

  it('committed after a check', () => {
    const done = committed(stored({ ...prepared(message(asSent), KEY), properties: wire(asked) }, 3, 1577))
    expect(done).toMatchObject({ topic: 'GoldenTx', queueId: 0, flag: 0, sysFlag: 8, preparedTransactionOffset: 1577 })
    expect(pairs(done?.properties ?? '')).toEqual(pairs(delivered))
  })

  it('noted as done, written and read', () => {
    const written = doneNote([0, 1, 3], host('10.0.0.2', 10911), 5)
    expect(written).toMatchObject({ topic: 'RMQ_SYS_TRANS_OP_HALF_TOPIC', queueId: 0, sysFlag: 0 })
    expect([written.body.toString(), pairs(written.properties)]).toEqual([note.body, pairs(note.properties)])
    expect(doneOffsets(stored(written))).toEqual([0, 1, 3])
  })
})

describe('what makes no sense', () => {
  it('in a note is passed over', () => {
    const odd = (body: string, properties = note.properties) =>
      doneOffsets(
        stored({ ...doneNote([1], host('10.0.0.2', 1), 5), body: Buffer.from(body), properties: wire(properties) }),
      )
    expect([odd('7,,x,-1,1e9,8,'), odd('7,', 'TAGS=x;'), odd('7,', '')]).toEqual([[7, 8], [], []])
  })

  it.each(['', 'REAL_TOPIC=t;', 'REAL_TOPIC=t;REAL_QID=x;', 'REAL_TOPIC=t;REAL_QID=-1;'])(
    'as a place (%j) is no place to go to',
    (properties) => expect(committed(stored(message(properties)))).toBeUndefined(),
  )

  it.each([
    ['CHECK_IMMUNITY_TIME_IN_SECONDS=x;', 6000, false],
    ['CHECK_IMMUNITY_TIME_IN_SECONDS=120;', 120_000, true],
    ['CheckImmunityTimeInSeconds=120;', 120_000, true],
    ['', 6000, false],
  ])('as a time of its own is not counted: %j is due after %i ms', (properties, afterMs, hasOwnTime) => {
    const record = stored(message(properties))
    const dueMs = record.bornTimestampMs + afterMs
    expect(waitingOf(record, 6000, 30_000)).toEqual({ dueMs, hasOwnTime, checks: 0 })
  })

  it('as a birth, after its storing, counts from the storing', () => {
    const record = stored({ ...message(''), bornTimestampMs: 9_000_000_000_000 })
    expect(waitingOf(record, 6000, 30_000).dueMs).toBe(record.storeTimestampMs + 6000)
  })
})

it('what was asked before is due at the next round, and not twice in one', () => {
  const record = stored(message('TRANSACTION_CHECK_TIMES=2;CheckImmunityTimeInSeconds=9;'))
  const dueMs = record.storeTimestampMs + 15_000
  expect(waitingOf(record, 6000, 30_000)).toEqual({ dueMs, hasOwnTime: false, checks: 2 })
})

it('what waits long and is put at the end keeps the first place it had, what is set aside its count', () => {
  const again = waitingAgain(stored(message(half), 17))
  expect(parseProperties(again.properties).get('TRAN_PREPARED_QUEUE_OFFSET')).toBe('17')
  const twice = waitingAgain(stored(again, 99))
  expect(parseProperties(twice.properties).get('TRAN_PREPARED_QUEUE_OFFSET')).toBe('17')
  const aside = setAside(stored({ ...message(asked), reconsumeTimes: 2, flag: 5 }))
  expect(aside).toMatchObject({ topic: 'TRANS_CHECK_MAX_TIME_TOPIC', queueId: 0, reconsumeTimes: 2, flag: 5 })
  expect(pairs(aside.properties)).toEqual(pairs(asked))
})
