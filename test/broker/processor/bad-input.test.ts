// test/broker/processor/bad-input.test.ts: what no client should send: unparsable properties, times beyond every limit,
// offsets and handles that were never given out, transactions of others. Each gets the code and the words of Apache
// 5.5.0, or what a row below says instead and why; and then the broker goes on.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { askBadInputs, type BadAnswer, badInputSettings, badInputs, TOPIC } from '../../support/bad-inputs'
import { openRealBroker, type RealBroker } from './real-broker'

const golden: Record<string, BadAnswer> = JSON.parse(
  readFileSync(new URL('../../golden/bad-inputs-5.5.0.json', import.meta.url), 'utf8'),
)

/** Where this broker says something else: what Apache throws at its own readers has words here. */
const otherwise: Readonly<Record<string, readonly [code: number, remark: RegExp]>> = {
  'a delay level that is no number': [1, /^the property DELAY is no number: soon$/],
  'a delay level of 20 digits': [1, /^the property DELAY is no number: 9{20}$/],
  'a message without a body': [13, /^the message is illegal/],
  'a queue of no number': [1, /^the custom field <e> is no number: x$/],
  'a send without its topic': [1, /^the custom field <\w> is null$/],
  'a batch that is none': [1, /^no batch: 7 bytes left, an entry takes at least 22$/],
  'the end of a message that was never prepared': [1, /^Find prepared transaction message failed$/],
  'the end of a transaction without its fields': [1, /^the custom field <tranStateTableOffset> is null$/],
  'a send-back from the middle of a message': [1, /^look message by offset failed/],
  'a send-back without its place': [1, /^the custom field <offset> is null$/],
  // Apache delivers everything to who asks for what it cannot read
  'a pull by SQL that ends too soon': [23, /the end stands where a value should, before position 3$/],
  'a pull by SQL that never matches': [23, /BETWEEN 3 AND 1 holds nothing$/],
  'a pull by a language that is none': [23, /there are no expressions of type LUA$/],
  'a pop by SQL that ends too soon': [23, /the end stands where a value should, before position 3$/],
  'an ack with a handle that is none': [13, /^the extraInfo is no receipt of a pop: rubbish$/],
  'an invisible time far beyond the end': [208, /^no message lies there: bad@0, 999999 of 0 to \d+$/],
  'an invisible time with a handle that is none': [13, /^the extraInfo is no receipt of a pop: rubbish$/],
  'an offset that is no number': [1, /^the custom field <commitOffset> is no 64-bit number: x$/],
  'a lock with a body that is none': [1, /^not JSON: a value is missing at 9/],
  'the class filter of 4.x': [3, /^ request type 301 not supported: the filter classes of RocketMQ 4 are gone/],
  'a heartbeat with a body that is none': [1, /^not JSON: a value is missing at 12/],
}

let broker: RealBroker
let answers: Record<string, BadAnswer>
beforeAll(async () => {
  broker = await openRealBroker(badInputSettings)
  const dialer = openDialer()
  await broker.client().ask(17, {
    topic: TOPIC,
    defaultTopic: 'TBW102',
    readQueueNums: '4',
    writeQueueNums: '4',
    perm: '6',
    topicFilterType: 'SINGLE_TAG',
  })
  answers = await askBadInputs(dialer, broker.address)
  dialer.close()
}, 120_000)
afterAll(() => broker.stop())

describe('is answered as by Apache, or as the table says', () => {
  it.each(Object.keys(badInputs))('%s', (name) => {
    const here = answers[name]
    const there = golden[name]
    const own = otherwise[name]
    if (own === undefined) return expect(here).toEqual(there)
    const [code, remark] = own
    expect(here?.code).toBe(code)
    expect(here?.remark).toMatch(remark)
    expect(here).not.toEqual(there) // a row that is no longer needed
  })
})

it('and all of it did no harm: the broker takes and gives the next message', async () => {
  const client = broker.client()
  const sent = await client.send({ topic: TOPIC, queueId: 1, body: 'still here' })
  expect(sent.code).toBe(0)
  const found = await client.pullUntil('g', TOPIC, Number(sent.ext.queueOffset), 1)
  expect(found[0]?.text).toBe('still here')
})
