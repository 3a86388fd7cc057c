// server/trpc/context.ts: what a procedure sees of who asks and of what can be asked. The console's one instance hangs
// on globalThis, since Next loads its own copy of every module; nothing else may be kept there.
import type { Caller, ConsoleDesk, SignedIn } from '../shared/desk'
import { DeskError } from '../shared/errors'

export interface Context {
  readonly desk: ConsoleDesk
  readonly caller: Caller
  /** Looks up the session once per request; a websocket asks anew for every call. */
  readonly who: () => Promise<SignedIn | null>
  /** Sets or clears the session cookie; a websocket cannot, so signing in goes over HTTP. */
  readonly setSession: (secret: string | null) => void
  /** Resolves once the browser has read enough of what was sent: streams wait here. */
  readonly drained: () => Promise<void>
  /** The streams of the connection that asks. */
  readonly streams: Streams
}
export interface Streams {
  /** Answers with what is to be called at the stream's end; throws where there are too many. */
  enter(): () => void
}
/** A page follows what it shows: a dozen at most. Whoever wants more is no page. */
const MOST_STREAMS = 64
/** Of one connection. */
export const openStreams = (most = MOST_STREAMS): Streams => {
  let count = 0
  return {
    enter() {
      if (count >= most)
        throw new DeskError('budget', `At most ${most} streams at once on a connection: end one first.`)
      count += 1
      let open = true
      return () => {
        if (open) count -= 1
        open = false
      }
    },
  }
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
  /** Of the connection, where it carries more than this request. */
  streams?: Streams
}
export const contextFor = (
  desk: ConsoleDesk,
  caller: Caller,
  { once, setSession, drained, streams = openStreams() }: ContextOptions,
): Context => {
  let found: Promise<SignedIn | null> | undefined
  return {
    desk,
    caller,
    setSession,
    drained,
    streams,
    who: () => {
      if (!once) return desk.access.who(caller)
      found ??= desk.access.who(caller)
      return found
    },
  }
}
