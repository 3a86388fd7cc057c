// server/http/sign-on.ts: the way to the provider and back. What goes wrong ends at the login page, which says so in words;
// the log says why. The cookie that ties both ends together is taken away at the first return.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Oidc, TICKET_SECONDS } from '../oidc/open'
import type { Caller, ConsoleDesk } from '../shared/desk'
import { oneLine, SignOnError } from '../shared/errors'
import { safeNext } from '../shared/paths'
import type { SignOnFault } from '../shared/sign-on'
import { sessionOf } from '../trpc/context'
import type { CookieWriter } from './cookies'
import { openTries } from './tries'

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
/** Tries of one network within a quarter of an hour: each makes us ask the provider. */
const MOST_TRIES = 60
const TRIES_WITHIN_MS = 900_000

export const openSignOn = ({ desk, oidc, basePath, callerOf, cookiesFor, log }: SignOnOptions): SignOnDoor => {
  const ticketName = `${desk.cookieName}_oidc`
  const mayTry = openTries({ most: MOST_TRIES, withinMs: TRIES_WITHIN_MS })
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
        const note = (who: string, role: string | null, error: unknown) =>
          desk.audit.write({
            who,
            from: caller.from,
            cluster: null,
            action: 'auth.oidc',
            object: role,
            result: error === null ? 'ok' : 'failed',
            error: error === null ? null : oneLine(error),
            tookMs: performance.now() - began,
          })
        const ticket = sessionOf(request.headers.cookie, ticketName)
        const { identity, next } = await oidc.finish(queryOf(request), ticket).catch(async (error: unknown) => {
          // Of whom nothing is known, anybody could fill the audit log.
          if (error instanceof SignOnError && error.who !== null) await note(error.who, null, error)
          throw error
        })
        await desk.audit.mustBeWritable()
        try {
          const { session } = await desk.access.admit(identity, caller)
          write(desk.cookieName, session)
        } catch (error) {
          await note(identity.name, identity.role, error)
          throw error
        }
        await note(identity.name, identity.role, null)
        goTo(response, `${basePath}${next}`)
      }),
  }
}
