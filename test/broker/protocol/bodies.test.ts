// test/broker/protocol/bodies.test.ts: JSON bodies and custom headers against what Apache's classes write and declare.
import { describe, expect, it } from 'vitest'
import * as bodies from '../../../broker/protocol/bodies'
import * as admin from '../../../broker/protocol/bodies-admin'
import type { Codec } from '../../../broker/protocol/body-table'
import { ProtocolError } from '../../../broker/protocol/errors'
import { javaDouble, parseLoose } from '../../../broker/protocol/json'
import { decodeRegisterBody, encodeCompressedRegisterBody } from '../../../broker/protocol/register-body'
import { cutsOf, golden } from '../../support/golden'

const all = golden()
const { readBody, writeBodyText } = bodies

/** Each body of ours and the class of Apache's it stands for. */
const pairs = {
  DataVersion: bodies.dataVersion,
  RegisterBrokerBody: bodies.registerBrokerBody,
  TopicConfigAndMappingSerializeWrapper: bodies.topicConfigWrapper,
  TopicRouteData: bodies.routeData,
  ClusterInfo: bodies.clusterInfo,
  GetBrokerMemberGroupResponseBody: bodies.memberGroupBody,
  KVTable: bodies.kvTable,
  TopicList: bodies.topicList,
  HeartbeatData: bodies.heartbeatData,
  CheckClientRequestBody: bodies.checkClientConfig,
  LockBatchRequestBody: bodies.lockBatchRequest,
  UnlockBatchRequestBody: bodies.lockBatchRequest,
  LockBatchResponseBody: bodies.lockBatchReply,
  GetConsumerListByGroupResponseBody: bodies.consumerIdList,
  ConsumerOffsetSerializeWrapper: bodies.consumerOffsets,
  SubscriptionGroupConfig: bodies.subscriptionGroupConfig,
  SubscriptionGroupWrapper: bodies.subscriptionGroupWrapper,
  CreateTopicListRequestBody: bodies.topicConfigList,
  SubscriptionGroupList: bodies.subscriptionGroupList,
  TopicConfig: bodies.topicConfig,
  TopicStatsTable: admin.topicStatsTable,
  ConsumeStats: admin.consumeStats,
  ConsumeStatsList: admin.consumeStatsList,
  ResetOffsetBody: admin.resetOffsetBody,
  ResetOffsetBodyForC: admin.resetOffsetBodyForC,
  GetConsumerStatusBody: admin.consumerStatusBody,
  ConsumerConnection: admin.consumerConnection,
  ProducerConnection: admin.producerConnection,
  ProducerTableInfo: admin.producerTable,
  GroupList: admin.groupList,
  QuerySubscriptionResponseBody: admin.subscriptionByConsumer,
  QueryConsumeTimeSpanBody: admin.consumeTimeSpan,
  QueryCorrectionOffsetBody: admin.correctionOffsets,
  QueryConsumeQueueResponseBody: admin.queryConsumeQueueBody,
  BrokerStatsData: admin.brokerStatsData,
  GroupForbidden: admin.groupForbidden,
  ConsumeMessageDirectlyResult: admin.consumeDirectlyResult,
  ConsumerRunningInfo: admin.consumerRunningInfo,
  HARuntimeInfo: admin.haRuntimeInfo,
  QueryAssignmentRequestBody: admin.assignmentRequest,
  QueryAssignmentResponseBody: admin.assignmentReply,
} satisfies Record<string, unknown>
// each reads and writes its own kind only: which one does not matter here
const codecs = pairs as unknown as Readonly<Record<string, Codec<unknown>>>

function codecOf(name: string): Codec<unknown> {
  const codec = codecs[name]
  if (codec === undefined) throw new Error(`no codec for ${name}`)
  return codec
}

