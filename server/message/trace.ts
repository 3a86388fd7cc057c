// server/message/trace.ts: the way of a message, put together from what clients wrote into the trace topic and from what
// brokers still keep. Both are found by index, so that nothing is scanned; what nobody told is named as a gap.
import type { Admin } from '../admin/open'
import { messagesOf, Property, type WireMessage } from '../admin/records'
import type { BrokerAddress } from '../admin/types'
import { PeerError } from '../shared/errors'
import type { TraceInput } from '../shared/inputs'
import { brokerKey, DLQ_PREFIX } from '../shared/names'
import type { FoundTraces, MessageTrace, Missing, TraceGap, TraceHop, TraceWord } from '../shared/views'

import type { Finder } from './find'
import { type TraceRecord, traceRecordsOf } from './trace-records'
import { SEARCHED_BYTES, unpack } from './unpack'

const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
/** Brokers hand out 64 messages a query; a message retried often has that many records. */
const MOST_RECORDS = 64
/** One key may be borne by many messages. */
const MOST_MESSAGES = 16

export interface Traces {
  find(input: TraceInput): Promise<FoundTraces>
}
export interface TracesOptions {
  admin: Admin
  finder: Finder
  now?: () => number
}
/** A record and the client that wrote it. */
type Told = TraceRecord & { from: string }

export const openTraces = ({ admin, finder, now = Date.now }: TracesOptions): Traces => ({
  async find({ cluster, q, by, traceTopic, topic }) {
    const began = performance.now()
    const missing = new Map<string, Missing>()
    const ask = (brokers: readonly BrokerAddress[], where: string, key: string, unique = false) =>
      query(admin, brokers, where, key, unique, now() + 3_600_000, missing)
    const brokers = (await admin.names.route(traceTopic))?.brokers
    const answer = { traceTopic, topicExists: brokers !== undefined }
    const holders = masters(brokers ?? [])
    const told = async (key: string): Promise<{ records: Told[]; full: boolean }> => {
      const found = await ask(holders, traceTopic, key)
      return { records: found.flatMap(recordsIn), full: found.length >= MOST_RECORDS }
    }
    const wanted = await messagesMeant(q.trim(), by)
    let more = wanted.length > MOST_MESSAGES
    const traces = await Promise.all(
      wanted.slice(0, MOST_MESSAGES).map(async (messageId) => {
        const { records, full } = await told(messageId)
        more ||= full
        return traceOf(
          messageId,
          records.filter((one) => one.messageId === messageId),
        )
      }),
    )
    return {
      ...answer,
      traces: traces.filter(({ hops }) => hops.length > 0).sort((a, b) => firstAt(b) - firstAt(a)),
      more,
      missing: [...missing.values()],
      tookMs: performance.now() - began,
    }

    /** Ids of the messages asked for: by their own id of either kind, by a key, or by the id of what a client told. */
    async function messagesMeant(text: string, how: TraceInput['by']): Promise<string[]> {
      if (how === 'key') {
        const { records } = await told(text)
        const ids = records.filter((one) => 'keys' in one && one.keys.includes(text)).map((one) => one.messageId)
        return [...new Set(ids)]
      }
      const placed = await finder.load(text.toUpperCase()).catch(() => null)
      const letter =
        placed?.message.topic === traceTopic
          ? placed.message
          : how === 'trace'
            ? (await ask(holders, traceTopic, text, true))[0]
            : undefined
      if (letter !== undefined) return [...new Set(recordsIn(letter).map(({ messageId }) => messageId))]
      return how === 'trace' ? [] : [placed?.message.uniqueId ?? text]
    }

    async function traceOf(messageId: string, records: readonly Told[]): Promise<MessageTrace> {
      const pub = records.find((one) => one.kind === 'pub')
      const end = records.find((one) => one.kind === 'end')
      const named = pub?.topic ?? end?.topic ?? topic ?? (records.length > 0 ? await topicOf(messageId) : null)
      const kept = named === null ? [] : await keptCopies(named, messageId)
      const hops = [...records.flatMap(hopOf), ...consumed(records), ...kept.map(storedHop)]
      if (pub?.type === 1 || end !== undefined || kept.some(isOfTransaction))
        hops.push(...(await ask(masters(await admin.names.brokers()), HALF_TOPIC, messageId, true)).map(halfHop))
      const groups = [...new Set(hops.flatMap((hop) => (hop.kind === 'consume' ? [hop.group] : [])))]
      const failing = groups.filter((group) => hops.some((hop) => hop.group === group && hop.ok === false))
      for (const group of failing)
        hops.push(...(await keptCopies(DLQ_PREFIX + group, messageId)).map((copy) => deadHop(copy, group)))
      const any = kept[0]
      return {
        messageId,
        topic: named,
        tag: pub?.tag ?? end?.tag ?? any?.message.tag ?? null,
        keys: pub?.keys ?? end?.keys ?? any?.message.keys ?? [],
        type: pub === undefined ? null : (types[pub.type] ?? null),
        sizeBytes: pub?.sizeBytes ?? any?.message.body.length ?? null,
        hops: hops.sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind]),
        gaps: hops.length === 0 ? [] : await gapsOf(hops, named, kept),
      }
    }
    /** Consumers do not say of which topic a message is. */
    async function topicOf(messageId: string): Promise<string | null> {
      const { rows } = await finder.byId({ cluster, id: messageId }, { bodies: false })
      return rows.find(({ uniqueId }) => uniqueId === messageId)?.topic ?? null
    }
    async function keptCopies(where: string, messageId: string): Promise<Kept[]> {
      const route = await admin.names.route(where)
      const found = await ask(masters(route?.brokers ?? []), where, messageId, true)
      return found.filter((one) => one.message.uniqueId === messageId)
    }
    async function gapsOf(hops: readonly TraceHop[], named: string | null, kept: readonly Kept[]): Promise<TraceGap[]> {
      const gaps: TraceGap[] = []
      if (!hops.some(({ kind }) => kind === 'send')) gaps.push({ kind: 'no-send' })
      const decided = hops.findLast(({ kind }) => kind === 'end')?.word
      if (kept.length === 0 && decided !== 'rollback' && decided !== 'undecided') gaps.push({ kind: 'no-stored' })
      const told = new Set(hops.flatMap((hop) => (hop.kind === 'consume' ? [hop.group] : [])))
      if (named !== null && kept.length > 0)
        for (const group of await groupsOf(kept[0]?.address ?? '', named))
          if (!told.has(group)) gaps.push({ kind: 'no-consume', group })
      for (const group of told)
        if (hops.some((hop) => hop.kind === 'consume' && hop.group === group && hop.ok === null))
          gaps.push({ kind: 'no-end', group })
      return gaps
    }
    function groupsOf(address: string, named: string): Promise<string[]> {
      return admin.brokers.groupsOfTopic(address, named).catch((error: unknown) => {
        if (error instanceof PeerError) return [] // it holds the message; who reads it is told when it answers again
        throw error
      })
    }
  },
})

