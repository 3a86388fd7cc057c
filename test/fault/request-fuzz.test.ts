// test/fault/request-fuzz.test.ts: every request code with random, missing, oversized and wrong-typed fields and bodies, at
// a broker and a name server, with access control and without. Each is answered, a refusal says why, and what should be
// refused never succeeds.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDialer } from '../../broker/net/dial'
import type { Dialer } from '../../broker/net/types'
import { RequestCode } from '../../broker/protocol/codes'
import type { ExtFields } from '../../broker/protocol/command'
import { type Credentials, sign } from '../../broker/protocol/signature'
import { startBrokerPart } from '../../broker/worker/broker-life'
import { startNamesrvPart } from '../../broker/worker/namesrv-part'
import { planCluster } from '../../broker/worker/topology'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts } from '../support/ports'
import { seeded } from '../support/random'

/** `npm run test:long -- requests` asks for 1,000,000. */
const REQUESTS = Number(process.env.ROCKETDECK_REQUESTS ?? 20_000)
const AT_ONCE = 250
const random = seeded(Number(process.env.ROCKETDECK_SEED ?? 20_261_126))

const root = { accessKey: 'root', secretKey: 'root-secret' }
const poor = { accessKey: 'poor', secretKey: 'poor-secret' }

/** All that Apache's requests are, also what neither server has. */
const others = [
  ...[2, 13, 16, 19, 50, 51, 52, 53, 54, 218, 226, 301, 302, 354, 355, 902, 903, 5001, 99_999, -1],
  ...Array.from({ length: 13 }, (_, at) => 1001 + at),
  ...Array.from({ length: 4 }, (_, at) => 2001 + at),
  ...Array.from({ length: 10 }, (_, at) => 3001 + at),
  ...Array.from({ length: 10 }, (_, at) => 200_070 + at),
]
const codes = [...new Set([...Object.values(RequestCode), ...others])].sort((a, b) => a - b)

/** Apache lets every known user ask these, or they may ask for nothing (an empty heartbeat); they change nothing of others'. */
const openToKnown = new Set([
  ...[21, 26, 28, 43, 45, 46, 60, 61, 106, 201, 206, 224, 304, 305, 307, 311, 312, 313, 319, 324, 325, 402, 907, 1005],
  ...[34, 35, 37],
])

/** Outcomes of taking messages, which Apache gives without a word: nothing there, nothing taken, too many wait. */
const saysAll = new Set([19, 20, 21, 208, 209, 210])

