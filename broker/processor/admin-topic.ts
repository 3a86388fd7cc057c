// broker/processor/admin-topic.ts: tools make, change, delete and list topics. A change is answered when it is on disk and
// the name servers know it.

import type { TopicConfig } from '../catalog/types'
import type { Reply } from '../net/types'
import {
  dataVersion,
  readBody,
  topicConfig,
  topicConfigFields,
  topicConfigList,
  topicList,
  topicQueueMappingDetail,
  writeBody,
} from '../protocol/bodies'
import { bean, dict, text } from '../protocol/body-table'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { excerpt, ProtocolError } from '../protocol/errors'
import { type HeaderOf, readHeader, writeHeader } from '../protocol/header-table'
import {
  allTopicConfigHeader,
  allTopicConfigReply,
  createTopicHeader,
  topicConfigHeader,
} from '../protocol/headers-admin'
import { topicNameFault } from '../protocol/names'
import { mappingFault, mergedMapping } from '../protocol/static-topic'
import { answer, eachInSlices, invalid, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import { changeAttributes, parseChanges, topicAttributes } from './attributes'
import type { BrokerContext, HandlerTable } from './context'
import { pageOf } from './paging'

export const topicHandlers = ({ config }: AdminParts): HandlerTable => {
  const { values } = config

  const checkName = (broker: BrokerContext, topic: string | undefined): string => {
    const fault = topicNameFault(topic)
    if (topic === undefined || fault !== null) throw invalid(fault ?? 'The specified topic is blank.')
    if (values.validateSystemTopicWhenUpdateTopic && broker.topics.isSystem(topic)) {
      throw invalid(`The topic[${topic}] is conflict with system topic.`)
    }
    return topic
  }
  const checkMixed = (changes: ReadonlyMap<string, string>): void => {
    if (!values.enableMixedMessageType && changes.get('+message.type') === 'MIXED') {
      throw invalid('MIXED message type is not supported.')
    }
  }
  const store = async (broker: BrokerContext, topics: readonly TopicConfig[]): Promise<Reply> => {
    const changed = broker.topics.putAll(topics)
    if (changed.length > 0) await Promise.all([broker.topics.saved(), broker.routes.topicsChanged(changed)])
    return ok()
  }

  return {
    [RequestCode.UPDATE_AND_CREATE_TOPIC]: (request, _connection, broker) => {
      const asked = readHeader(createTopicHeader, request.ext)
      const topicName = checkName(broker, asked.topic)
      const changes = parseChanges(asked.attributes)
      checkMixed(changes)
      const held = broker.topics.get(topicName)
      const topic: TopicConfig = {
        topicName,
        ...checkNumbers(asked),
        topicFilterType: filterType(asked.topicFilterType),
        topicSysFlag: asked.topicSysFlag,
        order: asked.order,
        attributes: changeAttributes(topicAttributes, held?.attributes, changes),
      }
      return store(broker, [topic])
    },

    [RequestCode.UPDATE_AND_CREATE_TOPIC_LIST]: (request, _connection, broker) => {
      const topics = readBody(topicConfigList, request.body).topicConfigList.map((said): TopicConfig => {
        const topicName = checkName(broker, said.topicName)
        checkMixed(said.attributes)
        const held = broker.topics.get(topicName)
        const attributes = changeAttributes(topicAttributes, held?.attributes, said.attributes)
        return { ...said, topicName, ...checkNumbers(said), attributes }
      })
      return store(broker, topics)
    },

    [RequestCode.DELETE_TOPIC_IN_BROKER]: async (request, _connection, broker) => {
      const topic = request.ext.topic
      if (topic === undefined || topic.trim() === '') throw invalid('The specified topic is blank.')
      if (values.validateSystemTopicWhenUpdateTopic && broker.topics.isSystem(topic)) {
        throw invalid(`The topic[${topic}] is conflict with system topic.`)
      }
      const gone = values.clearRetryTopicWhenDeleteTopic ? [topic, ...popRetryTopics(broker, topic)] : [topic]
      await removeTopics(broker, gone)
      return ok()
    },

    [RequestCode.GET_TOPIC_CONFIG]: (request, _connection, broker) => {
      const { topic, lo } = readHeader(topicConfigHeader, request.ext)
      const held = broker.topics.get(topic)
      if (!held) return refuse(ResponseCode.TOPIC_NOT_EXIST, `No topic in this broker. topic: ${topic}`)
      const mappingDetail = lo ? broker.topics.mappings.get(topic) : undefined
      if (mappingDetail === undefined) return answer(topicConfig, held)
      return { ...ok(), body: writeBody(topicConfigAndMapping, { ...held, mappingDetail }, 'standard') }
    },

    [RequestCode.GET_ALL_TOPIC_CONFIG]: async (request, _connection, broker) => {
      const asked = readHeader(allTopicConfigHeader, request.ext)
      const { topics } = broker
      const page = values.enableSplitMetadata
        ? pageOf(topics, {
            from: asked.topicSeq,
            version: asked.dataVersion,
            count: asked.maxTopicNum,
            most: values.splitMetadataSize,
          })
        : topics.all()
      const topicConfigTable = new Map<string, TopicConfig>()
      await eachInSlices(page, (topic) => {
        topicConfigTable.set(topic.topicName, topic)
      })
      const body = {
        dataVersion: topics.version,
        mappingDataVersion: broker.topics.mappings.version,
        topicConfigTable,
        topicQueueMappingDetailMap: new Map(
          [...broker.topics.mappings.all()].flatMap((detail) =>
            detail.topic !== undefined && topicConfigTable.has(detail.topic) ? [[detail.topic, detail] as const] : [],
          ),
        ),
        topicQueueMappingInfoMap: new Map(),
      }
      const ext = writeHeader(allTopicConfigReply, { totalTopicNum: topics.size })
      // Apache writes numbers as names without quotes, which its own tools cannot read
      return { ...ok(ext), body: writeBody(allTopicConfigBody, body, 'standard') }
    },

    [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_BROKER]: (_request, _connection, broker) =>
      answer(topicList, { topicList: [...broker.topics.systemNames] }),

    [RequestCode.CLEAN_UNUSED_TOPIC]: async (_request, _connection, broker) => {
      await removeUnusedQueues(broker)
      return ok()
    },

    [RequestCode.UPDATE_AND_CREATE_STATIC_TOPIC]: async (request, _connection, broker) => {
      const asked = readHeader(createTopicHeader, request.ext)
      const topicName = checkName(broker, asked.topic)
      const said = readBody(topicQueueMappingDetail, request.body)
      const fault = mappingFault(said, topicName, broker.identity.brokerName)
      if (fault !== undefined) throw invalid(fault)
      const { topics } = broker
      const numbers = checkNumbers(asked)
      const detail = mergedMapping(topics.mappings.get(topicName), said, asked.force)
      if (typeof detail === 'string') return refuse(ResponseCode.SYSTEM_ERROR, detail)
      const held = topics.get(topicName)
      const topic: TopicConfig = {
        topicName,
        ...numbers,
        topicFilterType: filterType(asked.topicFilterType),
        topicSysFlag: asked.topicSysFlag,
        order: false,
        attributes: held?.attributes ?? new Map(),
      }
      topics.mappings.put(topicName, detail)
      if (!topics.put(topic)) topics.renew()
      await Promise.all([topics.saved(), broker.routes.topicsChanged([topicName])])
      return ok()
    },
  }
}

/** 351 with `lo=true`, of a static topic. */
const topicConfigAndMapping = bean({ ...topicConfigFields, mappingDetail: topicQueueMappingDetail })
/** 21 answers with the details of static topics as well. */
const allTopicConfigBody = bean({
  dataVersion,
  mappingDataVersion: dataVersion,
  topicConfigTable: dict(topicConfig),
  topicQueueMappingDetailMap: dict(topicQueueMappingDetail),
  topicQueueMappingInfoMap: dict(text),
})

const maxQueues = 65_535
type Numbers = Pick<TopicConfig, 'readQueueNums' | 'writeQueueNums' | 'perm'>
function checkNumbers({ readQueueNums, writeQueueNums, perm }: Numbers | HeaderOf<typeof createTopicHeader>): Numbers {
  for (const [name, count] of Object.entries({ readQueueNums, writeQueueNums })) {
    if (count < 0 || count > maxQueues) throw invalid(`<${name}> must be from 0 to ${maxQueues}: ${count}`)
  }
  if (perm < 0 || perm > 15) throw invalid(`<perm> must be from 0 to 15: ${perm}`)
  return { readQueueNums, writeQueueNums, perm }
}

function filterType(text: string): TopicConfig['topicFilterType'] {
  if (text === 'SINGLE_TAG' || text === 'MULTI_TAG') return text
  throw new ProtocolError('bad-field', `topicFilterType = [${excerpt(text)}] value invalid`)
}

/** POP keeps retries per topic and group, under two forms of names. */
function popRetryTopics(broker: BrokerContext, topic: string): string[] {
  const names: string[] = []
  for (const group of broker.offsets.groupsOf(topic)) {
    names.push(`%RETRY%${group}+${topic}`, `%RETRY%${group}_${topic}`)
  }
  return names.filter((name) => broker.topics.get(name) !== undefined)
}

/** The one way a topic goes: its configuration, offsets, counters and queues, and its routes. */
export async function removeTopics(broker: BrokerContext, names: readonly string[]): Promise<void> {
  for (const name of names) {
    broker.topics.remove(name)
    broker.offsets.removeTopic(name)
    broker.counters.topicRemoved(name)
    broker.timers.topicRemoved(name)
    broker.pop.topicRemoved(name)
    await broker.store.deleteTopic(name)
  }
  await Promise.all([broker.topics.saved(), broker.routes.topicsChanged(names)])
}

/** Queues whose topic is gone from the table, as a crash between the two may leave them. */
async function removeUnusedQueues(broker: BrokerContext): Promise<void> {
  for (const topic of [...broker.store.topics]) {
    if (broker.topics.get(topic) || broker.topics.isSystem(topic)) continue
    broker.log('info', `queues of ${topic} are removed: there is no such topic`)
    await broker.store.deleteTopic(topic)
  }
}
