// test/broker/protocol/headers.test.ts: custom headers against the fields that Apache's classes declare.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../../broker/protocol/errors'
import type { HeaderField, HeaderTable } from '../../../broker/protocol/header-table'
import * as headers from '../../../broker/protocol/headers'
import * as admin from '../../../broker/protocol/headers-admin'
import * as namesrv from '../../../broker/protocol/headers-namesrv'
import { golden } from '../../support/golden'

const { readHeader, writeHeader } = headers
type AnyTable = HeaderTable<Readonly<Record<string, HeaderField<unknown>>>>

/** Each table of ours and the classes of Apache's it stands for. */
// biome-ignore format: a row per table
const pairs: [string, AnyTable, ...string[]][] = [
  ['sendMessageHeader', headers.sendMessageHeader, 'SendMessageRequestHeader'],
  ['sendMessageV2Header', headers.sendMessageV2Header, 'SendMessageRequestHeaderV2'],
  ['sendMessageReply', headers.sendMessageReply, 'SendMessageResponseHeader'],
  ['sendBackHeader', headers.sendBackHeader, 'ConsumerSendMsgBackRequestHeader'],
  ['recallMessageHeader', headers.recallMessageHeader, 'RecallMessageRequestHeader'],
  ['recallMessageReply', headers.recallMessageReply, 'RecallMessageResponseHeader'],
  ['endTransactionHeader', headers.endTransactionHeader, 'EndTransactionRequestHeader'],
  ['checkTransactionStateHeader', headers.checkTransactionStateHeader, 'CheckTransactionStateRequestHeader'],
  ['resumeCheckHalfMessageHeader', headers.resumeCheckHalfMessageHeader, 'ResumeCheckHalfMessageRequestHeader'],
  ['pullMessageHeader', headers.pullMessageHeader, 'PullMessageRequestHeader'],
  ['pullMessageReply', headers.pullMessageReply, 'PullMessageResponseHeader'],
  ['queryMessageHeader', headers.queryMessageHeader, 'QueryMessageRequestHeader'],
  ['queryMessageReply', headers.queryMessageReply, 'QueryMessageResponseHeader'],
  ['viewMessageHeader', headers.viewMessageHeader, 'ViewMessageRequestHeader'],
  [
    'consumerGroupHeader',
    headers.consumerGroupHeader,
    'GetConsumerListByGroupRequestHeader',
    'NotifyConsumerIdsChangedRequestHeader',
    'GetConsumerConnectionListRequestHeader',
  ],
  ['queryConsumerOffsetHeader', headers.queryConsumerOffsetHeader, 'QueryConsumerOffsetRequestHeader'],
  ['updateConsumerOffsetHeader', headers.updateConsumerOffsetHeader, 'UpdateConsumerOffsetRequestHeader'],
  ['searchOffsetHeader', headers.searchOffsetHeader, 'SearchOffsetRequestHeader'],
  ['maxOffsetHeader', headers.maxOffsetHeader, 'GetMaxOffsetRequestHeader'],
  ['queueHeader', headers.queueHeader, 'GetMinOffsetRequestHeader', 'GetEarliestMsgStoretimeRequestHeader'],
  [
    'offsetReply',
    headers.offsetReply,
    'GetMaxOffsetResponseHeader',
    'GetMinOffsetResponseHeader',
    'SearchOffsetResponseHeader',
    'QueryConsumerOffsetResponseHeader',
  ],
  ['timestampReply', headers.timestampReply, 'GetEarliestMsgStoretimeResponseHeader'],
  ['unregisterClientHeader', headers.unregisterClientHeader, 'UnregisterClientRequestHeader'],
  ['resetClientOffsetHeader', headers.resetClientOffsetHeader],
  ['clientStatusHeader', headers.clientStatusHeader, 'GetConsumerStatusRequestHeader'],
  ['pushReplyHeader', headers.pushReplyHeader, 'ReplyMessageRequestHeader'],
  ['popMessageHeader', headers.popMessageHeader, 'PopMessageRequestHeader'],
  ['popMessageReply', headers.popMessageReply, 'PopMessageResponseHeader'],
  ['peekMessageHeader', headers.peekMessageHeader, 'PeekMessageRequestHeader'],
  ['ackMessageHeader', headers.ackMessageHeader, 'AckMessageRequestHeader'],
  ['changeInvisibleTimeHeader', headers.changeInvisibleTimeHeader, 'ChangeInvisibleTimeRequestHeader'],
  ['changeInvisibleTimeReply', headers.changeInvisibleTimeReply, 'ChangeInvisibleTimeResponseHeader'],
  ['notificationHeader', headers.notificationHeader, 'NotificationRequestHeader'],
  ['notificationReply', headers.notificationReply, 'NotificationResponseHeader'],
  ['pollingInfoHeader', headers.pollingInfoHeader, 'PollingInfoRequestHeader'],
  ['pollingInfoReply', headers.pollingInfoReply, 'PollingInfoResponseHeader'],
  ['createTopicHeader', admin.createTopicHeader, 'CreateTopicRequestHeader'],
  [
    'topicHeader',
    admin.topicHeader,
    'DeleteTopicRequestHeader',
    'GetTopicStatsInfoRequestHeader',
    'QueryTopicConsumeByWhoRequestHeader',
  ],
  ['topicConfigHeader', admin.topicConfigHeader, 'GetTopicConfigRequestHeader'],
  ['allTopicConfigHeader', admin.allTopicConfigHeader, 'GetAllTopicConfigRequestHeader'],
  ['allTopicConfigReply', admin.allTopicConfigReply, 'GetAllTopicConfigResponseHeader'],
  ['allGroupConfigHeader', admin.allGroupConfigHeader, 'GetAllSubscriptionGroupRequestHeader'],
  ['allGroupConfigReply', admin.allGroupConfigReply, 'GetAllSubscriptionGroupResponseHeader'],
  ['deleteGroupHeader', admin.deleteGroupHeader, 'DeleteSubscriptionGroupRequestHeader'],
  ['groupHeader', admin.groupHeader, 'GetSubscriptionGroupConfigRequestHeader', 'QueryTopicsByConsumerRequestHeader'],
  ['groupForbiddenHeader', admin.groupForbiddenHeader, 'UpdateGroupForbiddenRequestHeader'],
  ['resetOffsetHeader', admin.resetOffsetHeader, 'ResetOffsetRequestHeader'],
  ['consumerStatusHeader', admin.consumerStatusHeader, 'GetConsumerStatusRequestHeader'],
  ['consumeStatsHeader', admin.consumeStatsHeader, 'GetConsumeStatsRequestHeader'],
  ['brokerConsumeStatsHeader', admin.brokerConsumeStatsHeader, 'GetConsumeStatsInBrokerHeader'],
  ['consumeTimeSpanHeader', admin.consumeTimeSpanHeader, 'QueryConsumeTimeSpanRequestHeader'],
  ['correctionOffsetHeader', admin.correctionOffsetHeader, 'QueryCorrectionOffsetHeader'],
  ['cloneGroupOffsetHeader', admin.cloneGroupOffsetHeader, 'CloneGroupOffsetRequestHeader'],
  ['subscriptionByConsumerHeader', admin.subscriptionByConsumerHeader, 'QuerySubscriptionByConsumerRequestHeader'],
  ['queryConsumeQueueHeader', admin.queryConsumeQueueHeader, 'QueryConsumeQueueRequestHeader'],
  ['producerGroupHeader', admin.producerGroupHeader, 'GetProducerConnectionListRequestHeader'],
  ['consumerRunningInfoHeader', admin.consumerRunningInfoHeader, 'GetConsumerRunningInfoRequestHeader'],
  ['consumeDirectlyHeader', admin.consumeDirectlyHeader, 'ConsumeMessageDirectlyResultRequestHeader'],
  ['brokerStatsHeader', admin.brokerStatsHeader, 'ViewBrokerStatsDataRequestHeader'],
  ['brokerConfigReply', admin.brokerConfigReply, 'GetBrokerConfigResponseHeader'],
  ['exchangeHaInfoHeader', admin.exchangeHaInfoHeader, 'ExchangeHAInfoRequestHeader', 'ExchangeHAInfoResponseHeader'],
  ['resetMasterFlushOffsetHeader', admin.resetMasterFlushOffsetHeader, 'ResetMasterFlushOffsetHeader'],
  ['routeHeader', namesrv.routeHeader, 'GetRouteInfoRequestHeader'],
  ['registerBrokerHeader', namesrv.registerBrokerHeader, 'RegisterBrokerRequestHeader'],
  ['registerBrokerReply', namesrv.registerBrokerReply, 'RegisterBrokerResponseHeader'],
  ['unregisterBrokerHeader', namesrv.unregisterBrokerHeader, 'UnRegisterBrokerRequestHeader'],
  ['queryDataVersionHeader', namesrv.queryDataVersionHeader, 'QueryDataVersionRequestHeader'],
  ['queryDataVersionReply', namesrv.queryDataVersionReply, 'QueryDataVersionResponseHeader'],
  ['brokerHeartbeatHeader', namesrv.brokerHeartbeatHeader, 'BrokerHeartbeatRequestHeader'],
  ['memberGroupHeader', namesrv.memberGroupHeader, 'GetBrokerMemberGroupRequestHeader'],
  ['putKvHeader', namesrv.putKvHeader, 'PutKVConfigRequestHeader'],
  ['kvKeyHeader', namesrv.kvKeyHeader, 'GetKVConfigRequestHeader', 'DeleteKVConfigRequestHeader'],
  ['kvReply', namesrv.kvReply, 'GetKVConfigResponseHeader'],
  ['kvNamespaceHeader', namesrv.kvNamespaceHeader, 'GetKVListByNamespaceRequestHeader'],
  [
    'brokerNameHeader',
    namesrv.brokerNameHeader,
    'WipeWritePermOfBrokerRequestHeader',
    'AddWritePermOfBrokerRequestHeader',
  ],
  ['wipeWritePermReply', namesrv.wipeWritePermReply, 'WipeWritePermOfBrokerResponseHeader'],
  ['addWritePermReply', namesrv.addWritePermReply, 'AddWritePermOfBrokerResponseHeader'],
  ['deleteTopicHeader', namesrv.deleteTopicHeader, 'DeleteTopicFromNamesrvRequestHeader'],
  ['registerTopicHeader', namesrv.registerTopicHeader, 'RegisterTopicRequestHeader'],
  ['clusterHeader', namesrv.clusterHeader, 'GetTopicsByClusterRequestHeader'],
  ['notifyMinBrokerIdHeader', namesrv.notifyMinBrokerIdHeader, 'NotifyMinBrokerIdChangeRequestHeader'],
]
/** On any request, or added beside the class. */
const besides = new Set(['bname', 'lo', 'MSG_REGION', 'TRACE_ON', '_UNIQUE_KEY_QUERY'])
const kinds: Record<string, string> = {
  String: 'text',
  Integer: '32-bit number',
  int: '32-bit number',
  Long: '64-bit number',
  long: '64-bit number',
  BoundaryType: 'text',
  Boolean: 'boolean',
  boolean: 'boolean',
}
/** Nothing can be answered without them, though their classes do not say so. */
const needed = new Set(['queryConsumeQueueHeader.topic'])
const declared = golden().headers

