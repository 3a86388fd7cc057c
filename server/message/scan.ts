// server/message/scan.ts: a search by topic and time over many queues, merged by store time, within a budget. It says
// what it will read, shows what it finds while it reads, and always ends with why it ended.
import type { Admin } from '../admin/open'
import type { WireMessage } from '../admin/records'
import type { BrokerAddress, QueueStats } from '../admin/types'
import type { Reading } from '../shared/desk'
import { DeskError, oneLine, PeerError } from '../shared/errors'
import type { ScanInput } from '../shared/inputs'
import { brokerKey } from '../shared/names'
import { atOnce } from '../shared/pace'
import type { MessageRow, Missing, NotRead, ScanEvent } from '../shared/views'
import { type Lane, openLanes } from './lanes'
import { mustRead, openGlance, openMatch } from './match'
import { larger, openQueueReader, type QueueReader, smaller } from './queue-reader'

/** Queues asked about or gathered side by side. */
export const AT_ONCE = 8
/** Of more queues none is asked ahead: others are read meanwhile anyway, and each would hold answers until its turn comes. */
const MOST_AHEAD = 64
const ROWS_AT_ONCE = 50
const PROGRESS_EVERY_MS = 250

/** What is made of a message that matches; `rowOf` for lists, the whole message for a file. */
export type Show<Row> = (message: WireMessage, broker: string, reading: Reading) => Row

export async function* scan<Row = MessageRow>(
  admin: Admin,
  input: ScanInput,
  reading: Reading,
  signal: AbortSignal | undefined,
  show: Show<Row>,
): AsyncIterable<ScanEvent<Row>> {
  mustRead(reading, input)
  const began = performance.now()
  const backwards = input.order === 'newest'
  let unread = 0
  const passes = openMatch(input, () => {
    unread += 1
  })
  const { readers, missing } = await planScan(admin, input, backwards, passes)
  const estimate = readers.reduce((sum, { next, end }) => sum + Number(end - next), 0)
  yield { type: 'plan', estimate, queues: readers.length, missing, from: input.from ?? 0, to: input.to ?? Date.now() }

  const before = (a: WireMessage, b: WireMessage): boolean =>
    backwards
      ? a.storedAt > b.storedAt || (a.storedAt === b.storedAt && a.queueOffset > b.queueOffset)
      : a.storedAt < b.storedAt
  const elapsedMs = (): number => performance.now() - began
  const spent = (scanned: number): boolean => scanned >= input.budget.messages || elapsedMs() >= input.budget.ms
  const lanes = openLanes({ readers, before, backwards, limit: input.limit, spent })
  let matched = 0
  let reachedAt: number | null = null
  let rows: WireMessage[] = []
  const owner = new Map<WireMessage, string>()
  let toldAt = began
  const progress = (): ScanEvent<Row> => ({
    type: 'progress',
    scanned: lanes.scanned,
    estimate,
    matched,
    elapsedMs: elapsedMs(),
    perSecond: (lanes.scanned * 1000) / Math.max(1, elapsedMs()),
    reachedAt,
  })
  const flush = (): ScanEvent<Row> => {
    const event: ScanEvent<Row> = {
      type: 'rows',
      rows: rows.map((message) => show(message, owner.get(message) ?? '', reading)),
    }
    rows = []
    owner.clear()
    return event
  }

  let why: Extract<ScanEvent, { type: 'end' }>['why'] = 'range-done'
  try {
    for (;;) {
      const next = lanes.take()
      if (next === 'wait') {
        if (signal?.aborted) {
          why = 'stopped'
          break
        }
        if (spent(lanes.scanned)) {
          why = 'budget'
          break
        }
        const now = performance.now()
        if (now - toldAt >= PROGRESS_EVERY_MS) {
          toldAt = now
          if (rows.length > 0) yield flush()
          yield progress()
        }
        await lanes.wait(toldAt + PROGRESS_EVERY_MS - performance.now(), signal)
        continue
      }
      if (next === undefined) break
      rows.push(next.message)
      owner.set(next.message, next.broker)
      matched += 1
      reachedAt = next.message.storedAt
      if (rows.length >= ROWS_AT_ONCE) yield flush()
      if (matched >= input.limit) {
        why = 'limit'
        break
      }
    }
  } finally {
    lanes.close()
  }
  if (rows.length > 0) yield flush()
  yield progress()
  const left = lanes.all.filter(({ ready, next, end }) => ready.length > 0 || next < end)
  if (why === 'range-done' && (missing.length > 0 || lanes.all.some(({ fault }) => fault !== null))) why = 'not-all'
  yield {
    type: 'end',
    why,
    scanned: lanes.scanned,
    matched,
    elapsedMs: elapsedMs(),
    bodiesUnread: unread,
    notRead: [
      ...missing.map(({ who, says }) => ({ who, says })),
      ...left.filter(({ next, end }) => next < end).map(notReadOf),
    ],
    cursor: left.length === 0 ? null : { queues: left.map((lane) => cursorOf(input.topic, lane, backwards)) },
  }
}
const notReadOf = ({ reader, fault }: Lane): NotRead => ({
  who: `${reader.broker} ${reader.queueId}`,
  says: fault === null ? null : oneLine(fault),
})
/** What was read and not handed out belongs to what is still to come. */
const cursorOf = (topic: string, { reader, ready, next, end }: Lane, backwards: boolean) => {
  const head = ready[0]
  return {
    topic,
    broker: reader.broker,
    queueId: reader.queueId,
    next: backwards || head === undefined ? next : head.queueOffset,
    end: !backwards || head === undefined ? end : head.queueOffset + 1n,
  }
}

