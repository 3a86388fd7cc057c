// test/long/base-path.test.ts: `npm start -- --base-path /ops/mq` behind a reverse proxy that serves nothing else: its pages are
// built for the path, every address they name lies below it, and each is there.
import { createTRPCClient, httpLink } from '@trpc/client'
import superjson from 'superjson'
import { expect, it, onTestFinished } from 'vitest'
import type { AppRouter } from '../../server/root'
import { launch } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts, freePort } from '../support/ports'
import { openReverseProxy } from '../support/reverse-proxy'

const BASE = '/ops/mq'
const PASSWORD = 'a long enough one'

it('shows its pages below a path, through a proxy', { timeout: 900_000 }, async () => {
  const port = await freePort()
  const { namesrvPort, brokerPort } = await freeClusterPorts(2)
  const ports = ['--port', `${port}`, '--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`]
  const flags = ['--data', temporaryFolder('base-path'), '--base-path', BASE, '--trusted-proxy', '127.0.0.1']
  // A group of its own: a build of the pages that is under way ends with it.
  const child = launch(process.execPath, ['broker/build/start.cjs', 'start', ...ports, ...flags], { detached: true })
  onTestFinished(async () => {
    if (child.running) await child.stop()
  })
  const proxy = await openReverseProxy(BASE, () => port)
  onTestFinished(() => proxy.close())
  const hint = await child.line(/^first login /)
  expect(hint).toContain(`http://127.0.0.1:${port}${BASE}/setup#token=`)
  const at = `${proxy.address}${BASE}`
  await expect.poll(async () => (await fetch(`${at}/readyz`)).status, { timeout: 600_000, interval: 1000 }).toBe(200)

  const api = (cookie = '') =>
    createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${at}/api/trpc`, transformer: superjson, headers: { cookie } })],
    })
  await api().auth.setup.mutate({ token: hint.split('token=')[1] ?? '', name: 'root', password: PASSWORD })
  const login = await fetch(`${at}/api/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(superjson.serialize({ name: 'root', password: PASSWORD })),
  })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

  const named = new Set<string>()
  for (const path of [
    '',
    '/login',
    '/c/bundled',
    '/c/bundled/topics',
    '/c/bundled/groups',
    '/settings',
    '/access/roles',
  ]) {
    const page = await fetch(`${at}${path}`, { headers: { cookie } }) // it follows redirects, below the path alone
    expect({ path, status: page.status, url: page.url.startsWith(at) }).toEqual({ path, status: 200, url: true })
    const text = await page.text()
    for (const [, address] of text.matchAll(/\b(?:href|src|action)="(\/[^"]*)"/g)) named.add(address ?? '')
  }
  expect(named.size).toBeGreaterThan(20)
  expect([...named].filter((address) => !address.startsWith(`${BASE}/`) && address !== BASE)).toEqual([])
  for (const address of named) {
    const { status } = await fetch(`${proxy.address}${address.replaceAll('&amp;', '&')}`, { headers: { cookie } })
    expect({ address, status }).toEqual({ address, status: 200 })
  }
  // An address without a cluster leads to the one that was used last, still below the path.
  expect((await fetch(`${at}/topics`, { headers: { cookie } })).url).toBe(`${at}/c/bundled/topics`)
  expect(proxy.strays).toEqual([])
})
