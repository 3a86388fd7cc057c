// broker/namesrv/requests.ts: what a name server answers, a row per request code. Texts are Apache's.
import { ConfigError } from '../config/open'
import { parseProperties } from '../config/properties-text'
import type { Connection, Reply } from '../net/types'
import {
  clusterInfo,
  dataVersion,
  kvTable,
  memberGroupBody,
  type RegisterBrokerBody,
  type RouteData,
  readBody,
  routeData,
  topicConfigWrapper,
  topicList,
  writeBody,
} from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { crc32Positive } from '../protocol/crc32'
import { readHeader, writeHeader } from '../protocol/headers'
import * as headers from '../protocol/headers-namesrv'
import { decodeRegisterBody } from '../protocol/register-body'
import { TopicSysFlag } from '../protocol/sys-flag'
import type { KvConfig } from './kv'
import type { RouteTable } from './routes'

export interface NameServerParts {
  routes: RouteTable
  kv: KvConfig
  settings: Settings
  /** All settings as properties text. */
  settingsText: () => string
  /** Throws a ConfigError. */
  changeSettings: (changes: ReadonlyMap<string, string>) => Promise<void>
  startedAtMs: number
  clock: () => number
}
export interface Settings {
  readonly enableAllTopicList: boolean
  readonly enableTopicList: boolean
  readonly orderMessageEnable: boolean
  readonly returnOrderTopicConfigToBroker: boolean
  readonly needWaitForService: boolean
  readonly waitSecondsForService: number
  readonly configBlackList: string | null
}
export type Answer = (request: Command, connection: Connection) => Reply | Promise<Reply>

const orderNamespace = 'ORDER_TOPIC_CONFIG'
const faq = '\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.'
/** From this MQVersion ordinal on (V3_0_11) a registration carries filter servers beside the topics. */
const versionWithFilterServers = 37
/** From this one on (V4_9_4) clients read standard JSON routes. */
const versionWithStandardJson = 401
const neverChanged = ['configBlackList', 'configStorePath', 'kvConfigPath', 'rocketmqHome']

/** Apache's own answer to 901 carries it beside its success. */
const forgottenRemark = 'not set any response code'

const success: Reply = { code: ResponseCode.SUCCESS }
const failed = (remark: string): Reply => ({ code: ResponseCode.SYSTEM_ERROR, remark })
const disabled = failed('disable')
const topicsReply = (topics: string[], brokerAddr?: string): Reply => ({
  code: ResponseCode.SUCCESS,
  body: writeBody(topicList, { topicList: topics, ...(brokerAddr === undefined ? {} : { brokerAddr }) }),
})

