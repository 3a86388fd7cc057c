// test/support/bad-inputs.ts: requests that a broker must refuse, or take in a way that harms nobody, each by a name. They are
// asked of this broker and of Apache, whose answers are kept in test/golden/bad-inputs-5.5.0.json.
import type { Dialer } from '../../broker/net/types'
import { RequestCode } from '../../broker/protocol/codes'
import type { Command, ExtFields } from '../../broker/protocol/command'
import { parseOffsetId } from '../../broker/protocol/message-id'

/** What both brokers are set to where their defaults differ. */
export const badInputSettings = {
  timerMaxDelaySec: '259200',
  enablePropertyFilter: 'true',
}
export const TOPIC = 'bad'

export interface Asked {
  /** Of a message that lies in queue 0, and of a prepared one of group PG. */
  readonly plain: number
  readonly prepared: number
  readonly preparedQueueOffset: string
  ask(code: number, ext: ExtFields, body?: string): Promise<Command>
}
export type BadInput = (peer: Asked) => Promise<Command>

const send =
  (ext: ExtFields = {}, body = 'x', code: number = RequestCode.SEND_MESSAGE_V2): BadInput =>
  ({ ask }) =>
    ask(code, sendExt(ext), body)
const sendExt = (ext: ExtFields): ExtFields => ({
  a: 'PG',
  b: TOPIC,
  c: 'TBW102',
  d: '4',
  e: '0',
  f: '0',
  g: String(Date.now()),
  h: '0',
  i: '',
  j: '0',
  k: 'false',
  m: 'false',
  ...ext,
})
const property = (name: string, value: string): BadInput => send({ i: `${name}\u0001${value}\u0002` })

const end =
  (more: ExtFields | ((peer: Asked) => ExtFields)): BadInput =>
  (peer) =>
    peer.ask(RequestCode.END_TRANSACTION, {
      producerGroup: 'PG',
      tranStateTableOffset: peer.preparedQueueOffset,
      commitLogOffset: String(peer.prepared),
      commitOrRollback: '8',
      msgId: 'x',
      fromTransactionCheck: 'false',
      ...(typeof more === 'function' ? more(peer) : more),
    })

const sendBack =
  (more: ExtFields): BadInput =>
  ({ ask, plain }) =>
    ask(RequestCode.CONSUMER_SEND_MSG_BACK, {
      offset: String(plain),
      group: 'bad-group',
      delayLevel: '0',
      originMsgId: 'x',
      originTopic: TOPIC,
      unitMode: 'false',
      maxReconsumeTimes: '16',
      ...more,
    })

const pull =
  (more: ExtFields): BadInput =>
  ({ ask }) =>
    ask(RequestCode.PULL_MESSAGE, {
      consumerGroup: 'bad-group',
      topic: TOPIC,
      queueId: '0',
      queueOffset: '0',
      maxMsgNums: '32',
      sysFlag: '4',
      commitOffset: '0',
      suspendTimeoutMillis: '0',
      subscription: '*',
      subVersion: '0',
      expressionType: 'TAG',
      ...more,
    })

const pop =
  (more: ExtFields): BadInput =>
  ({ ask }) =>
    ask(RequestCode.POP_MESSAGE, {
      consumerGroup: 'bad-group',
      topic: TOPIC,
      queueId: '3',
      maxMsgNums: '8',
      invisibleTime: '60000',
      pollTime: '0',
      bornTime: String(Date.now()),
      initMode: '0',
      order: 'false',
      ...more,
    })

/** Of a message that nobody popped. */
const handle = `0 ${Date.now()} 60000 0 0 broker-a 0 0`
const ack =
  (code: number, more: ExtFields): BadInput =>
  ({ ask }) =>
    ask(code, { consumerGroup: 'bad-group', topic: TOPIC, queueId: '0', extraInfo: handle, offset: '0', ...more })
const acked = (more: ExtFields): BadInput => ack(RequestCode.ACK_MESSAGE, more)
const hidden = (more: ExtFields): BadInput =>
  ack(RequestCode.CHANGE_MESSAGE_INVISIBLETIME, { invisibleTime: '30000', ...more })

const commit =
  (more: ExtFields): BadInput =>
  ({ ask }) =>
    ask(RequestCode.UPDATE_CONSUMER_OFFSET, {
      consumerGroup: 'bad-group',
      topic: TOPIC,
      queueId: '0',
      commitOffset: '0',
      ...more,
    })