describe('a body', () => {
  it('is known for every class that was asked', () => {
    expect(Object.keys(pairs).sort()).toEqual(Object.keys(all.bodies).sort())
  })

  it.each(Object.entries(all.bodies))('is read and written as Apache does, every field of it: %s', (name, { full }) => {
    const codec = codecOf(name)
    expect(writeBodyText(codec, readBody(codec, full))).toBe(full)
  })

  it.each(Object.entries(all.bodies))('is read again from standard JSON: %s', (name, { full }) => {
    const codec = codecOf(name)
    const standard = writeBodyText(codec, readBody(codec, full), 'standard')
    expect(() => JSON.parse(standard)).not.toThrow()
    expect(writeBodyText(codec, readBody(codec, standard))).toBe(full)
  })

  it('is refused at every cut', () => {
    for (const [name, { full }] of Object.entries(all.bodies)) {
      const codec = codecOf(name)
      for (const cut of cutsOf(Buffer.from(full))) expect(() => readBody(codec, cut)).toThrow(ProtocolError)
    }
  })

  it('says which field is wrong', () => {
    expect(() => readBody(bodies.topicConfig, '{"topicName":"T","perm":"six"}')).toThrow(
      /body\.perm is no whole number/,
    )
    expect(() => readBody(bodies.topicConfig, '{"perm":6}')).toThrow(/body\.topicName is missing/)
    expect(() => readBody(bodies.heartbeatData, '{"clientID":"c","consumerDataSet":[{}]}')).toThrow(
      /consumerDataSet\[0\]\.groupName/,
    )
  })

  it('fills in what an old client leaves out', () => {
    const heartbeat = '{"clientID":"c","consumerDataSet":[{"groupName":"g","subscriptionDataSet":[{"topic":"T"}]}]}'
    expect(readBody(bodies.heartbeatData, heartbeat)).toMatchObject({
      consumerDataSet: [
        {
          consumeType: 'CONSUME_PASSIVELY',
          messageModel: 'CLUSTERING',
          subscriptionDataSet: [{ subString: '*', tagsSet: [] }],
        },
      ],
      producerDataSet: [],
    })
  })

  it('writes a route in ASCII and with quoted keys where standard JSON is asked for', () => {
    const brokerAddrs = new Map([[0, 'a:1']])
    const route = {
      brokerDatas: [{ brokerAddrs, brokerName: 'bü', cluster: 'c', enableActingMaster: false }],
      filterServerTable: new Map<string, string[]>(),
      queueDatas: [],
    }
    expect(writeBodyText(bodies.routeData, route, 'standard')).toBe(
      '{"brokerDatas":[{"brokerAddrs":{"0":"a:1"},"brokerName":"b\\u00FC","cluster":"c","enableActingMaster":false}],"filterServerTable":{},"queueDatas":[]}',
    )
    expect(writeBodyText(bodies.routeData, route)).toContain('{0:"a:1"},"brokerName":"bü"')
  })
})

describe('loose JSON', () => {
  it.each<[string, unknown]>([
    [
      '{0:"a",1:"b"}',
      new Map([
        [0, 'a'],
        [1, 'b'],
      ]),
    ],
    ['{{"q":1}:2}', new Map([[{ q: 1 }, 2]])],
    ["{'a':'b\"c'}", { a: 'b"c' }],
    ['{a:1,}', { a: 1 }],
    ['{1:[1,2,],}', new Map([[1, [1, 2]]])],
    ['{0:"\\u00e4\\n"}', new Map([[0, 'ä\n']])],
    [
      '{0:12L,-5:-1.5e3}',
      new Map<unknown, unknown>([
        [0, 12],
        [-5, -1500],
      ]),
    ],
    [
      '{0:true,1:false,2:null}',
      new Map<unknown, unknown>([
        [0, true],
        [1, false],
        [2, null],
      ]),
    ],
  ])('takes %s', (text, value) => {
    expect(parseLoose(text)).toEqual(value)
  })
  it.each([
    '',
    '{',
    '{0',
    '{0:',
    '{0:"a',
    '{0:"\\',
    '{0:1}x',
    '{:1}',
    '[0:1]',
    'nul',
    '{0:"\\uzzzz"}',
    '{0 1}',
    `${'[0:'}`,
  ])('refuses %j', (text) => {
    expect(() => parseLoose(text)).toThrow(ProtocolError)
  })
  it('refuses what is nested without end', () => {
    expect(() => parseLoose(`${'{0:'.repeat(100_000)}`)).toThrow(/nested/)
  })
})

describe('a double', () => {
  it.each(all.doubles)('prints as Java prints it: $text', ({ bits, text }) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE(0)
    if (Math.abs(value) > 0 && Math.abs(value) < 1e-300) return // Java prints a digit more of the very smallest
    expect(`{"d":${javaDouble(value)}}`).toBe(text)
  })
})

describe('a compressed registration', () => {
  const [one] = all.registrations
  const compressed = Buffer.from(one?.compressed ?? '', 'hex')
  it('says what the plain one says', () => {
    const { topicConfigSerializeWrapper: wrapper, ...rest } = readBody(bodies.registerBrokerBody, one?.plain ?? '')
    const { dataVersion, topicConfigTable, topicQueueMappingInfoMap } = wrapper
    const plain = { ...rest, topicConfigSerializeWrapper: { dataVersion, topicConfigTable, topicQueueMappingInfoMap } }
    expect(decodeRegisterBody(compressed, true, 513)).toEqual(plain)
    expect(decodeRegisterBody(compressed, false, 513)).toEqual(plain)
    expect(decodeRegisterBody(encodeCompressedRegisterBody(plain), true, 513)).toEqual(plain)
  })
  it('is refused at every cut', () => {
    for (const cut of cutsOf(compressed)) expect(() => decodeRegisterBody(cut, true, 513)).toThrow(ProtocolError)
  })
})
