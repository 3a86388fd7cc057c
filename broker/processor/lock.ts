// broker/processor/lock.ts: LOCK_BATCH_MQ, UNLOCK_BATCH_MQ: who may consume which queue in order.
import { lockBatchReply, lockBatchRequest, readBody, writeBody } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Handler, HandlerTable } from './context'

const lock: Handler = (request, _connection, broker) => {
  const { consumerGroup, clientId, mqSet } = readBody(lockBatchRequest, request.body)
  const lockOKMQSet = broker.locks.lock(consumerGroup, clientId, mqSet)
  return { code: ResponseCode.SUCCESS, body: writeBody(lockBatchReply, { lockOKMQSet }) }
}

const unlock: Handler = (request, _connection, broker) => {
  const { consumerGroup, clientId, mqSet } = readBody(lockBatchRequest, request.body)
  broker.locks.unlock(consumerGroup, clientId, mqSet)
  return { code: ResponseCode.SUCCESS }
}

export const lockHandlers: HandlerTable = {
  [RequestCode.LOCK_BATCH_MQ]: lock,
  [RequestCode.UNLOCK_BATCH_MQ]: unlock,
}