describe('a custom header', () => {
  it.each(pairs)('%s has the fields of its class, with their kinds', (_, table, ...classes) => {
    for (const name of classes) {
      const theirs = declared[name]
      expect(theirs, name).toBeDefined()
      const ours = table.entries.filter(([field]) => !besides.has(field))
      expect(ours.map(([field, { kind }]) => `${field}: ${kind}`).sort()).toEqual(
        (theirs ?? [])
          .filter((one) => !besides.has(one.name))
          .map((one) => `${one.name}: ${kinds[one.type] ?? one.type}`)
          .sort(),
      )
    }
  })

  it.each(pairs)('%s asks for nothing that its class lets be missing', (own, table, ...classes) => {
    for (const name of classes) {
      const mayLack = new Set(
        (declared[name] ?? []).filter((one) => !one.notNull && !/^[a-z]/.test(one.type)).map((one) => one.name),
      )
      const asked = table.entries.filter(([, field]) => field.missing === 'required').map(([field]) => field)
      expect(asked.filter((field) => mayLack.has(field) && !needed.has(`${own}.${field}`))).toEqual([])
    }
  })

  it('names the field that is missing or wrong', () => {
    expect(() => readHeader(headers.viewMessageHeader, {})).toThrow('the custom field <offset> is null')
    for (const wrong of [
      '',
      'x',
      '1.5',
      '0x10',
      ' 1',
      '1e3',
      '+',
      '-',
      '99999999999999999999',
      '123456789012345678901',
    ]) {
      expect(() => readHeader(headers.viewMessageHeader, { offset: wrong }), wrong).toThrow(
        /<offset> is no 64-bit number/,
      )
    }
    expect(() => readHeader(headers.queueHeader, { topic: 'T', queueId: '2147483648' })).toThrow(ProtocolError)
  })

  it('takes the largest and smallest numbers there are', () => {
    const read = (offset: string) => readHeader(headers.viewMessageHeader, { offset }).offset
    expect(read('9223372036854775807')).toBe(2 ** 63)
    expect(read('-9223372036854775808')).toBe(-(2 ** 63))
    expect(read('9007199254740993')).toBe(2 ** 53)
    expect(read('+7')).toBe(7)
    expect(read('-0')).toBe(0)
    expect(writeHeader(headers.offsetReply, { offset: read('9223372036854775807') }).offset).toBe('9223372036854775807')
    expect(writeHeader(headers.offsetReply, { offset: read('-9223372036854775808') }).offset).toBe(
      '-9223372036854775808',
    )
  })

  it('reads booleans as Java does and fills in what may be missing', () => {
    const given = { topic: 'T', acceptStandardJsonOnly: 'TRUE' }
    expect(readHeader(namesrv.routeHeader, given).acceptStandardJsonOnly).toBe(true)
    expect(readHeader(namesrv.routeHeader, { ...given, acceptStandardJsonOnly: 'yes' }).acceptStandardJsonOnly).toBe(
      false,
    )
    expect(readHeader(namesrv.routeHeader, { topic: 'T' }).acceptStandardJsonOnly).toBe(false)
    expect(readHeader(headers.sendBackHeader, { offset: '1', group: 'g', delayLevel: '0' })).toMatchObject({
      unitMode: false,
      maxReconsumeTimes: undefined,
    })
  })

  it('comes back as it went in', () => {
    const values = fc.record({
      suggestWhichBrokerId: fc.maxSafeInteger(),
      nextBeginOffset: fc.maxSafeInteger(),
      minOffset: fc.maxSafeInteger(),
      maxOffset: fc.maxSafeInteger(),
      offsetDelta: fc.option(fc.maxSafeInteger(), { nil: undefined }),
      topicSysFlag: fc.option(fc.integer(), { nil: undefined }),
      groupSysFlag: fc.option(fc.integer(), { nil: undefined }),
      forbiddenType: fc.option(fc.integer(), { nil: undefined }),
    })
    fc.assert(
      fc.property(values, (given) => {
        expect(readHeader(headers.pullMessageReply, writeHeader(headers.pullMessageReply, given))).toEqual(given)
      }),
      { seed: 4, numRuns: 200 },
    )
  })
})
