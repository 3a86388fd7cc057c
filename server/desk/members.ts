// server/desk/members.ts: what the clients of a group say of themselves. Each answer passes through a broker and costs the
// client, and many libraries never give one: the broker then waits its whole time-out. So what was said is held a while, who
// is silent is left alone for longer, and nobody who looks at a page waits for either.
import type { Admin } from '../admin/open'
import type { Running } from '../admin/types'
import { askable, type ClusterState, type GroupState, queueKey } from '../metrics/state'
import { DeskError, PeerError } from '../shared/errors'

export interface Member {
  readonly clientId: string
  /** Null: it does not answer, or has not yet. */
  readonly running: Running | null
}
export interface Members {
  /** One client, asked now; throws what the broker says. */
  ask(group: string, clientId: string, stack: boolean): Promise<Running>
  /** All clients of a group (the first 32), as far as they have answered within `waitMs`. */
  of(group: GroupState, waitMs: number): Promise<readonly Member[]>
  /** Topic and queue to the client that reads it, as far as clients say so. */
  owners(group: GroupState, waitMs: number): Promise<Map<string, string>>
}
/** Clients asked about themselves for one page. */
const MOST_ASKED = 32
const HELD_MS = 15_000
/** Who gave no answer is not asked again for so long. */
const SILENT_MS = 300_000
const MOST_HELD = 2000

interface Held {
  at: number
  /** What it said last; null before it did, or when it does not. */
  said: Running | null
  asking: Promise<void> | null
  silent: boolean
}

export const openMembers = (admin: Admin, state: ClusterState, now: () => number): Members => {
  const held = new Map<string, Held>()
  const ask = async (group: string, clientId: string, stack: boolean): Promise<Running> => {
    let last: unknown = new DeskError('client-offline', `No broker that answers knows the group ${group}.`)
    for (const broker of askable(state).filter((one) => one.groupConfigs.has(group)))
      try {
        return await admin.brokers.running(broker.address, group, clientId, stack)
      } catch (error) {
        last = /not online/.test((error instanceof PeerError && error.answer?.remark) || '')
          ? new DeskError(
              'client-offline',
              `The client ${clientId} is not online at ${broker.key}.`,
              {},
              { cause: error },
            )
          : error
      }
    throw last
  }
  /** Asks when what is held is old; never twice at a time. */
  const refreshed = (group: string, clientId: string): Held => {
    const key = `${group}\n${clientId}`
    let one = held.get(key)
    if (one === undefined) {
      if (held.size >= MOST_HELD) held.clear()
      one = { at: Number.NEGATIVE_INFINITY, said: null, asking: null, silent: false }
      held.set(key, one)
    }
    const entry = one
    if (entry.asking === null && now() - entry.at > (entry.silent ? SILENT_MS : HELD_MS))
      entry.asking = ask(group, clientId, false)
        .then(
          (said) => Object.assign(entry, { said, silent: false }),
          () => Object.assign(entry, { said: null, silent: true }), // told as "does not report"
        )
        .then(() => {
          entry.at = now()
          entry.asking = null
        })
    return entry
  }
  const of = async (group: GroupState, waitMs: number): Promise<readonly Member[]> => {
    const asked = (group.clients ?? [])
      .slice(0, MOST_ASKED)
      .map(({ clientId }) => ({ clientId, entry: refreshed(group.name, clientId) }))
    const under = asked.flatMap(({ entry }) => entry.asking ?? [])
    if (under.length > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs)
      })
      await Promise.race([Promise.all(under), late]).finally(() => clearTimeout(timer))
    }
    return asked.map(({ clientId, entry }) => ({ clientId, running: entry.said }))
  }
  return {
    ask,
    of,
    async owners(group, waitMs) {
      const byQueue = new Map<string, string>()
      for (const { clientId, running } of await of(group, waitMs))
        for (const { topic, broker, queueId } of running?.queues ?? [])
          byQueue.set(`${topic}\n${queueKey(broker, queueId)}`, clientId)
      return byQueue
    },
  }
}
