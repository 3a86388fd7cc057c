// test/server/oidc/oidc.test.ts: signing in at a real provider: the way there and back, roles by group, the way out, and what
// is refused: forged and expired tokens, answers of another browser, addresses nobody named.

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createTRPCClient, httpLink } from '@trpc/client'
import superjson from 'superjson'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { type Provider, providerFrom } from '../../../server/oidc/config'
import type { AppRouter } from '../../../server/root'
import type { ConsoleDesk } from '../../../server/shared/desk'
import { auditListInput } from '../../../server/shared/inputs'
import { publishedConsole } from '../../../server/trpc/context'
import { openBrowserDouble, type Visit } from '../../support/browser-double'
import { temporaryFolder } from '../../support/folders'
import { type ProviderDouble, startProvider, strangersKey } from '../../support/oidc-provider'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
const SECRET = 'a secret between the two of them'
let handle: ConsoleHandle
let server: Server
let base: string
let dataDir: string
let provider: ProviderDouble
let desk: ConsoleDesk
let settings: Omit<Provider, 'secret'> & { secret?: string }

beforeAll(async () => {
  dataDir = temporaryFolder('oidc')
  server = createServer((request, response) => {
    if (!handle.handleHttp(request, response)) response.writeHead(200).end('a page')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  base = `http://127.0.0.1:${port}`
  handle = await createConsole({
    dataDir,
    clusters: [],
    host: '127.0.0.1',
    port,
    trustedProxies: ['127.0.0.1'],
    databaseThread: false,
    log: () => undefined,
  })
  const held = publishedConsole()
  if (held === undefined) throw new Error('no console')
  desk = held
  const token = (await handle.setupUrlHint())?.split('=')[1] ?? ''
  await desk.access.setup(
    { token, name: 'root', password: 'a long enough one' },
    { from: '', agent: '', session: null },
  )
  provider = await startProvider(base, SECRET)
  settings = {
    issuer: provider.issuer,
    clientId: 'console',
    label: 'Test',
    scopes: 'openid profile groups',
    nameClaim: 'preferred_username',
    groupClaim: 'groups',
    roles: [
      { group: 'platform', role: 'admin' },
      { group: 'ops', role: 'operator' },
    ],
  }
  await desk.notify.setPolicy({ hosts: ['127.0.0.1'] })
  await desk.oidc.put({ ...settings, roles: [...settings.roles], secret: SECRET })
})
afterAll(async () => {
  await handle.close()
  await provider.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => provider.replaceIdToken(null))

let clients = 0
/** Each from an address of its own: tries are counted by it. */
const browser = () => {
  clients += 1
  return openBrowserDouble({ 'x-forwarded-for': `10.1.0.${clients}` })
}
type Browser = ReturnType<typeof browser>
const atCallback = (url: URL): boolean => url.pathname === '/login/oidc/callback'
/** Until the provider sends the browser back; `visit` is where it is sent. */
const signInThere = async (who: string, by: Browser, next = '/'): Promise<Visit> => {
  let page = await by.open(`${base}/login/oidc?next=${encodeURIComponent(next)}`, atCallback)
  if (page.body.includes('name="login"')) page = await by.submit(page, { login: who, password: 'x' }, atCallback)
  if (!atCallback(page.url)) page = await by.submit(page, {}, atCallback)
  expect(page.url.href).toContain(`${base}/login/oidc/callback?code=`)
  return page
}
const signIn = async (who: string, by = browser(), next = '/'): Promise<{ by: Browser; at: string }> => {
  const { url } = await by.open((await signInThere(who, by, next)).url.href)
  return { by, at: url.href.slice(base.length) }
}
const sessionOf = (by: Browser): string | null => by.cookie(base, desk.cookieName) ?? null
const meOf = async (by: Browser) => (await desk.access.who({ from: '', agent: '', session: sessionOf(by) }))?.me
const asks = (by: Browser) =>
  createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${base}/api/trpc`,
        transformer: superjson,
        headers: { cookie: `${desk.cookieName}=${sessionOf(by) ?? ''}` },
      }),
    ],
  })

it('lets people in with the role of their first group, and goes on to where they wanted', async () => {
  provider.people.set('u1', { name: 'li.wei', groups: ['staff', 'ops'] })
  const { by, at } = await signIn('u1', browser(), '/c/trade/topics?q=a')
  expect(at).toBe('/c/trade/topics?q=a')
  expect(await meOf(by)).toMatchObject({ name: 'li.wei', role: 'operator', source: 'oidc' })
  // Neither script nor other sites get the cookies, and the one of the way is gone.
  expect(
    by.set.filter((line) => line.includes(desk.cookieName)).every((line) => /HttpOnly; SameSite=Lax/.test(line)),
  ).toBe(true)
  expect(by.cookie(base, `${desk.cookieName}_oidc`)).toBeUndefined()
  const lines = (await desk.audit.list(auditListInput.parse({ action: 'auth.oidc' }), null)).rows
  expect(lines[0]).toMatchObject({ who: 'li.wei', object: 'operator', result: 'ok' })
})

it('gives another role when the groups have changed, ends what was begun before, and lets nobody in without one', async () => {
  provider.people.set('u2', { name: 'sam', groups: ['platform'] })
  const first = (await signIn('u2')).by
  expect(await meOf(first)).toMatchObject({ role: 'admin' })
  provider.people.set('u2', { name: 'sam', groups: ['ops'] })
  const second = (await signIn('u2')).by
  expect(await meOf(second)).toMatchObject({ name: 'sam', role: 'operator' })
  expect(await meOf(first)).toBeUndefined()
  provider.people.set('u2', { name: 'sam', groups: ['elsewhere'] })
  expect((await signIn('u2')).at).toBe('/login?sso=no-role')
  const [line] = (await desk.audit.list(auditListInput.parse({ action: 'auth.oidc' }), null)).rows
  expect(line).toMatchObject({ who: 'sam', result: 'failed', error: expect.stringContaining('elsewhere') })
})

it('takes no name that somebody has, none that no account can have, and nobody who is locked', async () => {
  provider.people.set('u3', { name: 'root', groups: ['platform'] })
  expect((await signIn('u3')).at).toBe('/login?sso=name-taken')
  provider.people.set('u4', { name: '<b>x</b>', groups: ['ops'] })
  expect((await signIn('u4')).at).toBe('/login?sso=no-name')
  provider.people.set('u5', { name: 'kim', groups: ['ops'] })
  const { by } = await signIn('u5')
  const root = { userId: 1, sessionId: '', me: await meOf(by) } as never // only its id is looked at
  const kim = (await desk.access.people.users(root)).find(({ name }) => name === 'kim')
  await expect(desk.access.people.setPassword(kim?.id ?? 0, 'another long one')).rejects.toThrow('no password')
  await expect(desk.access.people.updateUser({ id: kim?.id ?? 0, role: 'admin' }, root)).rejects.toThrow('groups')
  expect((await desk.access.login('kim', '', { from: '', agent: '', session: null }).catch((e) => e)).kind).toBe(
    'wrong-password',
  )
  await desk.access.people.updateUser({ id: kim?.id ?? 0, locked: true }, root)
  expect(await meOf(by)).toBeUndefined()
  expect((await signIn('u5')).at).toBe('/login?sso=locked')
})

it('refuses tokens that are forged, expired, or meant for somebody else', async () => {
  provider.people.set('u6', { name: 'mallory', groups: ['ops'] })
  const now = Math.floor(Date.now() / 1000)
  const stranger = strangersKey()
  const cases: Record<string, (token: string) => string> = {
    'another subject, signature kept': (token) => {
      const [head, body = '', tail] = token.split('.')
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
      return [head, Buffer.from(JSON.stringify({ ...claims, sub: 'u1' })).toString('base64url'), tail].join('.')
    },
    'no signature': (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    'signed by a stranger': (token) => provider.signed(token, {}, stranger),
    expired: (token) => provider.signed(token, { iat: now - 7200, exp: now - 3600 }),
    'for another client': (token) => provider.signed(token, { aud: 'somebody-else' }),
    'of another issuer': (token) => provider.signed(token, { iss: 'http://127.0.0.1:1' }),
    'of another sign-in': (token) => provider.signed(token, { nonce: 'not-this-one' }),
  }
  for (const [what, replace] of Object.entries(cases)) {
    provider.replaceIdToken(replace)
    const { by, at } = await signIn('u6')
    expect({ what, at, session: sessionOf(by) }).toEqual({ what, at: '/login?sso=token', session: null })
  }
  provider.replaceIdToken((token) => provider.signed(token, {})) // what made the others be refused is not that they were made here
  expect((await signIn('u6')).at).toBe('/')
})

it('takes an answer only in the browser that asked for it, once, and in time', async () => {
  provider.people.set('u7', { name: 'eve', groups: ['ops'] })
  const { url } = await signInThere('u7', browser())
  const other = browser()
  expect((await other.open(url.href)).url.href).toBe(`${base}/login?sso=expired`)
  const own = browser()
  const answer = (await signInThere('u7', own)).url
  const forged = new URL(answer)
  forged.searchParams.set('state', 'somebody-elses')
  expect((await own.open(forged.href)).url.href).toBe(`${base}/login?sso=token`)
  expect((await own.open(answer.href)).url.href).toBe(`${base}/login?sso=expired`) // its cookie went with the first try
  const late = browser()
  const inTime = (await signInThere('u7', late)).url
  vi.useFakeTimers({ now: Date.now() + 601_000, toFake: ['Date'] })
  const { at } = await late
    .open(inTime.href)
    .then(({ url: seen }) => ({ at: seen.href }))
    .finally(() => vi.useRealTimers())
  expect(at).toBe(`${base}/login?sso=expired`)
  for (const one of [other, own, late]) expect(sessionOf(one)).toBeNull()
  // A link that leads elsewhere afterwards leads to the start.
  expect((await signIn('u7', browser(), 'https://evil.example/x')).at).toBe('/')
  expect((await signIn('u7', browser(), '//evil.example/x')).at).toBe('/')
})

it('signs out at the provider too, and lets a session of it live for twelve hours at most', async () => {
  provider.people.set('u8', { name: 'ann', groups: ['ops'] })
  const { by } = await signIn('u8')
  vi.useFakeTimers({ now: Date.now() + 11 * 3_600_000, toFake: ['Date'] })
  const [there, later] = await Promise.all([meOf(by)])
    .then(async ([me]) => {
      vi.setSystemTime(Date.now() + 2 * 3_600_000)
      return [me, await meOf(by)] as const
    })
    .finally(() => vi.useRealTimers())
  expect([there?.name, later]).toEqual(['ann', undefined])
  const { goTo } = await asks(by).auth.logout.mutate()
  expect(new URL(goTo ?? '').origin).toBe(provider.issuer)
  expect(await meOf(by)).toBeUndefined()
  const page = await by.open(goTo ?? '')
  const back = await by.submit(page, { logout: 'yes' })
  expect(back.url.href.startsWith(`${base}/login`)).toBe(true)
  // Whoever comes again is asked for their password there.
  expect((await by.open(`${base}/login/oidc`, atCallback)).body).toContain('name="login"')
})

it('keeps the secret sealed and to itself, and sends it to no other provider', async () => {
  expect(JSON.stringify(desk.oidc.settings())).not.toContain(SECRET)
  for (const file of ['console.db', 'console.db-wal'])
    expect(readFileSync(join(dataDir, 'console', file)).toString('latin1')).not.toContain(SECRET)
  const elsewhere = { ...settings, roles: [...settings.roles], issuer: 'https://login.example.org' }
  await expect(desk.oidc.put(elsewhere)).rejects.toThrow('type the secret again')
  await expect(desk.oidc.test(elsewhere)).rejects.toThrow('type the secret again')
  await desk.oidc.put({ ...settings, roles: [...settings.roles] }) // without the secret: the stored one stays
  provider.people.set('u9', { name: 'joe', groups: ['ops'] })
  expect((await signIn('u9')).at).toBe('/')
})

it('asks no address that nobody named, and says what is wrong with a provider', async () => {
  const input = { ...settings, roles: [...settings.roles], secret: SECRET }
  expect(await desk.oidc.test(input)).toMatchObject({ ok: true, endsSessions: true })
  await desk.notify.setPolicy({ hosts: [] })
  expect(await desk.oidc.test(input)).toMatchObject({ ok: false, text: expect.stringContaining('without TLS') })
  const inside = { ...input, issuer: 'https://127.0.0.1:1' }
  expect(await desk.oidc.test(inside)).toMatchObject({ ok: false, text: expect.stringContaining('private address') })
  await desk.notify.setPolicy({ hosts: ['127.0.0.1'] })
  expect(await desk.oidc.test({ ...input, issuer: `${provider.issuer}/elsewhere` })).toMatchObject({ ok: false })
  await desk.oidc.put({ ...input, secret: 'a wrong one' })
  expect((await signIn('u9')).at).toBe('/login?sso=refused')
  await desk.oidc.put({ ...input, issuer: 'http://127.0.0.1:1' })
  expect((await browser().open(`${base}/login/oidc`)).url.href).toBe(`${base}/login?sso=unreachable`)
  await desk.oidc.remove()
  expect((await browser().open(`${base}/login/oidc`)).url.href).toBe(`${base}/login?sso=off`)
  await desk.oidc.put(input)
})

it('lets one address try so often and no more', async () => {
  const by = browser()
  let at = ''
  for (let i = 0; i < 61; i++) at = (await by.open(`${base}/login/oidc/callback?code=x`)).url.href
  expect(at).toBe(`${base}/login?sso=wait`)
  expect((await browser().open(`${base}/login/oidc/callback?code=x`)).url.href).toBe(`${base}/login?sso=expired`)
})

it('takes a provider from the command line, and says which flag is wrong', () => {
  const none = {
    clientSecret: undefined,
    label: undefined,
    scopes: undefined,
    nameClaim: undefined,
    groupClaim: undefined,
  }
  const flags = { ...none, issuer: 'https://login.example.org/realms/ops', clientId: 'console' }
  expect(providerFrom({ ...flags, issuer: undefined, clientId: undefined, roles: undefined })).toBeNull()
  expect(providerFrom({ ...flags, roles: 'ops=operator,*=viewer' })).toMatchObject({
    secret: '',
    scopes: 'openid profile email',
    roles: [
      { group: 'ops', role: 'operator' },
      { group: '*', role: 'viewer' },
    ],
  })
  expect(() => providerFrom({ ...flags, roles: undefined })).toThrow('one needs the others')
  expect(() => providerFrom({ ...flags, roles: 'ops' })).toThrow('--oidc-roles')
  expect(() => providerFrom({ ...flags, issuer: 'ftp://x', roles: '*=viewer' })).toThrow('--oidc-issuer')
})
