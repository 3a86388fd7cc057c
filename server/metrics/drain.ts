// server/metrics/drain.ts: what still keeps a broker that takes no writes from being stopped: producers that have not heard of
// it yet, messages that groups have not read, messages whose time has not come. Unknown is never nothing.
import { isKnown, type Known, known, unknown } from '../shared/known'
import { isSystemGroup } from '../shared/names'
import type { BrokerDrain } from '../shared/views'
import { lagOf, readingsOf, topicsOf, total } from './figures'
import type { BrokerState, ClusterState, GroupState } from './state'

const none: ReadonlySet<string> = new Set()

/** `timed`: how many timed messages wait, as the broker tells. */
export function drainOf(state: ClusterState, broker: BrokerState, timed: Known<number>): BrokerDrain {
  const silent = broker.state === 'silent' ? new Set([broker.name]) : none
  const groups: BrokerDrain['groups'] = []
  const all: Known<number>[] = []
  for (const group of state.groups.values()) {
    if (isSystemGroup(group.name) || group.model === 'BROADCASTING') continue
    const lags = [...lagsOf(state, group, broker.name, silent)]
    if (lags.length === 0) continue
    const unread = total(lags, state.at)
    all.push(...lags)
    if (!isKnown(unread) || unread.value > 0 || unread.missing > 0) groups.push({ group: group.name, unread })
  }
  const size = ({ unread }: { unread: Known<number> }): number => (isKnown(unread) ? unread.value : 0)
  groups.sort((a, b) => size(b) - size(a))
  return {
    inPerSecond: broker.state === 'silent' ? unknown('broker-silent') : broker.in.rate,
    unread: total(all, state.at),
    groups,
    waiting: waitingOf(broker, timed),
  }
}

function* lagsOf(state: ClusterState, group: GroupState, name: string, silent: ReadonlySet<string>) {
  for (const topic of [...topicsOf(group), `%RETRY%${group.name}`]) {
    for (const reading of readingsOf(state, group, topic)) {
      if ((reading.position?.broker ?? reading.queue?.broker) !== name) continue
      if (topic.startsWith('%RETRY%') && reading.position === undefined) continue // nothing was ever put back
      yield lagOf(reading, silent)
    }
  }
}

/** Delay levels say `delivered,end`; timed messages are counted by the broker. */
function waitingOf(broker: BrokerState, timed: Known<number>): Known<number> {
  if (broker.state === 'silent') return unknown('broker-silent')
  if (broker.runtimeAt === 0) return unknown('no-sample-yet')
  let waiting = 0
  for (const [key, value] of Object.entries(broker.runtime)) {
    if (!key.startsWith('scheduleMessageOffset_')) continue
    const [delivered, end] = value.split(',').map(Number)
    if (Number.isFinite(delivered) && Number.isFinite(end)) waiting += Math.max(0, (end ?? 0) - (delivered ?? 0))
  }
  return known(waiting + (isKnown(timed) ? Math.max(0, timed.value) : 0), broker.runtimeAt)
}
