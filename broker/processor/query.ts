// broker/processor/query.ts: one message by its place (VIEW_MESSAGE_BY_ID), messages by key (QUERY_MESSAGE). The index
// knows hashes: a client that asked for a key drops what has another.
import { RequestCode, ResponseCode } from '../protocol/codes'
import { queryMessageHeader, readHeader, viewMessageHeader } from '../protocol/headers'
import { parseProperties } from '../protocol/properties'
import { decodeRecord } from '../protocol/record'
import type { Handler, HandlerTable } from './context'

const viewMessage: Handler = async (request, _connection, broker) => {
  const { offset } = readHeader(viewMessageHeader, request.ext)
  const body = await broker.store.recordAt(offset)
  if (body !== undefined) return { code: ResponseCode.SUCCESS, body }
  return { code: ResponseCode.SYSTEM_ERROR, remark: `can not find message by the offset, ${offset}` }
}

/** With access control: who may see one topic sees no message of another by naming the one and pointing at the other. */
const viewOfNamedTopic: Handler = async (request, connection, broker) => {
  const reply = await viewMessage(request, connection, broker)
  const named = request.ext.topic
  if (named === undefined || !Buffer.isBuffer(reply?.body)) return reply
  const { topic, properties } = decodeRecord(reply.body)
  const waitsForIt = () => parseProperties(properties).get('REAL_TOPIC') === named
  if (topic === named || waitsForIt()) return reply
  const { offset } = readHeader(viewMessageHeader, request.ext)
  return { code: ResponseCode.SYSTEM_ERROR, remark: `can not find message by the offset, ${offset}` }
}

const queryWith =
  (keep: (records: readonly Buffer[], topic: string) => readonly Buffer[]): Handler =>
  async (request, _connection, broker) => {
    const asked = readHeader(queryMessageHeader, request.ext)
    const { defaultQueryMaxNum, maxMsgsNumBatch } = broker.settings
    const isByUniqueKey = asked._UNIQUE_KEY_QUERY === 'true'
    const maxNum = Math.min(isByUniqueKey ? defaultQueryMaxNum : asked.maxNum, maxMsgsNumBatch)
    const found = await broker.store.query(asked.topic, asked.key, maxNum, asked.beginTimestamp, asked.endTimestamp)
    const ext = {
      indexLastUpdateTimestamp: String(found.indexLastUpdateTimestampMs),
      indexLastUpdatePhyoffset: String(found.indexLastUpdateCommitLogOffset),
    }
    const body = keep(found.records, asked.topic)
    if (body.length > 0) return { code: ResponseCode.SUCCESS, ext, body }
    return {
      code: ResponseCode.QUERY_NOT_FOUND,
      remark: 'can not find message, maybe time range not correct',
      ext,
    }
  }
/** With access control: letters that give another topic's key the same hash are found easily. */
const ofTopic = (records: readonly Buffer[], topic: string): readonly Buffer[] =>
  records.filter((record) => decodeRecord(record).topic === topic)

export const queryHandlers: HandlerTable = {
  [RequestCode.VIEW_MESSAGE_BY_ID]: viewMessage,
  [RequestCode.QUERY_MESSAGE]: queryWith((records) => records),
}
/** The same where access control is on. */
export const guardedQueryHandlers: HandlerTable = {
  ...queryHandlers,
  [RequestCode.VIEW_MESSAGE_BY_ID]: viewOfNamedTopic,
  [RequestCode.QUERY_MESSAGE]: queryWith(ofTopic),
}