/** What of a search says which messages are read. */
export type ScanRange = Pick<ScanInput, 'topic'> & Partial<Omit<ScanInput, 'cluster' | 'topic'>>
/** `says`: what it answered, or that it did not. */
type Unanswered = Missing & { says: string }
/** Which queues, from where to where. A broker that does not answer is named, and costs its own queues only. */
export const planScan = async (
  admin: Admin,
  input: ScanRange,
  backwards: boolean,
  passes: (message: WireMessage) => boolean,
): Promise<{ readers: QueueReader[]; missing: Unanswered[] }> => {
  const brokers = await admin.brokersOfTopic(input.topic)
  const missing: Unanswered[] = []
  const readers: QueueReader[] = []
  let asked = 0
  const one = async (broker: BrokerAddress): Promise<void> => {
    let stats: QueueStats[]
    try {
      stats = await admin.brokers.topicStats(broker.address, input.topic)
      const wanted = stats
        .filter((queue) => queue.broker === broker.name)
        .filter(
          ({ queueId }) =>
            input.queues?.some((ref) => (ref.broker ?? broker.name) === broker.name && ref.queueId === queueId) ?? true,
        )
        .sort((a, b) => a.queueId - b.queueId)
      asked += wanted.length
      await atOnce(AT_ONCE, wanted, async (queue) => {
        const [next, end] = await rangeOf(admin, broker, queue, input)
        if (next >= end) return
        readers.push(
          openQueueReader({
            admin,
            topic: input.topic,
            broker: broker.name,
            address: broker.address,
            queueId: queue.queueId,
            next,
            end,
            backwards,
            tags: input.tag || undefined,
            glance: openGlance(input),
            readsAhead: () => readers.length <= MOST_AHEAD,
            passes: (message) =>
              passes(message) &&
              (input.from === undefined || message.storedAt >= input.from) &&
              (input.to === undefined || message.storedAt <= input.to),
          }),
        )
      })
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
      const who = brokerKey(broker.name, broker.id)
      missing.push({ who, reason: 'broker-silent', sinceMs: null, touches: 0, says: oneLine(error) })
    }
  }
  await Promise.all(brokers.map(one))
  if (input.queues !== undefined && asked === 0 && missing.length === 0)
    throw new DeskError('not-found', `${input.topic} has no such queue: ${input.queues.map(queueText).join(', ')}.`)
  readers.sort((a, b) => (a.broker < b.broker ? -1 : a.broker > b.broker ? 1 : a.queueId - b.queueId))
  return { readers, missing }
}
const queueText = ({ broker, queueId }: { broker?: string | undefined; queueId: number }): string =>
  broker === undefined ? String(queueId) : `${broker}/${queueId}`
const rangeOf = async (
  admin: Admin,
  broker: BrokerAddress,
  queue: QueueStats,
  input: ScanRange,
): Promise<[bigint, bigint]> => {
  const at = input.cursor?.queues.find((one) => one.broker === broker.name && one.queueId === queue.queueId)
  if (input.cursor !== undefined)
    return at === undefined ? [0n, 0n] : [larger(at.next, queue.min), smaller(at.end, queue.max)]
  let next = queue.min
  let end = queue.max
  if (input.from !== undefined)
    next = larger(next, await admin.brokers.offsetAtTime(broker.address, input.topic, queue.queueId, input.from))
  if (input.fromOffset !== undefined) next = larger(next, input.fromOffset)
  // The first message after `to` ends the range; a broker answers with the last offset when there is none.
  if (input.to !== undefined && input.to < queue.lastStoredAt)
    end = smaller(
      end,
      (await admin.brokers.offsetAtTime(broker.address, input.topic, queue.queueId, input.to + 1)) + 1n,
    )
  return [next, end]
}
