// test/broker/processor/admin-fuzz.test.ts: random, missing, oversized and wrong-typed fields and bodies for every request
// of tools. Whatever comes in, one answer goes out, with a remark when it is a refusal, and the broker goes on.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newGroup } from '../../../broker/catalog/groups'
import { newTopic } from '../../../broker/catalog/system-topics'
import { adminHandlers } from '../../../broker/processor/admin-table'
import type { ExtFields } from '../../../broker/protocol/command'
import * as headers from '../../../broker/protocol/headers-admin'
import { openTestBroker, type TestBroker } from '../../support/broker-context'

const seed = 20_260_101
let at: TestBroker
let codes: number[] = []
beforeAll(async () => {
  console.log(`seed ${seed}`)
  at = await openTestBroker()
  codes = Object.keys(adminHandlers({ config: at.config, statistics: at.statistics })).map(Number)
})
afterAll(() => at.close())

/** Every field name that any of these requests has. */
const names = [
  ...new Set(
    Object.values(headers).flatMap((table) => ('entries' in table ? table.entries.map(([name]) => name) : [])),
  ),
  'consumerGroup',
  '__proto__',
  'constructor',
]
const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'T',
    'G',
    '-1',
    '0',
    '1',
    '99999999999999999999',
    '-9223372036854775808',
    'NaN',
    '1e9',
    'true',
  ),
  fc.constantFrom('TBW102', '../../etc/passwd', '%RETRY%G', 'null', '{}', '[]', 'TOPIC_PUT_NUMS', '0@T', '+a=b', '-a'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer().map(String),
  fc.constant('x'.repeat(5000)),
)
const ext = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 10 }) as fc.Arbitrary<ExtFields>
const body = fc.oneof(
  fc.constant(''),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('{', 'null', '[]', '{"topicConfigList":[null]}', '{"groupConfigList":{"a":1}}', '{{}:1}'),
  fc.constant('['.repeat(50_000)),
  fc.constantFrom('a=b', 'rocketmqHome=/x', 'fileReservedTime=x', 'longPollingEnable=true\nlongPollingEnable=false'),
  fc
    .record({ groupName: value, retryMaxTimes: fc.jsonValue(), attributes: fc.jsonValue() })
    .map((one) => JSON.stringify(one)),
)

it('answers every request of tools once, with a reason when it refuses', async () => {
  at.broker.topics.put({ ...newTopic('T', 2), readQueueNums: 2, writeQueueNums: 2 })
  at.broker.groups.put(newGroup('G'))
  at.fill('T', 0, 5, 1000)
  at.fill('T', 1, 5, 1000)
  const before = at.config.toPropertiesText().split('\n').length
  await fc.assert(
    fc.asyncProperty(fc.nat(), ext, body, async (which, fields, text) => {
      const code = codes[which % codes.length] ?? 0
      const answer = await at.ask(code, fields, text)
      expect(Number.isInteger(answer.code)).toBe(true)
      if (answer.code !== 0) expect(answer.remark, `request ${code}`).toMatch(/\S/)
      else if (answer.text !== '') expect(answer.text).not.toContain('undefined')
    }),
    { seed, numRuns: 3000 },
  )
  expect(at.config.toPropertiesText().split('\n').length).toBe(before)
  expect(await at.ask(351, { topic: 'TBW102' })).toMatchObject({ code: 0 })
}, 60_000)
