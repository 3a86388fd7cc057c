// server/message/timetable.ts: what will be delivered later: per delay level how many wait and how late the first is, and the
// timed messages with their times. Read from the queues in which brokers keep them, and from what brokers tell of timers.
import type { Admin } from '../admin/open'
import { messagesOf, Property, type WireMessage } from '../admin/records'
import type { BrokerAddress } from '../admin/types'
import { answeredWith, PeerError } from '../shared/errors'
import { brokerKey } from '../shared/names'
import type { DelayLevel, Missing, TimedRow, TimerHealth, Timetable } from '../shared/views'
import { readQueue, waitingOf } from './system-queue'

const LEVEL_TOPIC = 'SCHEDULE_TOPIC_XXXX'
export const TIMER_TOPIC = 'rmq_sys_wheel_timer'
const DEFAULT_LEVELS = '1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h'
const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const MOST_READ = 20_000
const MOST_SHOWN = 1000
/** Nearer to its time the timer has it in hand already. */
const RECALL_BEFORE_MS = 1000

export interface Timetables {
  read(): Promise<Timetable>
}
interface OfBroker {
  levels: DelayLevel[]
  timed: TimedRow[]
  timer: TimerHealth
  read: number
  kept: number
}
export const openTimetable = ({ admin, now = Date.now }: { admin: Admin; now?: () => number }): Timetables => ({
  async read() {
    const missing: Missing[] = []
    const found: OfBroker[] = []
    await Promise.all(
      (await admin.masters()).map(async (broker) => {
        try {
          found.push(await ofBroker(admin, broker, now()))
        } catch (error) {
          if (!(error instanceof PeerError)) throw error
          missing.push({ who: brokerKey(broker.name, broker.id), reason: 'broker-silent', sinceMs: null, touches: 1 })
        }
      }),
    )
    const sum = (of: (one: OfBroker) => number): number => found.reduce((total, one) => total + of(one), 0)
    const timed = found.flatMap((one) => one.timed).sort((a, b) => a.dueAt - b.dueAt)
    return {
      levels: joined(found.map(({ levels }) => levels)),
      timed: timed.slice(0, MOST_SHOWN),
      timers: found.map(({ timer }) => timer).sort((a, b) => (a.broker < b.broker ? -1 : 1)),
      read: sum(({ read }) => read),
      kept: sum(({ kept }) => kept),
      missing,
      at: now(),
    }
  },
})
const joined = (all: readonly (readonly DelayLevel[])[]): DelayLevel[] => {
  const held = new Map<string, DelayLevel>()
  for (const one of all.flat()) {
    const key = `${one.level} ${one.delayMs}`
    const before = held.get(key)
    held.set(
      key,
      before === undefined
        ? one
        : {
            ...one,
            waiting: before.waiting + one.waiting,
            lateMs: Math.max(before.lateMs, one.lateMs),
            firstDueAt: earlier(before.firstDueAt, one.firstDueAt),
          },
    )
  }
  return [...held.values()].sort((a, b) => a.level - b.level)
}
const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

const ofBroker = async (admin: Admin, broker: BrokerAddress, now: number): Promise<OfBroker> => {
  const { address } = broker
  const [config, runtime] = await Promise.all([admin.brokers.config(address), admin.brokers.runtime(address)])
  const levels = await levelsOf(admin, address, levelDelays(config.messageDelayLevel), now)
  const recall = config.recallMessageEnable === 'true'
  const part = await readQueue(admin, address, TIMER_TOPIC, { from: null, most: MOST_READ, newest: true }).catch(
    (error: unknown) => {
      // Without timers there is no such topic.
      if (answeredWith(error, 1) || answeredWith(error, 17)) return null
      throw error
    },
  )
  return {
    levels,
    timed: part === null ? [] : timedOf(part.messages, broker.name, recall, now),
    timer: {
      broker: brokerKey(broker.name, broker.id),
      behindMs: part === null ? null : secondsOf(runtime.timerReadBehind),
      waiting: part === null ? null : numberOf(runtime.timerCongestNum),
      recall,
    },
    read: part?.messages.length ?? 0,
    kept: part?.kept ?? 0,
  }
}
const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null
const secondsOf = (text: string | undefined): number | null => {
  const seconds = numberOf(text)
  return seconds === null ? null : Math.max(0, seconds) * 1000
}

const levelsOf = async (
  admin: Admin,
  address: string,
  delays: readonly number[],
  now: number,
): Promise<DelayLevel[]> => {
  const [stats, done] = await Promise.all([
    admin.brokers.topicStats(address, LEVEL_TOPIC).catch((error: unknown) => {
      if (answeredWith(error, 1) || answeredWith(error, 17)) return []
      throw error
    }),
    admin.brokers.delayOffsets(address),
  ])
  return Promise.all(
    delays.map(async (delayMs, index): Promise<DelayLevel> => {
      const level = index + 1
      const queue = stats.find(({ queueId }) => queueId === index)
      const from = BigInt(numberOf(done[String(level)]) ?? 0)
      const start = queue === undefined || from > queue.min ? from : queue.min
      const waiting = queue === undefined || queue.max <= start ? 0 : Number(queue.max - start)
      if (waiting === 0) return { level, delayMs, waiting, lateMs: 0, firstDueAt: null }
      const pulled = await admin.messages.pull(address, {
        group: 'TOOLS_CONSUMER',
        topic: LEVEL_TOPIC,
        queueId: index,
        offset: start,
        max: 1,
      })
      const first = messagesOf(pulled.records)[0]
      const firstDueAt = first === undefined ? null : first.storedAt + delayMs
      return { level, delayMs, waiting, firstDueAt, lateMs: firstDueAt === null ? 0 : Math.max(0, now - firstDueAt) }
    }),
  )
}
/** What the levels of a broker mean, the first one first. */
export const levelDelays = (messageDelayLevel: string | undefined): number[] =>
  (messageDelayLevel || DEFAULT_LEVELS).trim().split(/\s+/).map(delayOf)
const delayOf = (text: string): number => Number(text.slice(0, -1)) * (unitsMs[text.slice(-1)] ?? Number.NaN) || 0

/** A message that is moved on is stored anew, and one that is called back has a second one that says so. */
const timedOf = (messages: readonly WireMessage[], broker: string, recall: boolean, now: number): TimedRow[] => {
  const rows = new Map<string, TimedRow>()
  const calledBack = new Set<string>()
  for (const message of messages) {
    const { properties } = message
    const row = waitingOf(message, broker)
    const erased = properties.get(Property.timerDeleteUniqueKey)
    if (erased !== undefined) {
      calledBack.add(erased.startsWith(`${row.topic}+`) ? erased : `${row.topic}+${erased}`)
      continue
    }
    const dueAt = Number(properties.get(Property.timerOutMs))
    if (!(dueAt > now)) continue
    rows.set(row.uniqueId === null ? row.offsetId : `${row.topic}+${row.uniqueId}`, {
      ...row,
      dueAt,
      deliverAt: Number(properties.get(Property.timerDeliverMs)) || dueAt,
      fixed: row.uniqueId === null ? 'no-id' : !recall ? 'off' : dueAt - now < RECALL_BEFORE_MS ? 'too-soon' : null,
    })
  }
  for (const key of calledBack) rows.delete(key)
  return [...rows.values()]
}