/** A stored message and who keeps it. */
interface Kept {
  message: WireMessage
  broker: string
  address: string
}
const query = async (
  admin: Admin,
  brokers: readonly BrokerAddress[],
  topic: string,
  key: string,
  unique: boolean,
  to: number,
  missing: Map<string, Missing>,
): Promise<Kept[]> => {
  const found = await Promise.all(
    brokers.map(async (broker): Promise<Kept[]> => {
      try {
        const records = await admin.messages.query(broker.address, {
          topic,
          key,
          max: MOST_RECORDS,
          from: 0,
          to,
          unique,
        })
        return messagesOf(records).map((message) => ({ message, broker: broker.name, address: broker.address }))
      } catch (error) {
        if (!(error instanceof PeerError)) throw error
        if (error.answer?.kind === 'not-found') return []
        const who = brokerKey(broker.name, broker.id)
        missing.set(who, { who, reason: 'broker-silent', sinceMs: null, touches: 1 })
        return []
      }
    }),
  )
  return found.flat()
}
/** One member per broker name, the master where there is one: slaves keep the same. */
const masters = (brokers: readonly BrokerAddress[]): BrokerAddress[] =>
  brokers.filter(({ name, id }) => brokers.every((other) => other.name !== name || other.id >= id))

const recordsIn = (kept: Kept | WireMessage): Told[] => {
  const message = 'message' in kept ? kept.message : kept
  const text = unpack(message, SEARCHED_BYTES).bytes.toString('utf8')
  return traceRecordsOf(text).map((record) => ({ ...record, from: hostOf(message.bornHost) }))
}
/** The port is one of the tracer's own connection and says nothing. */
const hostOf = (address: string): string => address.replace(/:\d+$/, '')
const firstAt = ({ hops }: MessageTrace): number => hops[0]?.at ?? 0

