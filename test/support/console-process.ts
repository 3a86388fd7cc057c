// test/support/console-process.ts: the console as a user starts it before a cluster that runs already, in a process of its own,
// and what its router answers over HTTP.
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTRPCClient, httpLink } from '@trpc/client'
import superjson from 'superjson'
import type { AppRouter } from '../../server/root'
import { launch } from './children'
import { freePort } from './ports'

export const openConsole = async (namesrv: string, dataDir: string) => {
  const port = await freePort()
  // A group of its own: the build of the pages ends with it.
  const child = launch(
    process.execPath,
    ['broker/build/start.cjs', 'console', '--namesrv', namesrv, '--port', `${port}`, '--data', dataDir],
    { detached: true },
  )
  const cookies = { cookie: '' }
  const api = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `http://127.0.0.1:${port}/api/trpc`,
        transformer: superjson,
        headers: () => cookies,
        fetch: async (url, options) => {
          const ask = () => fetch(url, options as RequestInit) // tRPC's own type of the same thing
          // A kept connection may be closed at the moment it is used again. All that is asked here may be asked twice.
          const answer = await ask().catch(ask)
          cookies.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookies.cookie
          return answer
        },
      }),
    ],
  })
  const line = await child.line(/^data /, 300_000)
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const asked = request({ host: '127.0.0.1', port, path: '/api/trpc/auth.state' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      })
      asked.once('error', () => resolve(false))
      asked.end()
    })
    if (up) break
    await sleep(100)
  }
  /** Makes the first account and signs in. */
  const setUp = async (name: string, password: string): Promise<void> => {
    const token = /setup#token=(\S+)/.exec((await child.line(/first login/, 300_000)) ?? '')?.[1] ?? ''
    await api.auth.setup.mutate({ token, name, password })
  }
  return { child, api, line, port, cookies, setUp, end: () => child.signal('SIGKILL', true) }
}
