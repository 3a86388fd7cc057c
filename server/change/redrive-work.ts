// server/change/redrive-work.ts: putting dead messages back, one after the other, so that it can be ended at any moment and gone
// on with. Each carries the job's id and the place of its dead copy: by both it is found again when nobody knows whether it arrived.
import { Property, type WireMessage } from '../admin/records'
import type { Item, Job, Outcome, StoredItem, Work } from '../jobs/work'
import type { PutBack } from '../shared/desk'
import { DeskError, oneLine, PeerError } from '../shared/errors'
import { keyHash } from '../shared/key-hash'
import { atOnce } from '../shared/pace'
import type { QueueRef, SendResult } from '../shared/views'
import type { RedriveItem, RedriveMarks, RedrivePlan } from './redrive'

/** Properties of a message that was put back. */
export const REDRIVE_PROPERTY = 'redriveId'
export const REDRIVE_OF_PROPERTY = 'redriveOf'

export interface RedriveWorkOptions {
  load: (offsetId: string) => Promise<WireMessage>
  putBack: (
    message: WireMessage,
    way: PutBack,
  ) => Promise<Pick<SendResult, 'status' | 'broker' | 'queueId' | 'queueOffset'>>
  lookUp: (wanted: {
    topic: string
    brokers: readonly string[]
    ids: readonly { key: string; uniqueId: string | null }[]
    keyOf: (message: WireMessage) => string | null
    from: number
    to: number
  }) => Promise<{ places: ReadonlyMap<string, { queue: QueueRef; offset: bigint }>; complete: boolean }>
  marks: RedriveMarks
  now?: () => number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}
const LANES = 16
const MOST_BEGUN = 64
/** Clocks of console and broker may differ by so much. */
const CLOCKS_MS = 120_000
/** A request may be carried out until then, and be found only a moment later. */
const ARRIVES_WITHIN_MS = 5000