const plainAsk =
  (code: number, ext: ExtFields, body?: string): BadInput =>
  ({ ask }) =>
    ask(code, ext, body)

export const badInputs: Readonly<Record<string, BadInput>> = {
  'properties that are none': send({ i: 'rubbish' }),
  'properties without a name': send({ i: '\u0001value\u0002' }),
  'properties without an end': send({ i: 'name\u0001value' }),
  'properties longer than 32 KiB': property('long', 'x'.repeat(33_000)),
  'a delay level below 0': property('DELAY', '-1'),
  'a delay level that is no number': property('DELAY', 'soon'),
  'a delay level of 20 digits': property('DELAY', '9'.repeat(20)),
  'a delay level far beyond the last': property('DELAY', '99'),
  'a delivery time that is no number': property('TIMER_DELIVER_MS', 'soon'),
  'a delivery time long past': property('TIMER_DELIVER_MS', '-1'),
  'a delivery time beyond the limit': (peer) => property('TIMER_DELIVER_MS', String(Date.now() + 259_300_000))(peer),
  'a negative length': property('TIMER_DELAY_SEC', '-5'),
  'a length beyond the limit': property('TIMER_DELAY_SEC', '259300'),
  'a length that overflows': property('TIMER_DELAY_SEC', '9'.repeat(19)),
  'a message without a body': send({}, ''),
  'a topic of another alphabet': send({ b: 'тема' }),
  'a topic with a slash': send({ b: '../bad' }),
  'a topic without a name': send({ b: '' }),
  'a topic of 128 letters': send({ b: 't'.repeat(128) }),
  'a topic of the broker': send({ b: 'SCHEDULE_TOPIC_XXXX' }),
  'a queue that is not there': send({ e: '99' }),
  'a queue of no number': send({ e: 'x' }),
  'a queue below all': send({ e: '-7' }),
  'a send without its topic': ({ ask }) => ask(RequestCode.SEND_MESSAGE_V2, { a: 'PG' }, 'x'),
  'a batch that is none': send({ m: 'true' }, 'rubbish', RequestCode.SEND_BATCH_MESSAGE),
  'a batch to a retry topic': send({ b: '%RETRY%bad-group', m: 'true' }, 'rubbish', RequestCode.SEND_BATCH_MESSAGE),
  'a retry of a group with no name': send({ b: '%RETRY%a b', c: '' }),

  'the end of another group’s transaction': end({ producerGroup: 'other' }),
  'the end of a message that was never prepared': end(({ plain }) => ({ commitLogOffset: String(plain) })),
  'the end of a transaction with another queue offset': end({ tranStateTableOffset: '77' }),
  'the end of a transaction below all places': end({ commitLogOffset: '-1' }),
  'the end of a transaction beyond all places': end({ commitLogOffset: '9000000000000' }),
  'the end of a transaction in the middle of one': end(({ prepared }) => ({ commitLogOffset: String(prepared + 3) })),
  'the end of a transaction without its fields': ({ ask }) => ask(RequestCode.END_TRANSACTION, { producerGroup: 'PG' }),

  'a send-back of a group with no name': sendBack({ group: 'a b' }),
  'a send-back from below all places': sendBack({ offset: '-1' }),
  'a send-back from beyond all places': sendBack({ offset: '9000000000000' }),
  'a send-back from the middle of a message': ({ ask, plain }) =>
    sendBack({ offset: String(plain + 3) })({ ask, plain, prepared: 0, preparedQueueOffset: '0' }),
  'a send-back far beyond the last level': sendBack({ delayLevel: '99' }),
  'a send-back without its place': ({ ask }) => ask(RequestCode.CONSUMER_SEND_MSG_BACK, { group: 'bad-group' }),

  'a pull of a group with no name': pull({ consumerGroup: 'a b' }),
  'a pull of a topic that is not there': pull({ topic: 'nowhere' }),
  'a pull of a queue that is not there': pull({ queueId: '99' }),
  'a pull of a queue below all': pull({ queueId: '-1' }),
  'a pull from below all places': pull({ queueOffset: '-1' }),
  'a pull from far beyond the end': pull({ queueOffset: '999999' }),
  'a pull with bars alone for tags': pull({ subscription: '||' }),
  'a pull by SQL that ends too soon': pull({ expressionType: 'SQL92', subscription: 'a >' }),
  'a pull by SQL that never matches': pull({ expressionType: 'SQL92', subscription: 'a between 3 and 1' }),
  'a pull by a language that is none': pull({ expressionType: 'LUA', subscription: 'true' }),
  'a pull of a group that is not there': pull({ sysFlag: '0', consumerGroup: 'offline' }),

  'a pop of more than 32': pop({ maxMsgNums: '33' }),
  'a pop of a topic that is not there': pop({ topic: 'nowhere' }),
  'a pop of a queue that is not there': pop({ queueId: '99' }),
  'a pop of a group with no name': pop({ consumerGroup: 'a b' }),
  'a pop by SQL that ends too soon': pop({ expType: 'SQL92', exp: 'a >' }),
  'a pop that came too late': pop({ bornTime: '1', pollTime: '1' }),

  'an ack of a topic that is not there': acked({ topic: 'nowhere' }),
  'an ack of a queue that is not there': acked({ queueId: '99' }),
  'an ack below all places': acked({ offset: '-1' }),
  'an ack far beyond the end': acked({ offset: '999999' }),
  'an ack with a handle that is none': acked({ extraInfo: 'rubbish' }),
  'an invisible time of a topic that is not there': hidden({ topic: 'nowhere' }),
  'an invisible time of a queue that is not there': hidden({ queueId: '99' }),
  'an invisible time far beyond the end': hidden({ offset: '999999' }),
  'an invisible time with a handle that is none': hidden({ extraInfo: 'rubbish' }),

  'an offset of a topic that is not there': commit({ topic: 'nowhere' }),
  'an offset of a group that is not there': commit({ consumerGroup: 'nobody' }),
  'an offset without its queue': commit({ queueId: undefined }),
  'an offset without its number': commit({ commitOffset: undefined }),
  'an offset that is no number': commit({ commitOffset: 'x' }),
  'an offset that nobody committed': plainAsk(RequestCode.QUERY_CONSUMER_OFFSET, {
    consumerGroup: 'nobody',
    topic: TOPIC,
    queueId: '2',
    setZeroIfNotFound: 'false',
  }),

  'a lock with a body that is none': plainAsk(RequestCode.LOCK_BATCH_MQ, {}, '{"mqSet":'),
  'a heartbeat with a body that is none': plainAsk(RequestCode.HEART_BEAT, {}, '{"clientID":'),
  'a message at a place where none lies': plainAsk(RequestCode.VIEW_MESSAGE_BY_ID, { offset: '9000000000000' }),
  'a request of no code': plainAsk(31_337, {}),
  'the class filter of 4.x': plainAsk(301, {}),
}

