// components/trpc/connection.ts: whether the console can be reached, and whether the session still holds. Two small stores
// that the links write and the frame reads; nobody else writes them.

type Listener = () => void
export interface Store<T> {
  readonly get: () => T
  readonly subscribe: (listener: Listener) => () => void
}
function store<T>(initial: T): Store<T> & { set: (next: T) => void } {
  let held = initial
  const listeners = new Set<Listener>()
  return {
    get: () => held,
    set: (next) => {
      if (Object.is(next, held)) return
      held = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type Way = 'http' | 'socket'

/** Lost while either way that is in use does not work. */
export function openConnection() {
  const held = store(false)
  const down = new Set<Way>()
  return {
    isLost: held.get,
    subscribe: held.subscribe,
    lost: (way: Way) => {
      down.add(way)
      held.set(true)
    },
    found: (way: Way) => {
      down.delete(way)
      held.set(down.size > 0)
    },
  }
}
export const connection = openConnection()

/** Set when an answer says that nobody is signed in any more; the frame asks for the password over the page. */
export function openSession() {
  const held = store(false)
  return {
    hasEnded: held.get,
    subscribe: held.subscribe,
    ended: () => held.set(true),
    restored: () => held.set(false),
  }
}
export const session = openSession()
