// server/desk/half-watch.ts: transactions without an answer, for alarms: read from the brokers' own queues once a minute, and
// only while something waits there. A turn never waits for it.
import type { Sampled } from '../alarms/measure'
import type { ClusterState } from '../metrics/state'
import type { HalfList } from '../shared/views'

const HALF_TOPIC = 'RMQ_SYS_TRANS_HALF_TOPIC'
const CHECKER = 'CID_RMQ_SYS_TRANS'
/** A minute at a turn of 5 s. */
const TURNS = 12

export interface HalfWatch {
  turn(): void
  read: Sampled['halves']
}
export const openHalfWatch = (options: {
  state: ClusterState
  halves: () => Promise<HalfList>
  turnMs: number
  now: () => number
  log: (text: string) => void
}): HalfWatch => {
  const { state, halves, turnMs, now, log } = options
  let held: ReturnType<Sampled['halves']> = null
  let askedAt = 0
  let asking = false
  const waits = (): boolean => {
    const queues = state.topics.get(HALF_TOPIC)?.queues
    for (const [key, { committed }] of state.groups.get(CHECKER)?.positions.get(HALF_TOPIC) ?? [])
      if ((queues?.get(key)?.max ?? 0) > committed) return true
    return false
  }
  const read = (): void => {
    asking = true
    askedAt = now()
    void halves()
      .then(({ open, more, at }) => {
        held = { open: open.length, oldestBornAt: open[0]?.bornAt ?? null, more, at }
      })
      .catch((error: unknown) => log(`half messages: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        asking = false
      })
  }
  return {
    turn() {
      if (!waits()) held = { open: 0, oldestBornAt: null, more: false, at: state.at }
      else if (!asking && now() - askedAt >= TURNS * turnMs) read()
    },
    read: () => held,
  }
}
