// server/http/tries.ts: how often a network may try within a span of time. In memory: a restart forgives.
import { networkOf } from '../shared/network'

export interface TriesOptions {
  most: number
  withinMs: number
  /** More networks than this are never held: the one that began first is forgotten. */
  mostHeld?: number
  now?: () => number
}
/** Counts this try, and says whether it may be made. */
export const openTries = ({ most, withinMs, mostHeld = 10_000, now = () => Date.now() }: TriesOptions) => {
  const held = new Map<string, { count: number; until: number }>()
  return (address: string): boolean => {
    const network = networkOf(address)
    const before = held.get(network)
    if (before !== undefined && before.until >= now()) {
      before.count += 1
      return before.count <= most
    }
    held.delete(network) // so that the order stays that of the begins
    held.set(network, { count: 1, until: now() + withinMs })
    const oldest = held.keys().next()
    if (held.size > mostHeld && !oldest.done) held.delete(oldest.value)
    return true
  }
}
