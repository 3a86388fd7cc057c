// server/trpc/context.ts: what a procedure sees of who asks and of what can be asked. The console's one instance hangs
// on globalThis, since Next loads its own copy of every module; nothing else may be kept there.
import type { Caller, ConsoleDesk, SignedIn } from '../shared/desk'

export interface Context {
  readonly desk: ConsoleDesk
  readonly caller: Caller
  /** Looks up the session once per request; a websocket asks anew for every call. */
  readonly who: () => Promise<SignedIn | null>
  /** Sets or clears the session cookie; a websocket cannot, so signing in goes over HTTP. */
  readonly setSession: (secret: string | null) => void
  /** Resolves once the browser has read enough of what was sent: streams wait here. */
  readonly drained: () => Promise<void>
}

const slot = Symbol.for('rocketdeck.console')
interface Holder {
  [slot]?: ConsoleDesk
}
export const publishConsole = (desk: ConsoleDesk | undefined): void => {
  const holder: Holder = globalThis as Holder // a symbol of our own on the global object
  if (desk === undefined) delete holder[slot]
  else holder[slot] = desk
}
export const publishedConsole = (): ConsoleDesk | undefined => (globalThis as Holder)[slot] // as above

/** Browsers keep cookies by host and not by port: two consoles on one machine need two names. */
export const cookieNameFor = (port: number): string => `rocketdeck_${port}`
export const sessionOf = (cookieHeader: string | undefined, name: string): string | null => {
  for (const part of (cookieHeader ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null
  }
  return null
}

export interface ContextOptions {
  /** Look the session up once: for a request. A websocket lives longer than some sessions. */
  once: boolean
  setSession: Context['setSession']
  drained: Context['drained']
}
export const contextFor = (
  desk: ConsoleDesk,
  caller: Caller,
  { once, setSession, drained }: ContextOptions,
): Context => {
  let found: Promise<SignedIn | null> | undefined
  return {
    desk,
    caller,
    setSession,
    drained,
    who: () => {
      if (!once) return desk.access.who(caller)
      found ??= desk.access.who(caller)
      return found
    },
  }
}
