// server/http/sign-on.ts: the way to the provider and back. What goes wrong ends at the login page, which says so in words;
// the log says why. The cookie that ties both ends together is taken away at the first return.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Oidc, TICKET_SECONDS } from '../oidc/open'
import type { Caller, ConsoleDesk } from '../shared/desk'
import { SignOnError } from '../shared/errors'
import { safeNext } from '../shared/paths'
import type { SignOnFault } from '../shared/sign-on'
import { sessionOf } from '../trpc/context'
import type { CookieWriter } from './cookies'

export const SIGN_ON_PATH = '/login/oidc'
export const SIGN_ON_BACK_PATH = '/login/oidc/callback'

export interface SignOnDoor {
  begin(request: IncomingMessage, response: ServerResponse): void
  back(request: IncomingMessage, response: ServerResponse): void
}
export interface SignOnOptions {
  desk: ConsoleDesk
  oidc: Oidc
  basePath: string
  callerOf: (request: IncomingMessage) => Caller
  cookiesFor: (request: IncomingMessage, response: ServerResponse) => CookieWriter
  log: (text: string) => void
}
/** Tries of one address within a quarter of an hour: each makes us ask the provider. */
const MOST_TRIES = 60
const TRIES_WITHIN_MS = 900_000

export const openSignOn = ({ desk, oidc, basePath, callerOf, cookiesFor, log }: SignOnOptions): SignOnDoor => {
  const ticketName = `${desk.cookieName}_oidc`
  const tries = new Map<string, { count: number; until: number }>()
  const mayTry = (from: string): boolean => {
    const now = Date.now()
    if (tries.size > 10_000) for (const [key, { until }] of tries) if (until < now) tries.delete(key)
    const held = tries.get(from)
    if (held === undefined || held.until < now) {
      tries.set(from, { count: 1, until: now + TRIES_WITHIN_MS })
      return true
    }
    held.count += 1
    return held.count <= MOST_TRIES
  }
  const goTo = (response: ServerResponse, address: string): void => {
    response.writeHead(303, { location: address, 'cache-control': 'no-store' }).end()
  }
  const refuse = (response: ServerResponse, caller: Caller, error: unknown): void => {
    const fault: SignOnFault = error instanceof SignOnError ? error.fault : 'unreachable'
    log(
      `the sign-in at the provider from ${caller.from} failed (${fault}): ${error instanceof Error ? error.message : error}`,
    )
    goTo(response, `${basePath}/login?sso=${fault}`)
  }
  const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => {
    const at = url.indexOf('?')
    return new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
  }
  const run = (request: IncomingMessage, response: ServerResponse, work: (caller: Caller) => Promise<void>): void => {
    const caller = callerOf(request)
    response.once('error', () => undefined) // whoever asked is gone
    if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end()
    else if (!mayTry(caller.from)) refuse(response, caller, new SignOnError('wait', 'too many tries'))
    else work(caller).catch((error: unknown) => refuse(response, caller, error))
  }
  return {
    begin: (request, response) =>
      run(request, response, async (caller) => {
        const next = safeNext(queryOf(request).get('next'))
        const { url, ticket } = await oidc.begin(`${caller.at}${SIGN_ON_BACK_PATH}`, next)
        cookiesFor(request, response)(ticketName, ticket, { seconds: TICKET_SECONDS, below: SIGN_ON_PATH })
        goTo(response, url)
      }),
    back: (request, response) =>
      run(request, response, async (caller) => {
        const write = cookiesFor(request, response)
        write(ticketName, null, { below: SIGN_ON_PATH })
        const began = performance.now()
        const { identity, next } = await oidc.finish(queryOf(request), sessionOf(request.headers.cookie, ticketName))
        const note = (error: string | null) =>
          desk.audit.write({
            who: identity.name,
            from: caller.from,
            cluster: null,
            action: 'auth.oidc',
            object: identity.role,
            result: error === null ? 'ok' : 'failed',
            error,
            tookMs: performance.now() - began,
          })
        await desk.audit.mustBeWritable()
        try {
          const { session } = await desk.access.admit(identity, caller)
          write(desk.cookieName, session)
        } catch (error) {
          await note(error instanceof Error ? error.message : String(error))
          throw error
        }
        await note(null)
        goTo(response, `${basePath}${next}`)
      }),
  }
}