export function nameServerAnswers(parts: NameServerParts): ReadonlyMap<number, Answer> {
  const { routes, kv, settings } = parts
  const unitTopics = (passes: (sysFlag: number) => boolean): Answer => {
    return () => (settings.enableTopicList ? topicsReply(routes.topicsBySysFlag(passes)) : disabled)
  }
  const isUnit = (flag: number) => (flag & TopicSysFlag.unit) !== 0
  const hasUnitSub = (flag: number) => (flag & TopicSysFlag.unitSub) !== 0

  const answers: Readonly<Record<number, Answer>> = {
    [RequestCode.GET_ROUTEINFO_BY_TOPIC]: (request) => answerRoute(parts, request),
    [RequestCode.REGISTER_BROKER]: (request, connection) => answerRegister(parts, request, connection),
    [RequestCode.UNREGISTER_BROKER]: (request) => {
      routes.unregister(readHeader(headers.unregisterBrokerHeader, request.ext))
      return success
    },
    [RequestCode.QUERY_DATA_VERSION]: (request) => {
      const { clusterName, brokerAddr } = readHeader(headers.queryDataVersionHeader, request.ext)
      const changed = routes.hasChanged(clusterName, brokerAddr, readBody(dataVersion, request.body))
      routes.touch(clusterName, brokerAddr)
      const held = routes.versionOf(clusterName, brokerAddr)
      const ext = writeHeader(headers.queryDataVersionReply, { changed })
      return { code: ResponseCode.SUCCESS, ext, ...(held === undefined ? {} : { body: writeBody(dataVersion, held) }) }
    },
    [RequestCode.BROKER_HEARTBEAT]: (request) => {
      const { clusterName, brokerAddr } = readHeader(headers.brokerHeartbeatHeader, request.ext)
      routes.touch(clusterName, brokerAddr)
      return success
    },
    [RequestCode.GET_BROKER_MEMBER_GROUP]: (request) => {
      const { clusterName, brokerName } = readHeader(headers.memberGroupHeader, request.ext)
      const brokerMemberGroup = { brokerAddrs: routes.members(brokerName), brokerName, cluster: clusterName }
      const body = writeBody(memberGroupBody, { brokerMemberGroup })
      return { code: ResponseCode.SUCCESS, remark: forgottenRemark, body }
    },
    [RequestCode.GET_BROKER_CLUSTER_INFO]: () => ({
      code: ResponseCode.SUCCESS,
      body: writeBody(clusterInfo, routes.clusterInfo()),
    }),
    [RequestCode.WIPE_WRITE_PERM_OF_BROKER]: (request) => {
      const { brokerName } = readHeader(headers.brokerNameHeader, request.ext)
      const wipeTopicCount = routes.setWritable(brokerName, false)
      return { code: ResponseCode.SUCCESS, ext: writeHeader(headers.wipeWritePermReply, { wipeTopicCount }) }
    },
    [RequestCode.ADD_WRITE_PERM_OF_BROKER]: (request) => {
      const { brokerName } = readHeader(headers.brokerNameHeader, request.ext)
      const addTopicCount = routes.setWritable(brokerName, true)
      return { code: ResponseCode.SUCCESS, ext: writeHeader(headers.addWritePermReply, { addTopicCount }) }
    },
    [RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER]: () =>
      settings.enableAllTopicList ? topicsReply(routes.topicNames) : disabled,
    [RequestCode.GET_TOPICS_BY_CLUSTER]: (request) =>
      settings.enableTopicList
        ? topicsReply(routes.topicsOfCluster(readHeader(headers.clusterHeader, request.ext).cluster))
        : disabled,
    [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS]: () => {
      const { topics, brokerAddr } = routes.systemTopics()
      return topicsReply(topics, brokerAddr)
    },
    [RequestCode.GET_UNIT_TOPIC_LIST]: unitTopics(isUnit),
    [RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST]: unitTopics(hasUnitSub),
    [RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST]: unitTopics((flag) => hasUnitSub(flag) && !isUnit(flag)),
    [RequestCode.DELETE_TOPIC_IN_NAMESRV]: (request) => {
      const { topic, clusterName } = readHeader(headers.deleteTopicHeader, request.ext)
      routes.deleteTopic(topic, clusterName)
      return success
    },
    [RequestCode.REGISTER_TOPIC_IN_NAMESRV]: (request) => {
      const { topic } = readHeader(headers.registerTopicHeader, request.ext)
      if (request.body.length > 0) routes.registerTopic(topic, readBody(routeData, request.body).queueDatas)
      return success
    },
    [RequestCode.PUT_KV_CONFIG]: async (request) => {
      const { namespace, key, value } = readHeader(headers.putKvHeader, request.ext)
      if (namespace === undefined || key === undefined) return failed('namespace or key is null')
      await (value === undefined ? kv.delete(namespace, key) : kv.put(namespace, key, value))
      return success
    },
    [RequestCode.GET_KV_CONFIG]: (request) => {
      const { namespace, key } = readHeader(headers.kvKeyHeader, request.ext)
      const value = kv.get(namespace, key)
      if (value !== undefined) return { code: ResponseCode.SUCCESS, ext: writeHeader(headers.kvReply, { value }) }
      return { code: ResponseCode.QUERY_NOT_FOUND, remark: `No config item, Namespace: ${namespace} Key: ${key}` }
    },
    [RequestCode.DELETE_KV_CONFIG]: async (request) => {
      const { namespace, key } = readHeader(headers.kvKeyHeader, request.ext)
      await kv.delete(namespace, key)
      return success
    },
    [RequestCode.GET_KVLIST_BY_NAMESPACE]: (request) => {
      const { namespace } = readHeader(headers.kvNamespaceHeader, request.ext)
      const table = kv.all(namespace)
      if (table !== undefined) return { code: ResponseCode.SUCCESS, body: kvBody(table) }
      return { code: ResponseCode.QUERY_NOT_FOUND, remark: `No config item, Namespace: ${namespace}` }
    },
    [RequestCode.UPDATE_NAMESRV_CONFIG]: (request) => answerChange(parts, request),
    [RequestCode.GET_NAMESRV_CONFIG]: () => ({
      code: ResponseCode.SUCCESS,
      body: Buffer.from(parts.settingsText(), 'utf8'),
    }),
  }
  return new Map(Object.entries(answers).map(([code, answer]) => [Number(code), answer]))
}

const kvBody = (table: ReadonlyMap<string, string>): Buffer => writeBody(kvTable, { table: new Map(table) })

