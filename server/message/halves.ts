// server/message/halves.ts: transactions without an answer, and those that were asked about too often. A broker tells neither:
// both are read from the queues in which it keeps half messages and what became of them.
import type { Admin } from '../admin/open'
import { Property, type WireMessage } from '../admin/records'
import type { BrokerAddress, Producer } from '../admin/types'
import { answeredWith, PeerError } from '../shared/errors'
import { type Known, known, unknown } from '../shared/known'
import { brokerKey } from '../shared/names'
import type { HalfList, HalfRow, Missing } from '../shared/views'
import { readQueue, waitingOf } from './system-queue'

export const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
const OP_TOPIC = 'RMQ_SYS_TRANS_OP_HALF_TOPIC'
export const SET_ASIDE_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'
/** Whose offsets say up to where a broker is done with both queues. */
const CHECKER = 'CID_RMQ_SYS_TRANS'
const MOST_READ = 20_000
const MOST_SHOWN = 500
const MOST_SET_ASIDE = 500

export interface Halves {
  list(): Promise<HalfList>
}
interface OfBroker {
  open: HalfRow[]
  setAside: HalfRow[]
  more: boolean
  checksMax: number
  checkEveryMs: number
}

export const openHalves = ({ admin, now = Date.now }: { admin: Admin; now?: () => number }): Halves => ({
  async list() {
    const missing: Missing[] = []
    const found: OfBroker[] = []
    await Promise.all(
      (await admin.masters()).map(async (broker) => {
        try {
          found.push(await ofBroker(admin, broker, now))
        } catch (error) {
          if (!(error instanceof PeerError)) throw error
          missing.push({ who: brokerKey(broker.name, broker.id), reason: 'broker-silent', sinceMs: null, touches: 1 })
        }
      }),
    )
    const open = found.flatMap((one) => one.open).sort((a, b) => a.bornAt - b.bornAt)
    const setAside = found.flatMap((one) => one.setAside).sort((a, b) => b.bornAt - a.bornAt)
    return {
      open: open.slice(0, MOST_SHOWN),
      setAside: setAside.slice(0, MOST_SHOWN),
      checksMax: agreed(found.map(({ checksMax }) => checksMax)),
      checkEveryMs: agreed(found.map(({ checkEveryMs }) => checkEveryMs)),
      more: open.length > MOST_SHOWN || found.some(({ more }) => more),
      missing,
      at: now(),
    }
  },
})
const agreed = (values: readonly number[]): number | null =>
  values.every((value) => value === values[0]) ? (values[0] ?? null) : null

const ofBroker = async (admin: Admin, broker: BrokerAddress, now: () => number): Promise<OfBroker> => {
  const { address } = broker
  const [config, producers, halfFrom, opFrom] = await Promise.all([
    admin.brokers.config(address),
    admin.brokers.producers(address).catch(nullIfPeer),
    admin.brokers.groupOffset(address, CHECKER, HALF_TOPIC, 0),
    admin.brokers.groupOffset(address, CHECKER, OP_TOPIC, 0),
  ])
  const online = (group: string): Known<number> =>
    producers === null ? unknown('broker-silent') : known(countOf(producers, group), now())
  const settings = {
    firstCheckMs: Number(config.transactionTimeOut) || 6000,
    checksMax: Number(config.transactionCheckMax) || 15,
    checkEveryMs: Number(config.transactionCheckInterval) || 30_000,
  }
  const row = (message: WireMessage): HalfRow => halfRow(message, broker.name, settings.firstCheckMs, online)
  // What became of them is read after them: what ends in between counts as ended.
  const halves = await readQueue(admin, address, HALF_TOPIC, { from: halfFrom, most: MOST_READ })
  const notes = await orEmpty(readQueue(admin, address, OP_TOPIC, { from: opFrom, most: MOST_READ, newest: true }))
  const ended = new Set(notes.messages.flatMap(offsetsIn))
  const aside = await orEmpty(
    readQueue(admin, address, SET_ASIDE_TOPIC, { from: null, most: MOST_SET_ASIDE, newest: true }),
  )
  // Each check stores a message anew: the newest copy is the one that waits, and one that was resumed waits again.
  const newest = new Map(halves.messages.map((message) => [message.uniqueId ?? message.offsetId, message]))
  const endedIds = new Set(
    halves.messages.filter(({ queueOffset }) => ended.has(queueOffset)).map(({ uniqueId }) => uniqueId),
  )
  return {
    open: [...newest.values()].filter(({ queueOffset }) => !ended.has(queueOffset)).map(row),
    setAside: [...new Map(aside.messages.map((message) => [message.uniqueId ?? message.offsetId, message])).values()]
      .filter(({ uniqueId }) => uniqueId === null || !(newest.has(uniqueId) || endedIds.has(uniqueId)))
      .map(row),
    more: halves.more || aside.more,
    checksMax: settings.checksMax,
    checkEveryMs: settings.checkEveryMs,
  }
}
/** A topic that a broker makes when it first needs it is not there before. */
const orEmpty = async (read: ReturnType<typeof readQueue>): ReturnType<typeof readQueue> =>
  read.catch((error: unknown) => {
    if (answeredWith(error, 1) || answeredWith(error, 17)) return { messages: [], kept: 0, more: false }
    throw error
  })
const nullIfPeer = (error: unknown): null => {
  if (error instanceof PeerError) return null
  throw error
}
const countOf = (producers: readonly Producer[], group: string): number =>
  producers.filter((one) => one.group === group).length

/** What is done, as brokers note it: offsets in the half queue, each with a comma behind it. */
const offsetsIn = ({ tag, body }: WireMessage): bigint[] =>
  tag !== 'd'
    ? []
    : body
        .toString('latin1')
        .split(',')
        .flatMap((text) => (/^\d{1,19}$/.test(text.trim()) ? [BigInt(text.trim())] : []))

const halfRow = (
  message: WireMessage,
  broker: string,
  firstCheckMs: number,
  online: (group: string) => Known<number>,
): HalfRow => {
  const { properties, storedAt, bornAt } = message
  const producerGroup = properties.get(Property.producerGroup) ?? ''
  const own = Number(properties.get(Property.checkImmunityTimeSec))
  return {
    ...waitingOf(message, broker),
    producerGroup,
    checks: Number(properties.get(Property.transactionCheckTimes)) || 0,
    nextCheckAt: own > 0 ? bornAt + Math.max(own * 1000, firstCheckMs) : storedAt + firstCheckMs,
    producers: online(producerGroup),
  }
}
