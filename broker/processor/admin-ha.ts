// broker/processor/admin-ha.ts: how replication stands, and where a master is: codes 906, 907, 908, 1007, 1008.
import { haRuntimeInfo } from '../protocol/bodies-admin'
import { epochCacheBody } from '../protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { readHeader, writeHeader } from '../protocol/header-table'
import { exchangeHaInfoHeader, resetMasterFlushOffsetHeader } from '../protocol/headers-admin'
import { roleChangedHeader } from '../protocol/headers-controller'
import { answer, ok, refuse } from './admin-reply'
import type { BrokerContext, Handler, HandlerTable } from './context'

const haStatus: Handler = (_request, _connection, { ha, settings, store }) => {
  const isMaster = settings.brokerRole !== 'SLAVE'
  const { copy } = ha
  return answer(haRuntimeInfo, {
    master: isMaster,
    masterCommitLogMaxOffset: isMaster ? store.commitLog.tail : 0,
    inSyncSlaveNums: ha.slaves.filter(({ isInSync }) => isInSync).length,
    haConnectionInfo: ha.slaves.map((slave) => ({
      addr: slave.address,
      slaveAckOffset: slave.confirmedTo,
      diff: slave.behindBytes,
      behindMs: slave.behindMs,
      inSync: slave.isInSync,
      transferredByteInSecond: slave.bytesPerSecond,
      transferFromWhere: slave.sendsFrom,
    })),
    haClientRuntimeInfo: {
      ...(copy?.masterAddress ? { masterAddr: copy.masterAddress } : {}),
      lastReadTimestamp: copy?.lastReadMs ?? 0,
      lastWriteTimestamp: copy?.lastWriteMs ?? 0,
      masterFlushOffset: 0,
      maxOffset: copy?.copiedTo ?? 0,
      transferredByteInSecond: copy?.bytesPerSecond ?? 0,
    },
  })
}

/** A master says where it is; a slave is told, and follows. */
const exchange: Handler = async (request, _connection, broker) => {
  const { masterHaAddress } = readHeader(exchangeHaInfoHeader, request.ext)
  if (broker.settings.brokerRole !== 'SLAVE') return ok(writeHeader(exchangeHaInfoHeader, ownInfo(broker)))
  if (masterHaAddress === undefined) return ok()
  await broker.acting.masterComes()
  broker.ha.follow(masterHaAddress)
  return ok()
}

const ownInfo = ({ identity, store }: BrokerContext) => ({
  masterHaAddress: identity.haAddress,
  masterFlushOffset: store.commitLog.flushedTo,
  masterAddress: identity.address,
})

/** Nothing here is cut by what a master once flushed: asked and agreed to, as Apache's broker does on a master. */
const resetFlushOffset: Handler = (request) => {
  readHeader(resetMasterFlushOffsetHeader, request.ext)
  return ok()
}

/** 905: nobody waits for an answer. */
const minBrokerIdChanged: Handler = (_request, _connection, { acting }) => {
  acting.look()
  return ok()
}

/** 1007. */
const epochCache: Handler = (_request, _connection, { ha, identity, store }) => {
  if (ha.controlled === undefined) return refuse(ResponseCode.SYSTEM_ERROR, 'this request only for controllerMode ')
  const { epochs } = ha.controlled.row
  return answer(epochCacheBody, {
    brokerId: identity.brokerId,
    brokerName: identity.brokerName,
    clusterName: identity.clusterName,
    epochList: [...epochs],
    maxOffset: store.commitLog.tail,
  })
}

/** 1008: whoever says so, the controller is asked itself. */
const roleChanged: Handler = (request, _connection, { ha }) => {
  const { masterAddress, masterBrokerId, masterEpoch = 0 } = readHeader(roleChangedHeader, request.ext)
  ha.controlled?.roleChanged({ masterAddress, masterBrokerId, masterEpoch })
  return ok()
}

export const haHandlers = (): HandlerTable => ({
  [RequestCode.EXCHANGE_BROKER_HA_INFO]: exchange,
  [RequestCode.GET_BROKER_HA_STATUS]: haStatus,
  [RequestCode.GET_BROKER_EPOCH_CACHE]: epochCache,
  [RequestCode.NOTIFY_BROKER_ROLE_CHANGED]: roleChanged,
  [RequestCode.NOTIFY_MIN_BROKER_ID_CHANGE]: minBrokerIdChanged,
  [RequestCode.RESET_MASTER_FLUSH_OFFSET]: resetFlushOffset,
})