function answerRoute({ routes, kv, settings, startedAtMs, clock }: NameServerParts, request: Command): Reply {
  const { topic, acceptStandardJsonOnly } = readHeader(headers.routeHeader, request.ext)
  if (settings.needWaitForService && clock() - startedAtMs < settings.waitSecondsForService * 1000) {
    return failed('name server not ready')
  }
  const route = routes.route(topic)
  if (route === undefined) {
    const remark = `No topic route info in name server for the topic: ${topic}${faq}`
    return { code: ResponseCode.TOPIC_NOT_EXIST, remark }
  }
  if (settings.orderMessageEnable) {
    const orderTopicConf = kv.get(orderNamespace, topic)
    if (orderTopicConf !== undefined) route.orderTopicConf = orderTopicConf
  }
  const { __ZONE_MODE: zoneMode, __ZONE_NAME: zoneName } = request.ext
  if (zoneMode?.toLowerCase() === 'true' && zoneName !== undefined && zoneName.trim() !== '') {
    return { code: ResponseCode.SUCCESS, body: writeBody(routeData, ofZone(route, zoneName)) }
  }
  const standard = request.version >= versionWithStandardJson || acceptStandardJsonOnly
  return { code: ResponseCode.SUCCESS, body: writeBody(routeData, route, standard ? 'standard' : 'fastjson') }
}

/** Without the brokers of other zones, unless their master is down: then their slaves are better than nothing. */
function ofZone(route: RouteData, zoneName: string): RouteData {
  const isHidden = (broker: RouteData['brokerDatas'][number]) =>
    broker.brokerAddrs.has(0) && broker.zoneName?.toLowerCase() !== zoneName.toLowerCase()
  const hidden = route.brokerDatas.filter(isHidden)
  const hiddenNames = new Set(hidden.map((broker) => broker.brokerName))
  const hiddenAddrs = new Set(hidden.flatMap((broker) => [...broker.brokerAddrs.values()]))
  return {
    ...route,
    brokerDatas: route.brokerDatas.filter((broker) => !isHidden(broker)),
    queueDatas: route.queueDatas.filter((queues) => !hiddenNames.has(queues.brokerName)),
    filterServerTable: new Map([...route.filterServerTable].filter(([addr]) => !hiddenAddrs.has(addr))),
  }
}

function answerRegister({ routes, kv, settings }: NameServerParts, request: Command, connection: Connection): Reply {
  const header = readHeader(headers.registerBrokerHeader, request.ext)
  if (header.bodyCrc32 !== 0 && crc32Positive(request.body) !== header.bodyCrc32) return failed('crc32 not match')
  const registered = routes.register({
    clusterName: header.clusterName,
    brokerName: header.brokerName,
    brokerAddr: header.brokerAddr,
    brokerId: header.brokerId,
    haServerAddr: header.haServerAddr,
    zoneName: request.ext.__ZONE_NAME,
    heartbeatTimeoutMs: header.heartbeatTimeoutMillis,
    enableActingMaster: header.enableActingMaster,
    body: registration(request, header.compressed),
    connection,
  })
  if (registered === undefined) return failed('register broker failed')
  const order = settings.returnOrderTopicConfigToBroker ? kv.all(orderNamespace) : undefined
  return {
    code: ResponseCode.SUCCESS,
    ext: writeHeader(headers.registerBrokerReply, registered),
    ...(order === undefined ? {} : { body: kvBody(order) }),
  }
}

function registration(request: Command, compressed: boolean): RegisterBrokerBody {
  if (request.body.length === 0) {
    return { filterServerList: [], topicConfigSerializeWrapper: topicConfigWrapper.read({}, 'body') }
  }
  if (request.version >= versionWithFilterServers) {
    return decodeRegisterBody(request.body, compressed, request.version)
  }
  return { filterServerList: [], topicConfigSerializeWrapper: readBody(topicConfigWrapper, request.body) }
}

async function answerChange({ settings, changeSettings }: NameServerParts, request: Command): Promise<Reply> {
  const changes = parseProperties(request.body.toString('utf8'))
  const blackList = [...neverChanged, ...(settings.configBlackList ?? '').split(';')]
  if (blackList.some((key) => changes.has(key))) {
    return { code: ResponseCode.NO_PERMISSION, remark: 'Can not update config in black list.' }
  }
  try {
    await changeSettings(changes)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const code = error.fault === 'identity' ? ResponseCode.NO_PERMISSION : ResponseCode.INVALID_PARAMETER
    return { code, remark: error.message }
  }
  return success
}
