// test/server/http/api.test.ts: every address the console answers has a rule and keeps it; the API asks by the same rules as
// the pages do, and carries 64-bit numbers whole.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import { fieldsOf, fromQuery, operationsOf, revived, unknownFields } from '../../../server/http/api-table'
import { openApiOf } from '../../../server/http/openapi'
import { type RouteRule, routesOf } from '../../../server/http/routes'
import { createCaller } from '../../../server/root'
import type { SignedIn } from '../../../server/shared/desk'
import { contextFor, publishedConsole } from '../../../server/trpc/context'
import { temporaryFolder } from '../../support/folders'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }) // every operation is asked, on a machine that may be slow
let handle: ConsoleHandle
let server: Server
let base: string
let admin: SignedIn
/** The log, whole. */
const said: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    if (!handle.handleHttp(request, response)) response.writeHead(418).end()
  })
  // On a slow machine one that idles for 5 s would be closed just as it is used again.
  server.keepAliveTimeout = 600_000
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  base = `http://127.0.0.1:${port}`
  handle = await createConsole({
    dataDir: temporaryFolder('api'),
    clusters: [{ id: 'c', name: 'C', namesrv: ['127.0.0.1:1'] }], // nobody listens there
    host: '127.0.0.1',
    port,
    metricsToken: 'scrape',
    databaseThread: false,
    log: (_, text) => void said.push(text),
    refused: (text) => void said.push(text),
  })
  const access = publishedConsole()?.access
  const token = (await handle.setupUrlHint())?.split('=')[1] ?? ''
  const caller = { from: '127.0.0.1', agent: '', session: null }
  const made = await access?.setup({ token, name: 'root', password: 'a long enough one' }, caller)
  const who = await access?.who({ ...caller, session: made?.session ?? '' })
  if (who == null) throw new Error('nobody is signed in')
  admin = who
})
afterAll(async () => {
  await handle.close()
  server.closeAllConnections()
  server.close()
})
type Rights = Parameters<
  NonNullable<ReturnType<typeof publishedConsole>>['access']['people']['createToken']
