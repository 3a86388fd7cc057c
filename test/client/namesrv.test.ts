// test/client/namesrv.test.ts: our name server beside Apache's. One Apache broker registers with both; then both are
// asked the same, and their answers must be the same: code, remark, fields and every byte of the body.
import { afterEach, expect, it } from 'vitest'
import { openNameServer } from '../../broker/namesrv/open'
import { openDialer } from '../../broker/net/dial'
import { RequestCode as Ask } from '../../broker/protocol/codes'
import type { ExtFields } from '../../broker/protocol/command'
import { parseLoose } from '../../broker/protocol/json'
import { temporaryFolder } from '../support/folders'
import { javaParts } from '../support/java'
import { registrationOf, topicOf, twoTopics } from '../support/name-server'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const cluster = { clusterName: 'DefaultCluster', brokerName: 'broker-a' }
const zed = {
  brokerName: 'z',
  brokerAddr: '127.0.0.1:9',
  clusterName: 'C',
  haServerAddr: '127.0.0.1:10',
  brokerId: '0',
}
const slave = { ...zed, brokerAddr: '127.0.0.1:19', brokerId: '1', enableActingMaster: 'true' }
const made = (brokerName: string, topicSysFlag = 0) =>
  JSON.stringify({ queueDatas: [{ brokerName, perm: 6, readQueueNums: 4, topicSysFlag, writeQueueNums: 4 }] })
const noVersion = '{"counter":0,"stateVersion":0,"timestamp":0}'

/** In this order: what one of them changes, the next ones see. */
const questions: [code: number, ext?: ExtFields, body?: string][] = [
  [Ask.GET_BROKER_CLUSTER_INFO],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'TBW102' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'nope' }],
  [Ask.GET_ALL_TOPIC_LIST_FROM_NAMESERVER],
  [Ask.GET_TOPICS_BY_CLUSTER, { cluster: 'DefaultCluster' }],
  [Ask.GET_TOPICS_BY_CLUSTER, { cluster: 'nope' }],
  [Ask.GET_SYSTEM_TOPIC_LIST_FROM_NS],
  [Ask.GET_UNIT_TOPIC_LIST],
  [Ask.GET_HAS_UNIT_SUB_TOPIC_LIST],
  [Ask.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST],
  [Ask.GET_BROKER_MEMBER_GROUP, cluster],
  [Ask.GET_BROKER_MEMBER_GROUP, { ...cluster, brokerName: 'x' }],
  [Ask.GET_KV_CONFIG, { namespace: 'a', key: 'b' }],
  [Ask.GET_KVLIST_BY_NAMESPACE, { namespace: 'a' }],
  [Ask.PUT_KV_CONFIG, { namespace: 'a', key: 'b', value: 'ü "q"' }],
  [Ask.PUT_KV_CONFIG, { key: 'b', value: 'x' }],
  [Ask.GET_KV_CONFIG, { namespace: 'a', key: 'b' }],
  [Ask.GET_KVLIST_BY_NAMESPACE, { namespace: 'a' }],
  [Ask.DELETE_KV_CONFIG, { namespace: 'a', key: 'b' }],
  [Ask.GET_KVLIST_BY_NAMESPACE, { namespace: 'a' }],
  [Ask.QUERY_DATA_VERSION, { ...zed }, noVersion],
  [Ask.BROKER_HEARTBEAT, zed],
  [Ask.WIPE_WRITE_PERM_OF_BROKER, { brokerName: 'broker-a' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'TBW102' }],
  [Ask.ADD_WRITE_PERM_OF_BROKER, { brokerName: 'broker-a' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'TBW102' }],
  [Ask.WIPE_WRITE_PERM_OF_BROKER, { brokerName: 'nope' }],
  [Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'made' }, made('broker-a')],
  [Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'strange' }, made('strange')],
  [Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'unit' }, made('broker-a', 3)],
  [Ask.REGISTER_TOPIC_IN_NAMESRV, { topic: 'empty' }],
  [Ask.GET_UNIT_TOPIC_LIST],
  [Ask.GET_HAS_UNIT_SUB_TOPIC_LIST],
  [Ask.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST],
  ...['made', 'strange', 'empty'].map((topic): [number, ExtFields] => [Ask.GET_ROUTEINFO_BY_TOPIC, { topic }]),
  [Ask.DELETE_TOPIC_IN_NAMESRV, { topic: 'made', clusterName: 'other' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'made' }],
  [Ask.DELETE_TOPIC_IN_NAMESRV, { topic: 'made', clusterName: 'DefaultCluster' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'made' }],
  [Ask.UPDATE_NAMESRV_CONFIG, {}, 'kvConfigPath=/x'],
  [Ask.UPDATE_NAMESRV_CONFIG, {}, 'orderMessageEnable=true'],
  [Ask.PUT_KV_CONFIG, { namespace: 'ORDER_TOPIC_CONFIG', key: 'TBW102', value: 'broker-a:8' }],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'TBW102' }],
  [Ask.UPDATE_NAMESRV_CONFIG, {}, 'enableTopicList=false'],
  [Ask.GET_TOPICS_BY_CLUSTER, { cluster: 'DefaultCluster' }],
  [Ask.REGISTER_BROKER, { ...zed, bodyCrc32: '5' }, twoTopics],
  [Ask.REGISTER_BROKER, zed, registrationOf([topicOf('T')])],
  [Ask.GET_BROKER_CLUSTER_INFO],
  [Ask.REGISTER_BROKER, zed, twoTopics],
  [Ask.REGISTER_BROKER, slave, twoTopics],
  [Ask.GET_BROKER_CLUSTER_INFO],
  [Ask.GET_ROUTEINFO_BY_TOPIC, { topic: 'T' }],
  [1005],
  [999],
]
/** Maps of Java have an order of their own; in these answers ours is the order of arrival. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.every((one) => typeof one === 'string') ? [...value].sort() : value.map(ordered)
  if (value instanceof Map) return [...value].map(([key, held]) => [key, ordered(held)])
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, ordered(held)]))
}
/** Of a broker whose registration it refused, Apache keeps an entry without addresses; ours keeps nothing. */
function withoutRefused(info: unknown): unknown {
  const { brokerAddrTable, clusterAddrTable } = info as {
    brokerAddrTable: Record<string, { brokerAddrs: object }>
    clusterAddrTable: Record<string, string[]>
  } // both name servers give it in this form
  const isThere = (name: string) => Object.keys(brokerAddrTable[name]?.brokerAddrs ?? {}).length > 0
  const named = (names: readonly string[]) => names.filter(isThere)
  return {
    brokerAddrTable: Object.fromEntries(Object.entries(brokerAddrTable).filter(([name]) => isThere(name))),
    clusterAddrTable: Object.fromEntries(
      Object.entries(clusterAddrTable)
        .map(([cluster, names]) => [cluster, named(names)] as const)
        .filter(([, names]) => names.length > 0),
    ),
  }
}
const inAnyOrder = new Set<number>([
  Ask.GET_ALL_TOPIC_LIST_FROM_NAMESERVER,
  Ask.GET_TOPICS_BY_CLUSTER,
  Ask.GET_SYSTEM_TOPIC_LIST_FROM_NS,
  Ask.GET_BROKER_CLUSTER_INFO,
])