export interface BadAnswer {
  code: number
  remark: string
}

/** Asks all of it of the broker at this address, in order, over one connection. */
export async function askBadInputs(dialer: Dialer, address: string): Promise<Record<string, BadAnswer>> {
  const ask = (code: number, ext: ExtFields, body?: string): Promise<Command> =>
    dialer.request(address, code, ext, body === undefined ? undefined : Buffer.from(body), 10_000)
  const placeOf = (sent: Command): number => {
    if (sent.code !== 0) throw new Error(`${sent.code}: ${sent.remark}`)
    return parseOffsetId(sent.ext.msgId ?? '').commitLogOffset
  }
  const plain = placeOf(await ask(RequestCode.SEND_MESSAGE_V2, sendExt({ i: 'TAGS\u0001A\u0002' }), 'plain'))
  const transactional = sendExt({ f: '4', i: 'TRAN_MSG\u0001true\u0002PGROUP\u0001PG\u0002UNIQ_KEY\u0001U\u0002' })
  const half = await ask(RequestCode.SEND_MESSAGE_V2, transactional, 'half')
  const peer = { plain, prepared: placeOf(half), preparedQueueOffset: half.ext.queueOffset ?? '', ask }
  const answers: Record<string, BadAnswer> = {}
  for (const [name, act] of Object.entries(badInputs)) {
    const { code, remark } = await act(peer).catch((error: Error) => ({
      code: -1,
      remark: `no answer: ${error.message}`,
    }))
    answers[name] = { code, remark: masked(remark ?? '') }
  }
  return answers
}

/** Addresses; and of an exception of Java's only its name. */
const masked = (remark: string): string =>
  remark
    .replace(/^(?:[a-z0-9]+\.)+(\w+Exception)\b.*$/s, 'Java: $1')
    .replace(/\/?127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/0x[0-9a-f]{8}/g, 'CHANNEL')
    .replace(/offset failed, \d+/, 'offset failed, N')
    // a message put off may have come by then
    .replace(/store:0~\d+/, 'store:0~N')
