// broker/processor/admin-group.ts: tools make, change, delete and list consumer groups.
import type { GroupConfig } from '../catalog/types'
import type { Reply } from '../net/types'
import {
  readBody,
  type SubscriptionGroupConfig,
  subscriptionGroupConfig,
  subscriptionGroupList,
  subscriptionGroupWrapper,
} from '../protocol/bodies'
import { groupForbidden } from '../protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { readHeader, writeHeader } from '../protocol/header-table'
import {
  allGroupConfigHeader,
  allGroupConfigReply,
  deleteGroupHeader,
  groupForbiddenHeader,
  groupHeader,
} from '../protocol/headers-admin'
import { groupNameFault } from '../protocol/names'
import { removeScript } from './admin-filter'
import { answer, eachInSlices, invalid, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import { changeAttributes, groupAttributes } from './attributes'
import type { BrokerContext, HandlerTable } from './context'
import { pageOf } from './paging'

export const groupHandlers = ({ config }: AdminParts): HandlerTable => {
  const { values } = config
  return {
    [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP]: (request, _connection, broker) =>
      store(broker, [readBody(subscriptionGroupConfig, request.body)]),

    [RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST]: (request, _connection, broker) =>
      store(broker, readBody(subscriptionGroupList, request.body).groupConfigList),

    [RequestCode.DELETE_SUBSCRIPTIONGROUP]: async (request, _connection, broker) => {
      const { groupName, cleanOffset } = readHeader(deleteGroupHeader, request.ext)
      broker.groups.remove(groupName)
      if (cleanOffset) {
        broker.offsets.removeGroup(groupName)
        await broker.offsets.save()
      }
      broker.counters.groupRemoved(groupName)
      broker.pop.groupRemoved(groupName)
      removeScript(broker, groupName)
      await broker.filterScripts.saved()
      await broker.groups.saved()
      return ok()
    },

    [RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG]: (request, _connection, broker) => {
      const { group } = readHeader(groupHeader, request.ext)
      const held = broker.groups.get(group)
      if (!held) return refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, 'No group in this broker')
      return answer(subscriptionGroupConfig, held)
    },

    [RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG]: async (request, _connection, broker) => {
      const asked = readHeader(allGroupConfigHeader, request.ext)
      const { groups } = broker
      const page = values.enableSplitMetadata
        ? pageOf(groups, {
            from: asked.groupSeq,
            version: asked.dataVersion,
            count: asked.maxGroupNum,
            most: values.splitMetadataSize,
          })
        : groups.all()
      const subscriptionGroupTable = new Map<string, GroupConfig>()
      const forbiddenTable = new Map<string, Map<string, number>>()
      await eachInSlices(page, (group) => {
        subscriptionGroupTable.set(group.groupName, group)
        const bits = groups.forbidden.get(group.groupName)
        if (bits) forbiddenTable.set(group.groupName, new Map(bits))
      })
      const body = { dataVersion: groups.version, forbiddenTable, subscriptionGroupTable }
      return answer(subscriptionGroupWrapper, body, writeHeader(allGroupConfigReply, { totalGroupNum: groups.size }))
    },

    [RequestCode.UPDATE_AND_GET_GROUP_FORBIDDEN]: async (request, _connection, broker) => {
      const { group, topic, readable } = readHeader(groupForbiddenHeader, request.ext)
      if (readable !== undefined) {
        broker.groups.setForbidden(group, topic, !readable)
        await broker.groups.saved()
      }
      return answer(groupForbidden, { group, topic, readable: !broker.groups.isForbidden(group, topic) })
    },
  }
}

async function store(broker: BrokerContext, said: readonly SubscriptionGroupConfig[]): Promise<Reply> {
  // All are looked at before the first is stored.
  const groups = said.map((one): GroupConfig => {
    const fault = groupNameFault(one.groupName)
    if (fault !== null) throw invalid(fault)
    const held = broker.groups.peek(one.groupName)
    if (one.retryQueueNums < 0 || one.retryQueueNums > 65_535) {
      throw invalid(`<retryQueueNums> must be from 0 to 65535: ${one.retryQueueNums}`)
    }
    return { ...one, attributes: changeAttributes(groupAttributes, held?.attributes, one.attributes) }
  })
  for (const group of groups) broker.groups.put(group)
  await broker.groups.saved()
  return ok()
}