it("NS3 and NS9: answers all that Apache's name server answers, in the same words", async (context) => {
  const parts = await javaParts()
  if ('missing' in parts) return context.skip(parts.missing)
  const theirs = await startReferenceNamesrv(parts)
  ends.push(() => theirs.stop())
  const dataDir = temporaryFolder('namesrv')
  const ours = await openNameServer({ host: '127.0.0.1', port: 0, dataDir, properties: {}, log: () => {} })
  ends.push(() => ours.close())
  const namesrvAddr = `${theirs.address};${ours.address}`
  const broker = await startReferenceBroker(parts, { namesrv: theirs.address, properties: { namesrvAddr } })
  ends.push(() => broker.stop())
  await registered(ours.address, broker.address)
  const dialer = openDialer()
  ends.push(() => dialer.close())

  for (const [code, ext = {}, body] of questions) {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const [expected, given] = await Promise.all(
      [theirs.address, ours.address].map(async (address) => {
        const reply = await dialer.request(address, code, { ...ext }, bytes, 10_000)
        const text = reply.body.toString()
        const sorted = text !== '' && inAnyOrder.has(code) ? ordered(parseLoose(text)) : text
        const shown = code === Ask.GET_BROKER_CLUSTER_INFO ? withoutRefused(sorted) : sorted
        return { question: [code, ext], code: reply.code, remark: reply.remark, ext: { ...reply.ext }, body: shown }
      }),
    )
    expect(given).toEqual(expected)
  }
})
