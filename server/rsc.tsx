// server/rsc.tsx: asks the router for a page that is drawn on the server, without HTTP. Next bundles this file with a
// copy of every module, so the console itself is taken from globalThis and nothing is kept here.
import { cookies, headers } from 'next/headers'
import { createCaller } from './root'
import { contextFor, publishedConsole } from './trpc/context'

/** `const api = await ask(); const state = await api.auth.state()`. Sets no cookie: signing in goes over HTTP. */
export const ask = async () => {
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('the console is not running in this process')
  const [jar, head] = await Promise.all([cookies(), headers()])
  const caller = {
    from: head.get('x-rocketdeck-peer') ?? '',
    agent: head.get('user-agent') ?? '',
    session: jar.get(desk.cookieName)?.value ?? null,
  }
  return createCaller(
    contextFor(desk, caller, { once: true, setSession: () => undefined, drained: async () => undefined }),
  )
}