export const openRedriveWork = (options: RedriveWorkOptions): Work => {
  const { load, putBack, lookUp, marks, now = Date.now, sleep } = options

  const one = async (job: Job, item: Item, message: WireMessage): Promise<Outcome> => {
    const { seq } = item
    const { to, origin, storedAt } = inputOf(item)
    if (message.storedAt !== storedAt) return { seq, state: 'failed', error: 'Another message lies there by now.' }
    try {
      const way = { topic: to, origin, marks: { [REDRIVE_PROPERTY]: job.id, [REDRIVE_OF_PROPERTY]: item.key } }
      const { status, broker, queueId, queueOffset } = await putBack(message, way)
      const place = placeText({ topic: to, broker, queueId }, queueOffset)
      return { seq, state: 'done', output: place, ...(status === 'SEND_OK' ? {} : { error: status }) }
    } catch (error) {
      if (!(error instanceof PeerError)) return { seq, state: 'failed', error: oneLine(error) }
      if (error.fault === 'silent' || error.fault === 'garbled')
        return { seq, state: 'unsure', error: 'No answer came: it may have arrived.' }
      // Nobody listens, or the broker is too busy: nothing was stored, and the next try may fare better.
      const later = error.fault === 'refused' || error.answer?.kind === 'broker-busy'
      return { seq, state: later ? 'waiting' : 'failed', error: oneLine(error) }
    }
  }
  const loadOne = async (item: Item): Promise<WireMessage | Outcome> => {
    try {
      return await load(item.key)
    } catch (error) {
      // Only what is known to be gone has failed: a broker that is away for a moment costs no message.
      const gone = error instanceof DeskError && error.kind === 'not-found'
      return { seq: item.seq, state: gone ? 'failed' : 'waiting', error: oneLine(error) }
    }
  }

  return {
    chunk: (job) => {
      const { mostPerSecond } = planOf(job)
      return mostPerSecond === 0 ? MOST_BEGUN : Math.min(MOST_BEGUN, Math.max(1, Math.ceil(mostPerSecond / 2)))
    },
    async admit(job, items) {
      if (planOf(job).again) return []
      const marked = new Map((await marks.of(items.map(({ key }) => key))).map((mark) => [mark.offsetId, mark]))
      return items.flatMap((item): Outcome[] => {
        const mark = marked.get(item.key)
        return mark === undefined || mark.storedAt !== inputOf(item).storedAt
          ? []
          : [{ seq: item.seq, state: 'skipped', error: 'Put back by another redrive meanwhile.' }]
      })
    },
    async run(job, items, signal) {
      const { mostPerSecond } = planOf(job)
      const outcomes: Outcome[] = []
      const lanes: { item: Item; message: WireMessage }[][] = Array.from({ length: LANES }, () => [])
      let spread = 0
      await atOnce(LANES, items, async (item) => {
        const found = await loadOne(item)
        if ('state' in found) outcomes.push(found)
        else {
          // What has an order among its like keeps it: one lane for one sharding key. Sorted below, since loads overtake.
          const key = found.properties.get(Property.shardingKey)
          lanes[(key === undefined ? spread++ : keyHash(key)) % LANES]?.push({ item, message: found })
        }
      })
      const began = now()
      let sent = 0
      await Promise.all(
        lanes.map(async (lane) => {
          lane.sort((a, b) => a.item.seq - b.item.seq)
          /** Sharding keys of which one waits for the next try: those behind it wait too. */
          const waiting = new Set<string>()
          for (const { item, message } of lane) {
            if (mostPerSecond > 0) {
              const waitMs = began + (sent++ * 1000) / mostPerSecond - now()
              if (waitMs > 0) await sleep(waitMs, signal)
            }
            const key = message.properties.get(Property.shardingKey)
            const waits = signal.aborted || (key !== undefined && waiting.has(key))
            const outcome: Outcome = waits ? { seq: item.seq, state: 'waiting' } : await one(job, item, message)
            if (key !== undefined && outcome.state === 'waiting') waiting.add(key)
            outcomes.push(outcome)
          }
        }),
      )
      // A chunk that was done sooner than its rate allows lets the rest of its time pass.
      if (mostPerSecond > 0) await sleep(began + (sent * 1000) / mostPerSecond - now(), signal)
      return outcomes
    },
    async settle(job, items) {
      const begunAt = items.map(({ at }) => at ?? job.createdAt)
      await sleep(Math.max(...begunAt) + ARRIVES_WITHIN_MS - now())
      const outcomes: Outcome[] = []
      for (const topic of new Set(items.map((item) => inputOf(item).to))) {
        const there = items.filter((item) => inputOf(item).to === topic)
        const { places, complete } = await lookUp({
          topic,
          brokers: planOf(job).brokers[topic] ?? [],
          ids: there.map(({ key, title }) => ({ key, uniqueId: title === key ? null : title })),
          keyOf: ({ properties }) =>
            properties.get(REDRIVE_PROPERTY) === job.id ? (properties.get(REDRIVE_OF_PROPERTY) ?? null) : null,
          from: Math.min(...begunAt) - CLOCKS_MS,
          to: Math.max(...begunAt) + CLOCKS_MS,
        })
        for (const { seq, key } of there) {
          const place = places.get(key)
          if (place !== undefined) outcomes.push({ seq, state: 'done', output: placeText(place.queue, place.offset) })
          else if (complete) outcomes.push({ seq, state: 'waiting' })
          else outcomes.push({ seq, state: 'unsure', error: 'Where it may lie did not answer: it may have arrived.' })
        }
      }
      return outcomes
    },
    alongside(item, state) {
      const { storedAt, before } = inputOf(item)
      const mark = { offsetId: item.key, storedAt }
      if (state === 'begun' || state === 'unsure') return [marks.putting({ ...mark, at: now(), certain: false })]
      if (state === 'done') return [marks.putting({ ...mark, at: now(), certain: true })]
      if (state === 'skipped') return [] // somebody else's mark
      return [before === null ? marks.dropping(mark) : marks.putting({ ...mark, ...before })]
    },
  }
}
export const planOf = ({ plan }: Pick<Job, 'plan'>): RedrivePlan => JSON.parse(plan)
export const inputOf = ({ input }: Pick<Item, 'input'>): RedriveItem => JSON.parse(input)
/** An offset has 64 bits: it is text in JSON. */
const placeText = (queue: QueueRef, offset: bigint): string => JSON.stringify({ queue, offset: String(offset) })
export const placeOf = ({ output }: Pick<StoredItem, 'output'>): { queue: QueueRef; offset: bigint } | null => {
  if (output === null) return null
  const { queue, offset }: { queue: QueueRef; offset: string } = JSON.parse(output)
  return { queue, offset: BigInt(offset) }
}
