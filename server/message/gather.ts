// server/message/gather.ts: all messages of a topic that pass a search's filters, told one by one to whoever keeps what it needs
// of them; and one message looked for where it could lie. Both say what they could not read.
import type { Admin } from '../admin/open'
import { messagesOf, type WireMessage } from '../admin/records'
import { DeskError, PeerError } from '../shared/errors'
import { atOnce } from '../shared/pace'
import type { Missing, QueueRef } from '../shared/views'
import { openMatch } from './match'
import { AT_ONCE, planScan, type ScanRange } from './scan'

export type GatherFilter = Omit<ScanRange, 'topic'>
export interface GatherLimits {
  /** Most that match, and most that are read. */
  matches: number
  read: number
  ms: number
}
export interface Read {
  /** Not all that could match was read. */
  more: boolean
  missing: readonly Missing[]
}
export const gather = async (
  admin: Admin,
  topic: string,
  filter: GatherFilter,
  limits: GatherLimits,
  take: (message: WireMessage, broker: string) => void,
): Promise<Read> => {
  const until = performance.now() + limits.ms
  const input = { topic, ...filter }
  const { readers, missing } = await planScan(admin, input, false, openMatch(input))
  let matched = 0
  let read = 0
  const spent = (): boolean => matched >= limits.matches || read >= limits.read || performance.now() > until
  const silent = new Set<string>()
  await atOnce(AT_ONCE, readers, async (reader) => {
    while (!reader.done && !spent())
      try {
        const { matches, scanned } = await reader.read()
        read += scanned
        for (const message of matches) {
          if (matched++ >= limits.matches) break
          take(message, reader.broker)
        }
      } catch (error) {
        if (!(error instanceof PeerError)) throw error
        silent.add(reader.broker)
        return
      }
  })
  return {
    more:
      readers.some(({ done, stoodStill, broker }) => (!done || stoodStill) && !silent.has(broker)) ||
      matched > limits.matches,
    missing: [
      ...missing,
      ...[...silent].map((who) => ({ who, reason: 'broker-silent' as const, sinceMs: null, touches: 1 })),
    ],
  }
}

const LOOKED_THROUGH = { read: 5_000_000, ms: 60_000 }
export interface Wanted {
  topic: string
  /** The brokers that may hold them: without an answer of each master, nothing counts as not there. */
  brokers: readonly string[]
  ids: readonly { key: string; uniqueId: string | null }[]
  /** Which of them a message is; null: none. */
  keyOf: (message: WireMessage) => string | null
  from: number
  to: number
}
export interface Found {
  places: ReadonlyMap<string, { queue: QueueRef; offset: bigint }>
  /** What is not among the places is nowhere. */
  complete: boolean
}
/** By their ids, where they have some, in the index; what the index does not show, in the queues of that time. */
export const lookUp = async (admin: Admin, { topic, brokers, ids, keyOf, from, to }: Wanted): Promise<Found> => {
  const places = new Map<string, { queue: QueueRef; offset: bigint }>()
  const note = (message: WireMessage, broker: string): void => {
    const key = keyOf(message)
    if (key !== null)
      places.set(key, { queue: { topic, broker, queueId: message.queueId }, offset: message.queueOffset })
  }
  try {
    const holders = await admin.brokersOfTopic(topic)
    const complete = brokers.every((name) => holders.some((one) => one.name === name && one.id === 0))
    await atOnce(AT_ONCE, ids, async ({ uniqueId }) => {
      if (uniqueId === null) return
      for (const { address, name } of holders)
        for (const message of messagesOf(
          await admin.messages.query(address, { topic, key: uniqueId, max: 64, from, to, unique: true }),
        ))
          note(message, name)
    })
    if (ids.every(({ key }) => places.has(key))) return { places, complete: true }
    const { more, missing } = await gather(admin, topic, { from, to }, { ...LOOKED_THROUGH, matches: Infinity }, note)
    return { places, complete: complete && !more && missing.length === 0 }
  } catch (error) {
    if (error instanceof PeerError || (error instanceof DeskError && error.kind === 'namesrv-silent'))
      return { places, complete: false }
    throw error
  }
}
