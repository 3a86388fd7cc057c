// server/admin/broker.ts: what one broker can be asked about itself, its topics, groups and clients, and told to
// change. Each function is one request; who asks many of them decides how many at once.
import { RequestCode as code, OwnRequestCode, ResponseCode } from '../../broker/protocol/codes'
import { answeredWith } from '../shared/errors'
import { type Ask, bodyOf } from './ask'
import { numberOf, objectOf, tableOf, textsOf } from './loose-json'
import {
  allConsumeStatsOf,
  allOffsetsOf,
  consumeQueuesOf,
  consumerConnectionsOf,
  filterScriptOf,
  groupConfigOf,
  haStatusOf,
  producersOf,
  propertiesOf,
  replicasOf,
  runningOf,
  scriptVerdictOf,
  topicConfigOf,
  topicStatsOf,
} from './parse'
import type {
  ConsumeQueueStats,
  ConsumerConnections,
  FilterScript,
  FilterScriptChange,
  FilterScriptPut,
  GroupConfig,
  GroupConsumeStats,
  HaStatus,
  Producer,
  QueueStats,
  Replicas,
  Running,
  ScriptVerdict,
  TopicConfig,
} from './types'

export interface Brokers {
  runtime(address: string): Promise<Record<string, string>>
  config(address: string): Promise<Record<string, string>>
  updateConfig(address: string, changes: Readonly<Record<string, string>>): Promise<void>
  haStatus(address: string): Promise<HaStatus>
  /** Asked of a controller, about the brokers of one name. */
  replicas(controller: string, brokerName: string): Promise<Replicas | null>
  topicConfigs(address: string): Promise<TopicConfig[]>
  groupConfigs(address: string): Promise<GroupConfig[]>
  putTopic(address: string, topic: TopicConfig, attributeChanges?: string): Promise<void>
  deleteTopic(address: string, topic: string): Promise<void>
  putGroup(address: string, group: GroupConfig): Promise<void>
  deleteGroup(address: string, group: string, cleanOffset: boolean): Promise<void>
  /** null: this broker has no script for the group; undefined: it knows no filter scripts, as Apache's. */
  filterScript(address: string, group: string): Promise<FilterScript | null | undefined>
  putFilterScript(address: string, script: FilterScriptPut): Promise<void>
  /** What a script says of a record as it is stored. Nothing is kept of it. */
  tryFilterScript(address: string, script: Omit<FilterScriptChange, 'onFault'>, record: Buffer): Promise<ScriptVerdict>
  /** One that is not there is removed. */
  removeFilterScript(address: string, group: string): Promise<void>
  /** Offsets of all groups; `topic@group` to queue to offset. */
  allOffsets(address: string): Promise<Map<string, Map<number, number>>>
  allConsumeStats(address: string): Promise<{ groups: GroupConsumeStats[]; sizeBytes: number }>
  consumeStats(address: string, group: string, topic?: string): Promise<ConsumeQueueStats[]>
  topicStats(address: string, topic: string): Promise<QueueStats[]>
  /** Of the last minute, by the broker's own statistics; 0 when it counted nothing yet. */
  statsPerSecond(address: string, name: string, key: string): Promise<number>
  /** What one of the things counted was on average, over the last minute, else hour, else day; null when none was. */
  statsMean(address: string, name: string, key: string): Promise<number | null>
  consumers(address: string, group: string): Promise<ConsumerConnections | null>
  producers(address: string): Promise<Producer[]>
  running(address: string, group: string, clientId: string, stack: boolean, timeoutMs?: number): Promise<Running>
  groupsOfTopic(address: string, topic: string): Promise<string[]>
  groupOffset(address: string, group: string, topic: string, queueId: number): Promise<bigint | null>
  setGroupOffset(address: string, group: string, topic: string, queueId: number, offset: bigint): Promise<void>
  /** The server-side reset: also told to clients that are online. */
  resetQueue(address: string, group: string, topic: string, queueId: number, offset: bigint): Promise<void>
  offsetAtTime(address: string, topic: string, queueId: number, timestamp: number): Promise<bigint>
  delayOffsets(address: string): Promise<Record<string, string>>
}

