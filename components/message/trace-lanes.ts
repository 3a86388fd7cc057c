// components/message/trace-lanes.ts: a message's way as lanes of a drawing: its producer, the broker, each group, on one axis
// of time. Pure: hops in, fractions of the width out.
import type { MessageTrace, TraceHop } from '../../server/shared/views'

export type BarTone = 'in' | 'out' | 'broker' | 'failed' | 'open'
export interface LaneBar {
  readonly hop: TraceHop
  /** Fractions of the axis, 0 to 1. A moment has no width. */
  readonly from: number
  readonly to: number
  readonly tone: BarTone
}
export interface Lane {
  readonly key: string
  readonly role: 'producer' | 'broker' | 'group'
  readonly name: string
  readonly bars: readonly LaneBar[]
}
export interface Lanes {
  readonly from: number
  readonly spanMs: number
  readonly lanes: readonly Lane[]
}

const roleOf = ({ kind }: TraceHop): Lane['role'] => {
  if (kind === 'send' || kind === 'end' || kind === 'recall') return 'producer'
  return kind === 'consume' || kind === 'dead' ? 'group' : 'broker'
}
const toneOf = (hop: TraceHop): BarTone => {
  if (hop.ok === false) return 'failed'
  if (hop.kind === 'consume') return hop.ok === null ? 'open' : 'out'
  return roleOf(hop) === 'producer' ? 'in' : 'broker'
}
const order = ['producer', 'broker', 'group'] as const

export const lanesOf = ({ hops }: Pick<MessageTrace, 'hops'>): Lanes => {
  const from = Math.min(...hops.map(({ at }) => at))
  const to = Math.max(...hops.map(({ at, tookMs }) => at + (tookMs ?? 0)))
  const spanMs = Math.max(1, to - from)
  const held = new Map<string, Lane & { bars: LaneBar[] }>()
  for (const hop of hops) {
    const role = roleOf(hop)
    // A check's answer and a half message know their producer's group, but a broker's lane is the broker's.
    const name = role === 'broker' ? hop.where : hop.group
    const key = `${role} ${name}`
    const lane = held.get(key) ?? { key, role, name, bars: [] }
    held.set(key, lane)
    lane.bars.push({
      hop,
      from: (hop.at - from) / spanMs,
      to: (hop.at + (hop.tookMs ?? 0) - from) / spanMs,
      tone: toneOf(hop),
    })
  }
  return { from, spanMs, lanes: [...held.values()].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role)) }
}

/** What took longest of all that has an end. */
export const slowestOf = ({ hops }: Pick<MessageTrace, 'hops'>): TraceHop | null =>
  hops.reduce<TraceHop | null>((slowest, hop) => ((hop.tookMs ?? 0) > (slowest?.tookMs ?? 0) ? hop : slowest), null)