const types: Readonly<Record<number, MessageTrace['type']>> = {
  0: 'normal',
  1: 'half',
  2: 'committed',
  3: 'delay',
  4: 'fifo',
}
const states: Readonly<Record<string, TraceWord>> = { COMMIT_MESSAGE: 'commit', ROLLBACK_MESSAGE: 'rollback' }
const outcomes: Readonly<Record<number, TraceWord>> = {
  0: 'success',
  1: 'timed-out',
  2: 'exception',
  3: 'returned-null',
  4: 'failed',
}
/** Of hops in one millisecond, which was first. */
const rank: Readonly<Record<TraceHop['kind'], number>> = {
  send: 0,
  half: 1,
  check: 2,
  end: 3,
  stored: 4,
  consume: 5,
  dead: 6,
  recall: 7,
}
const blank = { tookMs: null, ok: null, group: '', word: null, attempt: null, fromCheck: false, place: null }

const hopOf = (told: Told): TraceHop[] => {
  switch (told.kind) {
    case 'pub': {
      const { at, tookMs, ok, group, client, from } = told
      return [{ ...blank, kind: 'send', at, tookMs, ok, group, where: client ?? from, word: ok ? 'success' : 'failed' }]
    }
    case 'end': {
      const { at, group, from, fromCheck } = told
      return [{ ...blank, kind: 'end', at, group, where: from, fromCheck, word: states[told.state] ?? 'undecided' }]
    }
    case 'recall': {
      const { at, ok, group, from } = told
      return [{ ...blank, kind: 'recall', at, ok, group, where: from, word: ok ? 'success' : 'failed' }]
    }
    default:
      return []
  }
}
/** Deliveries: a beginning and its end share the id of the request. Either may be all that was told. */
const consumed = (records: readonly Told[]): TraceHop[] => {
  const ends = new Map(records.flatMap((one) => (one.kind === 'after' ? [[one.requestId, one] as const] : [])))
  const hops: TraceHop[] = []
  for (const one of records) {
    if (one.kind !== 'before') continue
    const end = ends.get(one.requestId)
    ends.delete(one.requestId)
    hops.push({
      ...blank,
      kind: 'consume',
      at: one.at,
      tookMs: end?.tookMs ?? null,
      ok: end?.ok ?? null,
      group: one.group,
      where: one.from,
      word: end === undefined ? null : wordOf(end),
      attempt: one.retries + 1,
    })
  }
  for (const end of ends.values())
    if (end.at !== null)
      hops.push({
        ...blank,
        kind: 'consume',
        at: end.at - end.tookMs,
        tookMs: end.tookMs,
        ok: end.ok,
        group: end.group ?? '',
        where: end.from,
        word: wordOf(end),
      })
  return hops
}
const wordOf = ({ code, ok }: Extract<Told, { kind: 'after' }>): TraceWord =>
  (code === null ? undefined : outcomes[code]) ?? (ok ? 'success' : 'failed')

const placeOf = ({ topic, queueId, queueOffset, offsetId }: WireMessage): TraceHop['place'] => ({
  topic,
  queueId,
  queueOffset,
  offsetId,
})
const storedHop = ({ message, broker }: Kept): TraceHop => ({
  ...blank,
  kind: 'stored',
  at: message.storedAt,
  where: broker,
  place: placeOf(message),
})
/** A half message is stored anew for every check, and counts them. */
const halfHop = (kept: Kept): TraceHop => {
  const times = Number(kept.message.properties.get(Property.transactionCheckTimes) ?? 0)
  return times > 0
    ? { ...storedHop(kept), kind: 'check', attempt: times }
    : { ...storedHop(kept), kind: 'half', group: kept.message.properties.get(Property.producerGroup) ?? '' }
}
const deadHop = (kept: Kept, group: string): TraceHop => ({
  ...storedHop(kept),
  kind: 'dead',
  group,
  ok: false,
  attempt: kept.message.reconsumeTimes,
})
const isOfTransaction = ({ message }: Kept): boolean => message.properties.get(Property.transactionPrepared) === 'true'