const names = [
  ...'abcdefghijklmn',
  ...['topic', 'group', 'consumerGroup', 'producerGroup', 'groupName', 'queueId', 'queueOffset', 'maxMsgNums'],
  ...['sysFlag', 'subscription', 'commitOffset', 'offset', 'timestamp', 'key', 'maxNum', 'beginTimestamp'],
  ...['endTimestamp', 'brokerName', 'brokerAddr', 'clusterName', 'brokerId', 'namespace', 'value', 'username'],
  ...['subject', 'resource', 'policyType', 'filter', 'clientId', 'clientID', 'isForce', 'readQueueNums'],
  ...['writeQueueNums', 'perm', 'defaultTopic', 'topicFilterType', 'attributes', 'order', 'extraInfo', 'invisibleTime'],
  ...['commitOrRollback', 'tranStateTableOffset', 'commitLogOffset', 'msgId', 'transactionId', 'recallHandle'],
  ...['compressed', 'bodyCrc32', 'statsName', 'statsKey', 'index', 'count', 'AccessKey', 'Signature', 'SecurityToken'],
  ...['__proto__', 'constructor', 'hasOwnProperty', '', '世界'],
]
const texts = [
  ...['', ' ', '-1', '0', '1', '2', '6', '8', '4096', '2147483648', '99999999999999999999', '-9223372036854775808'],
  ...['NaN', '1e9', 'true', 'false', 'null', '{}', '[]', 'FuzzTopic', 'OtherTopic', 'FuzzGroup', '%RETRY%FuzzGroup'],
  ...['%DLQ%FuzzGroup', 'TBW102', 'DefaultCluster', 'broker-a', '127.0.0.1:1', '../../etc/passwd', 'User:root'],
  ...['User:poor', 'Topic:*', 'Custom', 'SINGLE_TAG', 'TOPIC_PUT_NUMS', '+a=b', 'a\u0001b\u0002', '\ud800', '世界'],
  'x'.repeat(5000),
]
const bodies = [
  ...[
    '',
    '{',
    'null',
    '[]',
    '{}',
    '7',
    '"x"',
    'a=b',
    'rocketmqHome=/x',
    'fileReservedTime=x',
    '{{}:1}',
    '\u0000\u0001',
  ],
  ...['{"topicConfigList":[null]}', '{"topicConfigList":[{"topicName":"FuzzTopic"}]}', '{"groupConfigList":{"a":1}}'],
  ...['{"groupName":"FuzzGroup"}', '{"groupName":7,"retryMaxTimes":"x"}', '{"consumerGroup":"FuzzGroup","mqSet":[{}]}'],
  ...['{"clientID":"c","consumerDataSet":[{"groupName":"FuzzGroup","subscriptionDataSet":[{"topic":"FuzzTopic"}]}]}'],
  ...['{"clientID":"c","producerDataSet":[{"groupName":"FuzzGroup"}]}', '{"password":"x","userType":"Super"}'],
  ...['{"subject":"User:poor","policies":[{"entries":[{"resource":"*","actions":["All"],"decision":"Allow"}]}]}'],
  ...['{"policies":[{"policyType":7,"entries":[{"resource":null}]}]}', '{"offsetTable":{"x":{"0":1}}}'],
  '['.repeat(5000),
  'y'.repeat(5000),
]
const oneOf = <T>(list: readonly T[]): T => list[random.below(list.length)] as T // the list is not empty

const fields = (): ExtFields =>
  Object.fromEntries(Array.from({ length: random.between(0, 12) }, () => [oneOf(names), oneOf(texts)]))

interface Side {
  ask(at: 'broker' | 'namesrv', code: number, ext: ExtFields, body: string, by?: Credentials): Promise<Answer>
  stop(): Promise<void>
}
interface Answer {
  readonly code: number
  readonly remark: string | null
}

async function start(properties: Record<string, string>): Promise<Side> {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const small = { mappedFileSizeCommitLog: '16777216', maxHashSlotNum: '1000', maxIndexNum: '4000' }
  const [namesrvPlan, brokerPlan] = planCluster({
    ...{ preset: '1m-noslave', host: '127.0.0.1', namesrvPort, brokerPort, log: () => {} },
    dataDir: temporaryFolder('fuzz'),
    properties: { ...small, innerClientAuthenticationCredentials: JSON.stringify(root), ...properties },
  }).map(({ plan }) => plan)
  if (!namesrvPlan || !brokerPlan) throw new Error('a cluster has both')
  const parts = [await startNamesrvPart(namesrvPlan, () => {}), await startBrokerPart(brokerPlan, () => {})]
  const dialers = new Map<string, Dialer>()
  return {
    async ask(at, code, ext, body, by) {
      const who = JSON.stringify(by ?? {})
      const dialer = dialers.get(who) ?? openDialer(by ? { sign: (_, all, bytes) => sign(by, all, bytes) } : {})
      dialers.set(who, dialer)
      const port = at === 'broker' ? brokerPort : namesrvPort
      return dialer.request(`127.0.0.1:${port}`, code, ext, Buffer.from(body), 30_000)
    },
    async stop() {
      for (const dialer of dialers.values()) dialer.close()
      for (const part of parts.reverse()) await part.stop()
    },
  }
}