export const openBrokers = (ask: Ask): Brokers => {
  const body = async (address: string, request: number, ext: Record<string, string> = {}, timeoutMs?: number) =>
    bodyOf(address, await ask(address, request, ext, timeoutMs === undefined ? {} : { timeoutMs }))
  const stats = async (address: string, statsName: string, statsKey: string) => {
    try {
      return objectOf(await body(address, code.VIEW_BROKER_STATS_DATA, { statsName, statsKey }))
    } catch (error) {
      if (answeredWith(error, ResponseCode.SYSTEM_ERROR)) return {} // "not exist": nothing was counted yet
      throw error
    }
  }
  return {
    runtime: async (address) => tableOf(objectOf(await body(address, code.GET_BROKER_RUNTIME_INFO)).table),
    config: async (address) => propertiesOf((await ask(address, code.GET_BROKER_CONFIG)).body.toString('utf8')),
    async updateConfig(address, changes) {
      const text = Object.entries(changes).map(([key, value]) => `${key}=${escaped(value)}\n`)
      await ask(address, code.UPDATE_BROKER_CONFIG, {}, { body: Buffer.from(text.join('')) })
    },
    haStatus: async (address) => haStatusOf(await body(address, code.GET_BROKER_HA_STATUS)),
    async replicas(controller, brokerName) {
      const names = Buffer.from(JSON.stringify([brokerName]))
      const answer = await ask(controller, code.CONTROLLER_GET_SYNC_STATE_DATA, {}, { body: names })
      return replicasOf(bodyOf(controller, answer), brokerName)
    },
    topicConfigs: async (address) =>
      Object.values(
        objectOf(objectOf(await body(address, code.GET_ALL_TOPIC_CONFIG, {}, 15_000)).topicConfigTable),
      ).map(topicConfigOf),
    groupConfigs: async (address) =>
      Object.values(
        objectOf(
          objectOf(await body(address, code.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, {}, 15_000)).subscriptionGroupTable,
        ),
      ).map(groupConfigOf),
    async putTopic(address, topic, attributeChanges) {
      await ask(address, code.UPDATE_AND_CREATE_TOPIC, {
        topic: topic.topic,
        defaultTopic: 'TBW102',
        readQueueNums: String(topic.readQueues),
        writeQueueNums: String(topic.writeQueues),
        perm: String(topic.perm),
        topicFilterType: topic.filterType,
        topicSysFlag: String(topic.sysFlag),
        order: String(topic.order),
        ...(attributeChanges ? { attributes: attributeChanges } : {}),
      })
    },
    async deleteTopic(address, topic) {
      await ask(address, code.DELETE_TOPIC_IN_BROKER, { topic })
    },
    async putGroup(address, { raw, attributes: _, ...known }) {
      // `attributes` of a request is a list of changes, not the table that brokers answer with: it is left out.
      const { group, ...fields } = known
      const { attributes: __, ...kept } = raw
      const text = JSON.stringify({ ...kept, ...fields, groupName: group })
      await ask(address, code.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, {}, { body: Buffer.from(text) })
    },
    async deleteGroup(address, groupName, cleanOffset) {
      await ask(address, code.DELETE_SUBSCRIPTIONGROUP, { groupName, cleanOffset: String(cleanOffset) })
    },
    async filterScript(address, group) {
      try {
        return filterScriptOf(await body(address, OwnRequestCode.GET_FILTER_SCRIPTS, { group }), group)
      } catch (error) {
        if (answeredWith(error, ResponseCode.REQUEST_CODE_NOT_SUPPORTED)) return undefined
        throw error
      }
    },
    async putFilterScript(address, { group, source, onFault, timeLimitMs, replaces }) {
      const version: Record<string, string> = replaces === undefined ? {} : { replaces: String(replaces) }
      const ext = { group, onFault, timeLimitMs: String(timeLimitMs), ...version }
      // it is tried before it is taken
      await ask(address, OwnRequestCode.SET_FILTER_SCRIPT, ext, { body: Buffer.from(source), timeoutMs: 30_000 })
    },
    async tryFilterScript(address, { group, source, timeLimitMs }, record) {
      const script = Buffer.from(source)
      const ext = { group, timeLimitMs: String(timeLimitMs), sourceBytes: String(script.length) }
      const body = Buffer.concat([script, record])
      const answer = await ask(address, OwnRequestCode.TRY_FILTER_SCRIPT, ext, { body, timeoutMs: 30_000 })
      return scriptVerdictOf(bodyOf(address, answer))
    },
    async removeFilterScript(address, group) {
      try {
        await ask(address, OwnRequestCode.REMOVE_FILTER_SCRIPT, { group })
      } catch (error) {
        if (!answeredWith(error, ResponseCode.QUERY_NOT_FOUND)) throw error
      }
    },
    allOffsets: async (address) => allOffsetsOf(await body(address, code.GET_ALL_CONSUMER_OFFSET, {}, 15_000)),
    async allConsumeStats(address) {
      const answer = await ask(address, code.GET_BROKER_CONSUME_STATS, { isOrder: 'false' }, { timeoutMs: 30_000 })
      return { groups: allConsumeStatsOf(bodyOf(address, answer)), sizeBytes: answer.body.length }
    },
    consumeStats: async (address, consumerGroup, topic) =>
      consumeQueuesOf(
        await body(address, code.GET_CONSUME_STATS, topic === undefined ? { consumerGroup } : { consumerGroup, topic }),
      ),
    topicStats: async (address, topic) => topicStatsOf(await body(address, code.GET_TOPIC_STATS_INFO, { topic })),
    statsPerSecond: async (address, name, key) => numberOf(objectOf((await stats(address, name, key)).statsMinute).tps),
    async statsMean(address, name, key) {
      const found = await stats(address, name, key)
      for (const span of ['statsMinute', 'statsHour', 'statsDay']) {
        const mean = numberOf(objectOf(found[span]).avgpt)
        if (mean > 0) return mean
      }
      return null
    },
    async consumers(address, consumerGroup) {
      try {
        return consumerConnectionsOf(await body(address, code.GET_CONSUMER_CONNECTION_LIST, { consumerGroup }))
      } catch (error) {
        if (answeredWith(error, ResponseCode.CONSUMER_NOT_ONLINE)) return null
        throw error
      }
    },
    producers: async (address) => producersOf(await body(address, code.GET_ALL_PRODUCER_INFO)),
    running: async (address, consumerGroup, clientId, stack, timeoutMs = 12_000) =>
      runningOf(
        await body(
          address,
          code.GET_CONSUMER_RUNNING_INFO,
          { consumerGroup, clientId, jstackEnable: String(stack) },
          timeoutMs,
        ),
      ),
    groupsOfTopic: async (address, topic) =>
      textsOf(objectOf(await body(address, code.QUERY_TOPIC_CONSUME_BY_WHO, { topic })).groupList),
    async groupOffset(address, consumerGroup, topic, queueId) {
      const ext = { consumerGroup, topic, queueId: String(queueId), setZeroIfNotFound: 'false' }
      const answer = await ask(address, code.QUERY_CONSUMER_OFFSET, ext, { accept: [ResponseCode.QUERY_NOT_FOUND] })
      return answer.code === ResponseCode.QUERY_NOT_FOUND ? null : BigInt(answer.ext.offset ?? '0')
    },
    async setGroupOffset(address, consumerGroup, topic, queueId, offset) {
      await ask(address, code.UPDATE_CONSUMER_OFFSET, {
        consumerGroup,
        topic,
        queueId: String(queueId),
        commitOffset: String(offset),
      })
    },
    async resetQueue(address, group, topic, queueId, offset) {
      await ask(address, code.INVOKE_BROKER_TO_RESET_OFFSET, {
        topic,
        group,
        timestamp: '-1',
        isForce: 'true',
        queueId: String(queueId),
        offset: String(offset),
      })
    },
    async offsetAtTime(address, topic, queueId, timestamp) {
      const ext = { topic, queueId: String(queueId), timestamp: String(timestamp) }
      return BigInt((await ask(address, code.SEARCH_OFFSET_BY_TIMESTAMP, ext)).ext.offset ?? '0')
    },
    async delayOffsets(address) {
      return tableOf(objectOf(await body(address, code.GET_ALL_DELAY_OFFSET)).offsetTable)
    },
  }
}
/** As java.util.Properties reads it: a backslash escapes, and a value ends with its line. */
const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll(/[\r\n]/g, ' ')
