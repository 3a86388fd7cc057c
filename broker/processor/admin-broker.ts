// broker/processor/admin-broker.ts: tools ask a broker about itself, and change its settings. No request can make it
// write a path, run a command or load a class of the asker's choice: the property tables allow nothing of the kind.
import { ConfigError } from '../config/open'
import { parseProperties } from '../config/properties-text'
import { kvTable } from '../protocol/bodies'
import { brokerStatsData } from '../protocol/bodies-admin'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { readHeader, writeHeader } from '../protocol/header-table'
import { brokerConfigReply, brokerStatsHeader } from '../protocol/headers-admin'
import { answer, answerText, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import type { BrokerContext, HandlerTable } from './context'
import { runtimeInfo } from './runtime-info'

export const brokerHandlers = (parts: AdminParts): HandlerTable => {
  const { config, statistics } = parts
  return {
    [RequestCode.UPDATE_BROKER_CONFIG]: async (request, connection, broker) => {
      const changes = parseProperties(request.body.toString('utf8'))
      try {
        await config.update(changes)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        broker.log('warn', `${connection.remoteAddress} may not change ${error.key}: ${error.message}`)
        if (isForbidden(config.values.configBlackList, error.key)) {
          return refuse(ResponseCode.NO_PERMISSION, 'Can not update config in black list.')
        }
        return refuse(
          error.fault === 'identity' ? ResponseCode.NO_PERMISSION : ResponseCode.INVALID_PARAMETER,
          error.message,
        )
      }
      broker.log('info', `${connection.remoteAddress} changed ${[...changes.keys()].join(', ')}`)
      if (changes.has('brokerPermission')) await tellRoutes(broker)
      return ok()
    },

    [RequestCode.GET_BROKER_CONFIG]: () =>
      answerText(
        config.toPropertiesText(),
        writeHeader(brokerConfigReply, { version: JSON.stringify(inOrder(config.dataVersion)) }),
      ),

    [RequestCode.GET_BROKER_RUNTIME_INFO]: async (_request, _connection, broker) =>
      answer(kvTable, { table: await runtimeInfo(broker, parts) }),

    [RequestCode.VIEW_BROKER_STATS_DATA]: (request) => {
      const { statsName, statsKey } = readHeader(brokerStatsHeader, request.ext)
      const rates = statistics.rates(statsName, statsKey)
      if (!rates) return refuse(ResponseCode.SYSTEM_ERROR, `The stats <${statsName}> <${statsKey}> not exist`)
      return answer(brokerStatsData, { statsDay: rates.day, statsHour: rates.hour, statsMinute: rates.minute })
    },

    [RequestCode.CLEAN_EXPIRED_CONSUMEQUEUE]: async (_request, _connection, broker) => {
      const count = await broker.store.cleanExpiredConsumeQueues()
      broker.log('info', `${count} consume queues without messages were removed`)
      return ok()
    },

    [RequestCode.DELETE_EXPIRED_COMMITLOG]: async (_request, _connection, broker) => {
      const count = await broker.store.deleteExpiredCommitLog()
      broker.log('info', `${count} expired files of the commit log were removed`)
      return ok()
    },

    [RequestCode.GET_TIMER_CHECK_POINT]: (_request, _connection, broker) =>
      broker.settings.timerWheelEnable
        ? { ...ok(), body: broker.timers.checkpoint() }
        : refuse(ResponseCode.SYSTEM_ERROR, 'The checkpoint is null'),
    [RequestCode.GET_TIMER_METRICS]: (_request, _connection, broker) =>
      broker.settings.timerWheelEnable
        ? answerText(broker.timers.countsJson())
        : refuse(ResponseCode.SYSTEM_ERROR, 'The timer message store is null'),
  }
}

/** Keys that are named there, and those that no list can free: paths and the list itself. */
const isForbidden = (blackList: string, key: string): boolean =>
  key === 'configBlackList' || blackList.split(';').includes(key) || /Path|Dir$|Home$/.test(key)

const inOrder = ({
  counter,
  stateVersion,
  timestamp,
}: {
  counter: number
  stateVersion: number
  timestamp: number
}) => ({
  counter,
  stateVersion,
  timestamp,
})

/** The broker's own permission masks every topic's: name servers must hear of all. */
const tellRoutes = (broker: BrokerContext): Promise<void> =>
  broker.routes.topicsChanged([...broker.topics.all()].map(({ topicName }) => topicName))