/** Some at a time, so that one that is not answered is seen. */
async function throwAt(
  side: Side,
  count: number,
  by: () => Credentials | undefined,
  judge: (asked: string, code: number, answer: Answer) => void,
) {
  for (let done = 0; done < count; done += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - done) }, async () => {
      const at = random.chance(0.7) ? 'broker' : 'namesrv'
      const code = oneOf(codes)
      const ext = fields()
      const body = oneOf(bodies)
      const asked = `${at} ${code} ${JSON.stringify(ext).slice(0, 300)} ${body.slice(0, 100)}`
      const answer = await side.ask(at, code, ext, body, by()).catch((error: Error) => {
        throw new Error(`${asked}: ${error.message}`)
      })
      if (answer.code !== 0 && !saysAll.has(answer.code))
        expect(`${answer.remark ?? ''}`, `${asked} answered ${answer.code}`).toMatch(/\S/)
      judge(asked, code, answer)
    })
    await Promise.all(batch)
  }
}

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void // what the flag above makes
const heapMiB = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

describe(`random requests (seed ${random.seed}, ${REQUESTS} of them)`, () => {
  let open: Side
  let guarded: Side
  beforeAll(async () => {
    open = await start({ autoCreateTopicEnable: 'false' })
    guarded = await start({ authenticationEnabled: 'true', authorizationEnabled: 'true' })
    const made = await guarded.ask(
      'broker',
      3001,
      { username: poor.accessKey },
      JSON.stringify({ password: poor.secretKey }),
      root,
    )
    expect(made.code).toBe(0)
  }, 120_000)
  afterAll(() => Promise.all([open.stop(), guarded.stop()]), 120_000)

  it('each get an answer, with a reason when it is a refusal', async () => {
    await throwAt(
      open,
      REQUESTS / 4,
      () => undefined,
      () => {},
    )
    const before = heapMiB()
    await throwAt(
      open,
      REQUESTS / 4,
      () => undefined,
      () => {},
    )
    expect(heapMiB() - before).toBeLessThan(64)
    expect((await open.ask('broker', 28, {}, '')).code).toBe(0)
    expect((await open.ask('namesrv', 106, {}, '')).code).toBe(0)
  }, 3_600_000)

  it('never succeed without the right signature, whatever they are', async () => {
    const wrong = [
      undefined,
      { ...root, secretKey: 'guessed' },
      { ...poor, secretKey: '' },
      { accessKey: 'x', secretKey: 'x' },
    ]
    await throwAt(
      guarded,
      REQUESTS / 4,
      () => oneOf(wrong),
      (asked, _, { code }) => expect(code, asked).toBe(16),
    )
  }, 3_600_000)

  it('never do for a user without rights what needs some', async () => {
    await throwAt(
      guarded,
      REQUESTS / 4,
      () => poor,
      (asked, code, answer) => {
        if (!openToKnown.has(code)) expect(answer.code, asked).not.toBe(0)
      },
    )
    expect((await guarded.ask('broker', 28, {}, '', root)).code).toBe(0)
    expect((await guarded.ask('namesrv', 106, {}, '', root)).code).toBe(0)
  }, 3_600_000)

  it('pass every code by name: nobody, the wrong secret, who may not, and the right one', async () => {
    const sweep = async (at: 'broker' | 'namesrv', code: number) => {
      const asked = `${at} ${code}`
      const ask = (by?: Credentials) =>
        guarded.ask(at, code, { topic: 'FuzzTopic', group: 'FuzzGroup', consumerGroup: 'FuzzGroup' }, '', by)
      expect((await ask()).code, asked).toBe(16)
      expect((await ask({ ...root, secretKey: 'no' })).code, asked).toBe(16)
      if (!openToKnown.has(code)) expect((await ask(poor)).code, asked).not.toBe(0)
      expect((await ask(root)).remark ?? '', asked).not.toMatch(
        /signature|no permission to access|username cannot be null/,
      )
    }
    await Promise.all((['broker', 'namesrv'] as const).flatMap((at) => codes.map((code) => sweep(at, code))))
  }, 120_000)
})
