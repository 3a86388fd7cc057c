// server/access/lockout.ts: slows down guessing. Wrong passwords are counted by name and address together, and by address
// alone; after a few of them the next try must wait, each time twice as long. Never by name alone: whoever knows the
// admin's name could keep the admin out. In memory: a restart forgives.
import { networkOf } from '../shared/network'

export interface Lockout {
  /** How long this name or address must still wait, 0 when it may try. */
  waitMs(name: string, address: string): number
  failed(name: string, address: string): void
  /** What was counted by `failed` before it was looked at, was right. */
  succeeded(name: string, address: string): void
}
export interface LockoutOptions {
  now?: () => number
  freeTries?: number
  firstWaitMs?: number
  longestWaitMs?: number
}
/** More names than this are never held: the oldest is forgotten. */
const MAX_HELD = 10_000
/** An address serves many people behind one router: it gets more tries than a name. */
const ADDRESS_TRIES_FACTOR = 4

interface Tries {
  count: number
  until: number
  at: number
}
export const openLockout = ({
  now = Date.now,
  freeTries = 5,
  firstWaitMs = 30_000,
  longestWaitMs = 900_000,
}: LockoutOptions = {}): Lockout => {
  const held = new Map<string, Tries>()
  const keysOf = (name: string, address: string) => [
    { key: `n ${name.toLowerCase()} ${networkOf(address)}`, free: freeTries },
    { key: `a ${networkOf(address)}`, free: freeTries * ADDRESS_TRIES_FACTOR },
  ]
  return {
    waitMs: (name, address) =>
      Math.max(0, ...keysOf(name, address).map(({ key }) => (held.get(key)?.until ?? 0) - now())),
    failed(name, address) {
      for (const { key, free } of keysOf(name, address)) {
        const before = held.get(key)
        // A quiet hour forgives.
        const count = before !== undefined && now() - before.at < 3_600_000 ? before.count + 1 : 1
        const over = count - free
        const until = over < 0 ? 0 : now() + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(over, 20))
        held.delete(key)
        held.set(key, { count, until, at: now() })
        const oldest = held.keys().next()
        if (held.size > MAX_HELD && !oldest.done) held.delete(oldest.value)
      }
    },
    succeeded(name, address) {
      held.delete(`n ${name.toLowerCase()} ${networkOf(address)}`)
      // Of the address only this try is taken back, or whoever has an account there could guess at others for ever.
      const key = `a ${networkOf(address)}`
      const tries = held.get(key)
      if (tries === undefined) return
      tries.count -= 1
      if (tries.count < freeTries * ADDRESS_TRIES_FACTOR) tries.until = 0
    },
  }
}
