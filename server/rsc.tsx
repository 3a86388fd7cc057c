// server/rsc.tsx: asks the router for a page that is drawn on the server, without HTTP. Next bundles this file with a
// copy of every module, so the console itself is taken from globalThis and nothing is kept here.
import { cookies, headers } from 'next/headers'
import { createCaller } from './root'
import { type Context, contextFor, publishedConsole } from './trpc/context'

/** What the router sees of the page's reader. Sets no cookie: signing in goes over HTTP. */
export const pageContext = async (): Promise<Context> => {
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('the console is not running in this process')
  const [jar, head] = await Promise.all([cookies(), headers()])
  const caller = {
    from: head.get('x-rocketdeck-peer') ?? '', // set by server/main.ts over what a browser may have sent
    agent: head.get('user-agent') ?? '',
    session: jar.get(desk.cookieName)?.value ?? null,
  }
  return contextFor(desk, caller, { once: true, setSession: () => undefined, drained: async () => undefined })
}

/** `const api = await ask(); const state = await api.auth.state()`. */
export const ask = async () => createCaller(await pageContext())
