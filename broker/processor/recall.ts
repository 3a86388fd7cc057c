// broker/processor/recall.ts: RECALL_MESSAGE: takes back a timed message. A second message is stored for the same slot, which
// is met there first. Order of checks and texts are Apache's.
import type { Connection, Reply } from '../net/types'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { type Command, isOneway } from '../protocol/command'
import { readHeader, recallMessageHeader } from '../protocol/headers'
import { tagsCode } from '../protocol/java-hash'
import { isWriteable } from '../protocol/perm'
import { encodeProperties, Property } from '../protocol/properties'
import { type RecallHandle, readRecallHandle } from '../protocol/recall-handle'
import type { NewMessage } from '../store/types'
import type { Answer, BrokerContext, HandlerTable } from './context'
import { placeTimed } from './timed'

const recallTag = '_RECALL_TAG_'

export const recallHandlers: HandlerTable = {
  [RequestCode.RECALL_MESSAGE]: (request, connection, broker) => {
    const ext = { MSG_REGION: broker.settings.regionId }
    const answer = recall(request, connection, broker, ext)
    return answer === undefined ? undefined : { ...answer, ext }
  },
}

function recall(request: Command, connection: Connection, broker: BrokerContext, ext: Record<string, string>): Answer {
  const { producerGroup, topic, recallHandle } = readHeader(recallMessageHeader, request.ext)
  const refused = refusal(broker, topic)
  if (refused !== undefined) return refused
  const handle = handleFor(broker, topic, recallHandle)
  if ('code' in handle) return handle
  const placed = placeTimed(broker, recallOf(handle, producerGroup, connection, broker))
  if ('code' in placed) return failed
  const { store, counters, clock } = broker
  const { message } = placed
  try {
    const { commitLogOffset, sizeBytes, storeTimestampMs } = store.append(message, true)
    store.whenSafe(commitLogOffset + sizeBytes, true, (status) => {
      counters.put(message.topic, 0, 1, sizeBytes, clock() - storeTimestampMs)
      if (isOneway(request)) return
      const reply: Reply =
        status === 'failed'
          ? { ...failed, ext }
          : { code: ResponseCode.SUCCESS, ext: { ...ext, msgId: handle.uniqueKey } }
      connection.reply(request, reply)
    })
    return undefined
  } catch {
    counters.putFailed(message.topic)
    return failed
  }
}

function refusal({ settings, topics, clock }: BrokerContext, topic: string): Reply | undefined {
  if (!settings.recallMessageEnable) return no(ResponseCode.NO_PERMISSION, 'operation is forbidden')
  if (settings.brokerRole === 'SLAVE') return no(ResponseCode.SLAVE_NOT_AVAILABLE, notAvailable)
  const isClosed = !isWriteable(settings.brokerPermission) && !settings.allowRecallWhenBrokerNotWriteable
  if (clock() < settings.startAcceptSendRequestTimeStamp || isClosed) {
    return no(ResponseCode.SERVICE_NOT_AVAILABLE, notAvailable)
  }
  if (topics.get(topic) === undefined) return no(ResponseCode.TOPIC_NOT_EXIST, `the topic[${topic}] not exist`)
  return undefined
}

function handleFor(broker: BrokerContext, topic: string, text: string): RecallHandle | Reply {
  const { identity, settings, clock } = broker
  let handle: RecallHandle
  try {
    handle = readRecallHandle(text)
  } catch (error) {
    return { code: ResponseCode.ILLEGAL_OPERATION, remark: error instanceof Error ? error.message : String(error) }
  }
  if (handle.topic !== topic) return no(ResponseCode.ILLEGAL_OPERATION, 'topic not match')
  if (handle.brokerName !== identity.brokerName) return no(ResponseCode.ILLEGAL_OPERATION, notAvailable)
  const leftMs = (/^-?\d{1,19}$/.test(handle.deliverAt) ? Number(handle.deliverAt) : -1) - clock()
  if (leftMs <= 0 || leftMs >= settings.timerMaxDelaySec * 1000) {
    return no(ResponseCode.ILLEGAL_OPERATION, 'timestamp invalid')
  }
  return handle
}

function recallOf(
  { topic, deliverAt, uniqueKey }: RecallHandle,
  producerGroup: string | undefined,
  connection: Connection,
  { clock, settings }: BrokerContext,
): NewMessage {
  const nowMs = clock()
  const key = settings.appendTopicForTimerDeleteKey ? `${topic}+${uniqueKey}` : uniqueKey
  return {
    topic,
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestampMs: nowMs,
    bornHost: connection.remoteHost,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from('0'),
    properties: encodeProperties([
      [Property.tags, recallTag],
      [Property.timerDeleteUniqueKey, key],
      [Property.uniqueKey, uniqueKey],
      [Property.timerDeliverMs, deliverAt],
      [Property.bornTimestamp, String(nowMs)],
      ['PGROUP', producerGroup],
    ]),
    tagsCode: tagsCode(recallTag),
    keys: [uniqueKey],
  }
}

const notAvailable = 'broker service not available'
const no = (code: number, why: string): Reply => ({ code, remark: `recall failed, ${why}` })
const failed = no(ResponseCode.SYSTEM_ERROR, 'execute error')