>[0]['rights']
const tokenWith = async (...rights: Rights): Promise<string> => {
  const made = await publishedConsole()?.access.people.createToken({ name: 't', rights, cluster: '*', days: 1 }, admin)
  return made?.secret ?? ''
}
const ask = (path: string, token: string | null, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${base}${path}`, {
    redirect: 'manual',
    ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  })
const address = (path: string): string => `/api/v1/${path.replaceAll('.', '/')}`

it('every route has a rule, and nobody without what it asks for is answered', async () => {
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('no console')
  const nothing = () => undefined
  const signOn = { begin: nothing, back: nothing }
  const doors = {
    trpc: { http: nothing },
    api: { answer: nothing, openapi: nothing },
    metrics: {},
    signOn,
    backup: { answer: nothing },
  }
  const routes = routesOf({ desk, ...doors } as unknown as Parameters<typeof routesOf>[0]) // only their table is read
  const asNobody: Record<RouteRule, number> = {
    open: 200,
    'sign-on': 303,
    procedure: 401,
    'signed-in': 401,
    admin: 401,
    'metrics-token': 401,
  }
  const inside: Record<string, string> = { '/api/trpc': '/cluster.list', '/api/v1': '/cluster/list' }
  for (const { path, rule } of routes) {
    const { status } = await ask(`${path}${inside[path] ?? ''}`, null)
    expect({ path, status }).toEqual({ path, status: asNobody[rule] })
  }
  expect(routes.map(({ path }) => path)).toEqual(expect.arrayContaining(['/api/v1', '/api/trpc', '/metrics']))
})

it('every operation refuses whoever sends no token, or one without the right', async () => {
  const operations = [...operationsOf().values()]
  expect(operations.length).toBeGreaterThan(60)
  expect(operations.filter(({ path }) => path.startsWith('auth.'))).toEqual([])
  const [viewer, exporter] = [await tokenWith('cluster.read'), await tokenWith('message.export')]
  for (const { path, rule } of operations) {
    const input = rule.scope === 'cluster' ? { cluster: 'c' } : {}
    const poor = rule.right === 'cluster.read' ? exporter : viewer
    expect({ path, status: (await ask(address(path), null, input)).status }).toEqual({ path, status: 401 })
    // A stream says so in its first line.
    const answer = await ask(address(path), poor, input)
    const kind = (await answer.json()).error?.kind
    expect({ path, kind }).toEqual({ path, kind: 'not-allowed' })
  }
})

it('takes a change from a token alone, whatever cookie comes along, and tells what went wrong in words', async () => {
  const desk = publishedConsole()
  const { session } =
    (await desk?.access.login('root', 'a long enough one', { from: '', agent: '', session: null })) ?? {}
  const cookie = { cookie: `${desk?.cookieName}=${session}` }
  expect((await ask(address('cluster.list'), null, undefined, cookie)).status).toBe(200)
  const refused = await ask(address('access.endSessions'), null, { id: 1 }, cookie)
  expect(refused.status).toBe(401)
  expect((await refused.json()).error).toMatchObject({
    text: expect.stringContaining('an API token, not a cookie'),
    todo: expect.stringContaining('authorization: Bearer rdt_'),
  })
  const token = await tokenWith('cluster.read')
  expect((await ask(address('topic.create'), token)).status).toBe(405)
  expect((await ask(address('no.such'), token)).status).toBe(404)
  expect((await ask(address('topic.get'), token, '{')).status).toBe(400)
  expect((await ask(address('topic.get'), token, ' '.repeat(17 * 1024 * 1024))).status).toBe(413)
  const wrong = await ask(`${address('topic.list')}?cluster=c&size=7000`, token)
  expect([wrong.status, (await wrong.json()).error]).toMatchObject([400, { kind: 'bad-input' }])
  expect((await ask(`${address('topic.list')}?cluster=c&size=50&only=behind`, token)).status).toBe(200)
})

it('names a field that it does not know, or that is not as it must be, in a sentence', async () => {
  const token = await tokenWith('cluster.read', 'topic.write', 'audit.read')
  const said = async (path: string, body?: unknown): Promise<string> => {
    const answer = await ask(path, token, body)
    expect({ path, status: answer.status }).toEqual({ path, status: 400 })
    return (await answer.json()).error.text
  }
  expect(await said(`${address('topic.list')}?cluster=c&sise=5&querry=a`)).toMatch(
    /^topic\.list takes no "sise", "querry"\. It takes cluster, .*size.*: see \/api\/openapi\.json\.$/,
  )
  expect(await said(address('topic.list'), { cluster: 'c', sise: 5 })).toContain('takes no "sise"')
  expect(await said(address('message.scan'), { cluster: 'c', topic: 't', queues: [{ brokerName: 'a' }] })).toMatch(
    /^message\.scan takes no "queues\.0\.brokerName"\. "queues\.0" takes .*broker.*: see /,
  )
  expect(await said(`${address('cluster.list')}?cluster=c`)).toContain('cluster.list takes no "cluster"')
  expect(await said(`${address('audit.export')}?actions=topic.create`)).toContain('takes no "actions"')
  expect(await said(`${address('topic.get')}?cluster=c`)).toBe('"topic" is missing.')
  expect(await said(`${address('topic.list')}?cluster=c&size=many`)).toBe('"size" must be a number, and is a text.')
  expect(await said(`${address('topic.list')}?cluster=c&size=7000`)).toMatch(/^"size" must be at most \d+\.$/)
  expect(await said(`${address('audit.list')}?result=fine`)).toBe('"result" must be one of ok, partial, failed.')
  expect(await said(address('topic.create'), { cluster: 'c', topic: '' })).toMatch(/^"topic"/)
  // A change may carry the name of its cluster, though no schema says so: what comes of it is another matter.
  const marked = await ask(address('topic.create'), token, { cluster: 'c', topic: 'T', production: 'C' })
  expect((await marked.json()).error.kind).not.toBe('bad-input')
  // What the pages themselves link to.
  const desk = publishedConsole()
  const { session } =
    (await desk?.access.login('root', 'a long enough one', { from: '', agent: '', session: null })) ?? {}
  const cookie = { cookie: `${desk?.cookieName}=${session}` }
  const links = ['audit/export?q=a&who=root&action=x&cluster=c&result=ok&from=1&to=2', 'console/diagnostics']
  for (const link of links) expect((await ask(`/api/v1/${link}`, null, undefined, cookie)).status).toBe(200)
})

it('tells milliseconds without digits that no clock knows', async () => {
  const token = await tokenWith('cluster.read')
  const text = await (await ask(`${address('cluster.overview')}?cluster=c`, token)).text()
  expect(text).toMatch(/Ms":/)
  expect(text).not.toMatch(/Ms":\d+\.\d{3}/)
})

it('carries 64-bit numbers as text, both ways, wherever they stand', () => {
  const scan = operationsOf().get('message.scan')?.input ?? {}
  const far = '9007199254740993'
  const cursor = { queues: [{ broker: 'a', queueId: 0, next: far, end: '2' }] }
  expect(revived(scan, { cluster: 'c', topic: 't', fromOffset: far, cursor })).toEqual({
    cluster: 'c',
    topic: 't',
    fromOffset: 9007199254740993n,
    cursor: { queues: [{ broker: 'a', queueId: 0, next: 9007199254740993n, end: 2n }] },
  })
  const query = new URLSearchParams('cluster=c&topic=7&limit=5&input={"order":"oldest"}')
  expect(fromQuery(scan, query)).toEqual({ cluster: 'c', topic: '7', limit: 5, order: 'oldest' })
})

it('names fields that it does not know at any depth, by the part of a union that fits', () => {
  const strangers = (path: string, given: unknown): string[] => {
    const operation = operationsOf().get(path)
    if (operation === undefined) throw new Error(`no ${path}`)
    return unknownFields(operation, given).map(({ name }) => name)
  }
  const onGroup = { cluster: 'c', group: 'g', target: 'retry' }
  const dead = (select: object) => strangers('dead.redrivePreview', { ...onGroup, select })
  expect(dead({ kind: 'all', tags: 'paid' })).toEqual(['select.tags'])
  expect(dead({ kind: 'all', offsetIds: ['x'] })).toEqual(['select.offsetIds'])
  expect(dead({ kind: 'ids', offsetIds: ['x'] })).toEqual([])
  expect(dead({ kind: 'all', tag: 'paid' })).toEqual([])
  const scan = (rest: object) => strangers('message.scan', { cluster: 'c', topic: 't', ...rest })
  expect(scan({ queues: [{ broker: 'a', queueId: 1 }] })).toEqual([])
  expect(scan({ queues: [{ broker: 'a' }, { brokerName: 'a', queueId: 1 }] })).toEqual(['queues.1.brokerName'])
  expect(scan({ cursor: { queues: [{ broker: 'a', queueId: 0, next: '1', end: '2', from: 3 }] } })).toEqual([
    'cursor.queues.0.from',
  ])
  // Names that are the caller's own, and what is of another kind than it should be.
  const body = { kind: 'text', value: '' }
  const send = (rest: object) => strangers('message.send', { cluster: 'c', topic: 't', body, ...rest })
  expect(send({ properties: { anything: 'x', constructor: 'y' }, production: 'C' })).toEqual([])
  expect(send({ body: 'text', queue: [1] })).toEqual([])
  expect(send({ body: { ...body, encoding: 'x' } })).toEqual(['body.encoding'])
})

it('describes each operation with the right it needs, and no secret field as an answer', () => {
  const document = openApiOf(operationsOf().values(), '1') as {
    paths: Record<string, { post: Record<string, unknown> }>
  }
  expect(document.paths['/api/v1/offset/reset']).toBeUndefined()
  expect(document.paths['/api/v1/group/reset']?.post).toMatchObject({
    operationId: 'group.reset',
    'x-right': 'offset.reset',
  })
  expect(Object.keys(document.paths)).toHaveLength(operationsOf().size)
})

it('an audit line of a change tells what was before and after it, and no secret', async () => {
  const token = await tokenWith('cluster.read')
  expect(token).not.toBe('')
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('no console')
  const { session } = await desk.access.login('root', 'a long enough one', { from: '', agent: '', session: null })
  const caller = createCaller(
    contextFor(
      desk,
      { from: '', agent: '', session },
      { once: true, setSession: () => undefined, drained: async () => undefined },
    ),
  )
  await caller.cluster.add({ id: 'far', name: 'Far', namesrv: ['127.0.0.1:1'], accessKey: 'k', secretKey: 'hush-hush' })
  await caller.cluster.update({ id: 'far', name: 'Farther', readOnly: true })
  await caller.cluster.remove({ id: 'far', confirm: 'far' })
  const { rows } = await caller.audit.list({ q: 'cluster.' })
  const update = rows.find(({ action }) => action === 'cluster.update')
  expect(JSON.parse(update?.before ?? '')).toEqual({ name: 'Far', readOnly: false })
  expect(JSON.parse(update?.after ?? '')).toEqual({ name: 'Farther', readOnly: true })
  expect(rows.find(({ action }) => action === 'cluster.remove')?.before).toContain('127.0.0.1:1')
  expect(JSON.stringify(rows)).not.toContain('hush-hush')
  const bundle = JSON.stringify(await caller.console.diagnostics())
  expect(bundle).toContain('"node":"v')
  for (const secret of ['hush-hush', 'root', token, session, '127.0.0.1']) expect(bundle).not.toContain(secret)
  expect(bundle).toContain('Nobody answers at (an address)') // a change was tried above
  const lines = []
  for await (const line of await caller.audit.export({ action: 'cluster.update', result: 'ok' })) lines.push(line)
  expect(lines).toMatchObject([{ object: 'far' }])
  expect(await caller.audit.verify()).toMatchObject({ brokenAt: null })
})

it('no secret stands in any answer to a question, in the log, or in a refusal of what was sent', async () => {
  const desk = publishedConsole()
  if (desk === undefined) throw new Error('no console')
  const secret = (of: string) => `kept-from-everybody-${of}`
  const password = 'a long enough one'
  const { session } = await desk.access.login('root', password, { from: '', agent: '', session: null })
  const token = await tokenWith('cluster.read')
  const asRoot = createCaller(
    contextFor(
      desk,
      { from: '', agent: '', session },
      { once: true, setSession: () => undefined, drained: async () => undefined },
    ),
  )
  // Refusals and failures go through the log too.
  await asRoot.cluster.add({
    id: 'far',
    name: 'Far',
    namesrv: ['127.0.0.1:1'],
    accessKey: 'k',
    secretKey: secret('key'),
  })
  await asRoot.cluster
    .test({ namesrv: ['127.0.0.1:1'], accessKey: 'k', secretKey: secret('tested'), hosts: ['127.0.0.1'] })
    .catch(() => undefined)
  await asRoot.channel.setPolicy({ hosts: ['127.0.0.1'] })
  await asRoot.channel.put({
    channel: { kind: 'webhook', name: 'W', url: 'http://127.0.0.1:1/', secret: secret('signs') },
  })
  await asRoot.channel.put({
    channel: {
      kind: 'mail',
      name: 'M',
      host: '127.0.0.1',
      port: 1,
      security: 'plain',
      user: 'u',
      from: 'a@b.example',
      to: ['c@d.example'],
      secret: secret('mail'),
      language: 'en',
    },
  })
  await asRoot.channel.put({
    channel: { kind: 'slack', name: 'S', url: `https://127.0.0.1/${secret('robot')}`, language: 'en' },
  })
  for (const { id } of await asRoot.channel.list()) await asRoot.channel.test({ id }).catch(() => undefined)
  await asRoot.access.createUser({ name: 'vi', password: secret('password'), role: 'viewer', extra: [] })
  await desk.access.login('vi', secret('guess'), { from: '', agent: '', session: null }).catch(() => undefined)
  const cookie = { cookie: `${desk.cookieName}=${session}` }
  const texts: string[] = []
  const asked = [...operationsOf().values()]
    .filter(({ type }) => type === 'query')
    .map((operation) => {
      const given = ['cluster=c', 'id=far'].filter((field) => fieldsOf(operation).has(field.split('=')[0] ?? ''))
      return `${address(operation.path)}?${given.join('&')}`
    })
  for (const path of [...asked, '/api/openapi.json', '/api/trpc/auth.state', '/api/trpc/auth.sessions']) {
    const answer = await ask(path, null, undefined, cookie)
    expect([200, 400, 404, 408, 412, 504], `${path} ${answer.status}`).toContain(answer.status)
    texts.push(await answer.text())
  }
  texts.push(await (await ask('/metrics', 'scrape')).text())
  texts.push(await (await ask(address('audit.export'), null, undefined, cookie)).text())
  texts.push(await (await ask(address('topic.list'), `${token}x`)).text())
  expect(texts.filter((text) => text.includes('"Far"')).length).toBeGreaterThan(1) // it is what was asked about
  const all = [...texts, ...said].join('\n')
  for (const hidden of ['kept-from-everybody', session, token, password, token.slice(4)])
    expect(all.includes(hidden), `${hidden.slice(0, 20)} stands in an answer or the log`).toBe(false)
})
