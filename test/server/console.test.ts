// test/server/console.test.ts: the console as a browser meets it: over HTTP and a websocket, with cookies, on a cluster
// of our own that may fall silent.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTRPCClient, createWSClient, httpLink, TRPCClientError, wsLink } from '@trpc/client'
import superjson from 'superjson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type ConsoleHandle, createConsole } from '../../server/console'
import { type AppRouter, createCaller } from '../../server/root'
import type { ConsoleDesk } from '../../server/shared/desk'
import { isKnown } from '../../server/shared/known'
import { grantsOf, rightsOf } from '../../server/shared/rights'
import type { Overview, ScanEvent } from '../../server/shared/views'
import { contextFor, publishedConsole } from '../../server/trpc/context'
import { run } from '../support/children'
import { projectRoot, temporaryFolder } from '../support/folders'
import { findInPath } from '../support/java'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { openWire } from '../support/wire'

const at = { cluster: 'c' }
const TOPIC = 'console_topic'
let ours: OurCluster
let handle: ConsoleHandle
let server: Server
let port: number
/** As a browser keeps it. */
const jar = { cookie: '', set: '' }

const http = (headers: Record<string, string> = {}) =>
  createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `http://127.0.0.1:${port}/api/trpc`,
        transformer: superjson,
        headers: () => ({ cookie: jar.cookie, ...headers }),
        fetch: async (url, options) => {
          const answer = await fetch(url, options as RequestInit) // tRPC's own type of the same thing
          const set = answer.headers.get('set-cookie')
          if (set !== null) Object.assign(jar, { set, cookie: set.split(';')[0] ?? '' })
          return answer
        },
      }),
    ],
  })
const socket = (options: { cookie?: string; origin?: string } = {}): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}/api/trpc`, {
    headers: { cookie: options.cookie ?? jar.cookie, origin: options.origin ?? `http://127.0.0.1:${port}` },
  })
const live = () => {
  const client = createWSClient({
    url: `ws://127.0.0.1:${port}/api/trpc`,
    // The client makes its socket with a URL only; a browser would add these itself.
    WebSocket: class extends WebSocket {
      constructor(url: string | URL) {
        super(url, { headers: { cookie: jar.cookie, origin: `http://127.0.0.1:${port}` } })
      }
    } as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 50,
  })
  return { client, api: createTRPCClient<AppRouter>({ links: [wsLink({ client, transformer: superjson })] }) }
}
const kindOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof TRPCClientError ? error.data?.fault?.kind : String(error)),
  )
const until = async <T>(ask: () => Promise<T>, good: (found: T) => boolean, ms = 20_000): Promise<T> => {
  const end = Date.now() + ms
  for (;;) {
    const found = await ask()
    if (good(found) || Date.now() > end) return found
    await sleep(100)
  }
}

beforeAll(async () => {
  ours = await startOurs()
  server = createServer((request, response) => {
    if (!handle.handleHttp(request, response)) response.writeHead(404).end()
  })
  server.on('upgrade', (request, raw, head) => {
    if (!handle.handleUpgrade(request, raw, head)) raw.destroy()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port // it listens on TCP
  handle = await createConsole({
    dataDir: temporaryFolder('console'),
    clusters: [{ id: 'c', name: 'C', namesrv: [ours.namesrv] }],
    host: '127.0.0.1',
    port,
    metricsToken: 'scrape',
    turnMs: 300,
    databaseThread: false,
    log: () => undefined,
  })
})
afterAll(async () => {
  await handle.close()
  server.closeAllConnections()
  server.close()
  await ours.child.stop()
})

describe('signing in', () => {
  it('takes the token of the address that was printed, and sets a cookie scripts cannot read', async () => {
    const hint = await handle.setupUrlHint()
    expect(hint).toMatch(/^\/setup#token=[\w-]{20,}$/)
    expect(await http().auth.state.query()).toMatchObject({ setUp: false, me: null })
    expect(await kindOf(http().cluster.list.query())).toBe('not-signed-in')
    const token = hint?.split('=')[1] ?? ''
    expect(
      await kindOf(http().auth.setup.mutate({ token: 'wrong', name: 'root', password: 'a long enough one' })),
    ).toBe('token-wrong')
    await http().auth.setup.mutate({ token, name: 'root', password: 'a long enough one' })
    expect(jar.set).toMatch(/HttpOnly/)
    expect(jar.set).toMatch(/SameSite=Lax/)
    expect(jar.cookie).toMatch(new RegExp(`^rocketdeck_${port}=`))
    expect(await handle.setupUrlHint()).toBeNull()
    expect(await http().auth.state.query()).toMatchObject({ setUp: true, me: { name: 'root', role: 'admin' } })
  })
  it('is refused to pages of other sites, over HTTP and over the websocket', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/trpc/auth.state`, {
      headers: { origin: 'http://evil.example', cookie: jar.cookie },
    })
    expect(answer.status).toBe(403)
    const status = await new Promise((resolve) => {
      const one = socket({ origin: 'http://evil.example' })
      one.on('unexpected-response', (_, response) => resolve(response.statusCode))
      one.on('error', () => undefined)
      one.on('open', () => resolve('open'))
    })
    expect(status).toBe(403)
  })
  it('begins a session of its own at each sign-in, whatever the browser was made to send', async () => {
    const admin = jar.cookie
    const planted = `rocketdeck_${port}=planted-by-somebody-else`
    jar.cookie = planted
    await http().auth.login.mutate({ name: 'root', password: 'a long enough one' })
    const own = jar.cookie
    expect(own).toMatch(/=[\w-]{20,}$/)
    expect([planted, admin]).not.toContain(own)
    // The one that was planted is nobody's, before and after.
    jar.cookie = planted
    expect((await http().auth.state.query()).me).toBeNull()
    // And a sign-in over a session of somebody else ends up in a third one.
    jar.cookie = admin
    await http().auth.login.mutate({ name: 'root', password: 'a long enough one' })
    expect([own, admin, planted]).not.toContain(jar.cookie)
    await http().auth.logout.mutate()
    jar.cookie = own
    await http().auth.logout.mutate()
    jar.cookie = admin
    expect((await http().auth.state.query()).me?.name).toBe('root')
  })
  it('lets one websocket follow so much and no more, and goes on when something of it ends', async () => {
    const { client, api } = live()
    const refused: unknown[] = []
    let following = 0
    const follow = () =>
      api.cluster.live.subscribe(at, {
        onData: () => undefined,
        onStarted: () => {
          following += 1
        },
        onError: (error) => refused.push(error.data?.fault?.kind),
      })
    const held = Array.from({ length: 70 }, follow)
    await until(
      async () => refused.length,
      (count) => count >= 6,
    )
    await sleep(100)
    expect(refused).toEqual(Array.from({ length: 6 }, () => 'budget'))
    for (const one of held.slice(0, 3)) one.unsubscribe()
    const before = following
    const again = [follow(), follow()]
    await until(
      async () => following,
      (count) => count >= before + 2,
    )
    expect(refused).toHaveLength(6)
    for (const one of [...held, ...again]) one.unsubscribe()
    client.close()
  })
  it('closes the websockets of a session that ends', async () => {
    const admin = jar.cookie
    await http().auth.login.mutate({ name: 'root', password: 'a long enough one' })
    const one = socket()
    await new Promise((open) => one.on('open', open))
    const closed = new Promise((resolve) => one.on('close', (code) => resolve(code)))
    await http().auth.logout.mutate()
    expect(await closed).toBe(4401)
    expect(await kindOf(http().cluster.list.query())).toBe('not-signed-in')
    jar.cookie = admin
  })
})

describe('metrics for Prometheus', () => {
  const ask = (path: string, authorization?: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, authorization === undefined ? {} : { headers: { authorization } })
  it('MO4: carry the names of Apache 5, and go to whoever has the token', async () => {
    expect((await ask('/metrics')).status).toBe(401)
    expect((await ask('/metrics', 'Bearer wrong')).status).toBe(401)
    await http().topic.create.mutate({ ...at, topic: 'scraped', readQueues: 1, writeQueues: 1 })
    await http().message.send.mutate({ ...at, topic: 'scraped', body: { kind: 'text', value: 'one' } })
    const line = 'rocketmq_messages_in_total{cluster="c",topic="scraped"} 1'
    const text = await until(
      async () => (await ask('/metrics', 'Bearer scrape')).text(),
      (found) => found.includes(line),
    )
    expect(text).toContain(line)
    expect(text).toMatch(/^rocketdeck_broker_up\{cluster="c",node_type="broker",node_id="broker-a:0"\} 1$/m)
    expect(text).toMatch(/^rocketdeck_event_loop_delay_p99_seconds [\d.e-]+$/m)
    expect(await (await ask('/metrics?topics=no', 'Bearer scrape')).text()).not.toContain('scraped')
  })
  it('hold every name that the dashboard asks for', async () => {
    await http().group.create.mutate({ ...at, group: 'GID_scraped', brokers: [], config: {} })
    const wire = openWire(ours.broker)
    await wire.commit('GID_scraped', 'scraped', 0, 0)
    wire.close()
    const dashboard = readFileSync(join(projectRoot, 'server/http/grafana-dashboard.json'), 'utf8')
    const { panels }: { panels: { targets?: { expr: string }[] }[] } = JSON.parse(dashboard) // our own file
    expect(panels.flatMap(({ targets = [] }) => targets).length).toBeGreaterThan(15)
    const wanted = new Set([...dashboard.matchAll(/\b(?:rocketmq|rocketdeck)_[a-z0-9_]+/g)].map(([name]) => name))
    const missingIn = (text: string): string[] => {
      const there = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
      return [...wanted].filter((name) => !there.has(name))
    }
    const text = await until(
      async () => (await ask('/metrics', 'Bearer scrape')).text(),
      (found) => missingIn(found).length === 0,
      60_000,
    )
    expect(missingIn(text)).toEqual([])
    expect(missingIn(await (await ask('/metrics?groups=no', 'Bearer scrape')).text())).toContain(
      'rocketmq_consumer_lag_messages',
    )
  }, 90_000)
})

describe('the API for programs', () => {
  it('runs every line of curl in README as it stands there', async (context) => {
    if (findInPath('curl') === undefined) return context.skip('curl is missing')
    const { secret } = await http().access.createToken.mutate({
      name: 'readme',
      rights: ['cluster.read', 'topic.write', 'message.read', 'audit.read'],
      cluster: '*',
      days: 1,
    })
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8')
    const section = /\n## HTTP API\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
    const lines = (/```bash\n([\s\S]*?)```/.exec(section)?.[1] ?? '').trim().split('\n')
    expect(lines.length).toBeGreaterThan(5)
    const answers: unknown[] = []
    for (const line of lines) {
      const here = line.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`).replaceAll('bundled', at.cluster)
      const { code, stdout, output } = await run('sh', ['-c', here], { env: { TOKEN: secret } })
      expect({ line, code, output: code === 0 ? '' : output }).toEqual({ line, code: 0, output: '' })
      answers.push(
        stdout
          .trim()
          .split('\n')
          .map((text) => JSON.parse(text)),
      )
    }
    const [openapi, clusters, topics, created, scanned, exported] = answers
    expect(openapi).toMatchObject([{ openapi: '3.1.0', paths: { '/api/v1/topic/create': { post: {} } } }])
    expect(clusters).toMatchObject([[{ id: 'c' }]])
    expect(topics).toMatchObject([{ page: 1, size: 100 }])
    expect(created).toMatchObject([{ ok: 1, failed: 0 }])
    expect(scanned).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'end' })]))
    const line = { action: 'topic.create', object: 'Payments', who: 'root (readme)', result: 'ok' }
    expect(exported).toContainEqual(expect.objectContaining(line))
  })
})

describe('the cluster', () => {
  it('is pushed turn by turn, and a browser that comes back goes on after the last it saw', async () => {
    const { client, api } = live()
    const seen: { id: string; overview: Overview }[] = []
    await new Promise<void>((resolve, reject) => {
      const watching = api.cluster.live.subscribe(at, {
        onData: ({ id, data }) => {
          seen.push({ id, overview: data })
          if (seen.length < 3) return
          watching.unsubscribe()
          resolve()
        },
        onError: reject,
      })
    })
    const ids = seen.map(({ id }) => Number(id))
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    expect(seen.at(-1)?.overview.brokers).toMatchObject([{ key: 'broker-a:0', state: 'ok' }])
    const last = String(ids.at(-1))
    const next = await new Promise<string>((resolve, reject) => {
      const watching = api.cluster.live.subscribe(
        { ...at, lastEventId: last },
        {
          onData: ({ id }) => {
            watching.unsubscribe()
            resolve(id)
          },
          onError: reject,
        },
      )
    })
    expect(Number(next)).toBeGreaterThan(Number(last))
    client.close()
  })

  it('takes a message and streams it back from a search, offsets as 64-bit integers', async () => {
    await http().topic.create.mutate({ ...at, topic: TOPIC, readQueues: 2, writeQueues: 2 })
    const sent = await http().message.send.mutate({
      ...at,
      topic: TOPIC,
      keys: ['k'],
      body: { kind: 'text', value: 'some text' },
    })
    expect(typeof sent.queueOffset).toBe('bigint')
    const { client, api } = live()
    const events = await new Promise<ScanEvent[]>((resolve, reject) => {
      const found: ScanEvent[] = []
      api.message.scan.subscribe(
        { ...at, topic: TOPIC },
        { onData: (event) => found.push(event), onComplete: () => resolve(found), onError: reject },
      )
    })
    expect(events.map(({ type }) => type)).toEqual(['plan', 'rows', 'progress', 'end'])
    expect(events[1]).toMatchObject({
      rows: [{ offsetId: sent.offsetId, queueOffset: sent.queueOffset, preview: 'some text' }],
    })
    client.close()
  })

  const previews = async (topic: string, more: object = {}): Promise<(string | null)[]> => {
    const { client, api } = live()
    const found = await new Promise<(string | null)[]>((resolve, reject) => {
      const rows: (string | null)[] = []
      api.message.scan.subscribe(
        { ...at, topic, ...more },
        {
          onData: (event) => event.type === 'rows' && rows.push(...event.rows.map(({ preview }) => preview)),
          onComplete: () => resolve(rows),
          onError: reject,
        },
      )
    })
    client.close()
    return found.sort()
  }

  it('sends in a transaction, at a time, and many at once; half messages wait for whoever decides', async () => {
    const topic = 'console_ways'
    await http().topic.create.mutate({ ...at, topic, readQueues: 2, writeQueues: 2 })
    const send = (value: string, more: object) =>
      http().message.send.mutate({ ...at, topic, body: { kind: 'text', value }, ...more })
    for (const end of ['commit', 'rollback', 'unknown'] as const)
      expect(await send(end, { transaction: { end, producerGroup: 'GID_maker' } })).toMatchObject({ ended: end })
    await send('later', { deliverAt: Date.now() + 1500 })
    expect(await kindOf(send('both', { deliverAt: 1, delayLevel: 3 }))).toBe('bad-input')
    const batch = await http().message.sendBatch.mutate({
      ...at,
      topic,
      messages: ['a', 'b', 'c'].map((value) => ({ body: { kind: 'text' as const, value }, keys: [value] })),
    })
    expect(batch).toMatchObject({ ok: 3, failed: 0, rows: [{ first: 0, count: 3, error: null }] })
    const all = ['a', 'b', 'c', 'commit', 'later']
    expect(
      await until(
        () => previews(topic),
        ({ length }) => length >= all.length,
      ),
    ).toEqual(all)
    expect(await previews(topic, { sql: "key = 'b'" })).toEqual(['b'])
    expect(await previews(topic, { regex: '^[ab]$' })).toEqual(['a', 'b'])
    expect((await http().waiting.transactions.query(at)).open).toMatchObject([{ producerGroup: 'GID_maker', topic }])
  })

  it('RT10: puts dead letters back by a job, each once, and a second time puts back none', async () => {
    const group = 'GID_console_dead'
    for (const topic of [`%DLQ%${group}`, 'console_revived'])
      await http().topic.create.mutate({ ...at, topic, readQueues: 2, writeQueues: 2 })
    const values = Array.from({ length: 150 }, (_, index) => `letter ${index}`)
    await http().message.sendBatch.mutate({
      ...at,
      topic: `%DLQ%${group}`,
      messages: values.map((value) => ({ body: { kind: 'text' as const, value } })),
    })
    const asked = {
      ...at,
      group,
      select: { kind: 'all' as const },
      target: 'topic' as const,
      toTopic: 'console_revived',
    }
    const shown = await http().dead.redrivePreview.query(asked)
    expect(shown).toMatchObject({ total: 150, sends: 150, more: false })
    const { id } = await http().dead.redrive.mutate({ ...at, group, preview: shown.id, confirm: group })
    const job = await until(
      () => http().job.get.query({ ...at, job: id }),
      ({ state }) => state !== 'running',
    )
    expect(job).toMatchObject({ state: 'done', counts: { done: 150, failed: 0, unsure: 0 } })
    expect(await previews('console_revived', { limit: 1000 })).toEqual([...values].sort())
    const items = await http().job.items.query({ ...at, job: id, size: 1 })
    expect(items.rows[0]).toMatchObject({ state: 'done', place: { queue: { topic: 'console_revived' } } })
    expect(await http().dead.redrivePreview.query(asked)).toMatchObject({
      sends: 0,
      left: [{ note: 'put-back', count: 150 }],
    })
    const few = { ...asked, select: { kind: 'all' as const, regex: 'letter 1$' }, again: true }
    expect(await http().dead.redrivePreview.query(few)).toMatchObject({ total: 1, sends: 1, twice: 1 })
  })

  it('keeps templates for whoever made them', async () => {
    await http().message.putTemplate.mutate({ name: 'order', draft: '{"a":1}' })
    await http().message.putTemplate.mutate({ name: 'order', draft: '{"a":2}' })
    const [kept, ...more] = await http().message.templates.query()
    expect(more).toEqual([])
    expect(kept).toMatchObject({ name: 'order', draft: '{"a":2}' })
    await http().message.removeTemplate.mutate({ id: kept?.id ?? '' })
    expect(await http().message.templates.query()).toEqual([])
    // A search of the same name is another thing.
    await http().message.putTemplate.mutate({ kind: 'search', name: 'order', draft: 'topic=Orders&tag=paid' })
    expect(await http().message.templates.query()).toEqual([])
    expect(await http().message.templates.query({ kind: 'search' })).toMatchObject([{ draft: 'topic=Orders&tag=paid' }])
  })

  it('follows a topic from the moment somebody looks', async () => {
    const { client, api } = live()
    const seen = await new Promise<string[]>((resolve, reject) => {
      const found: string[] = []
      const watching = api.message.tail.subscribe(
        { ...at, topic: TOPIC },
        {
          onData: ({ rows }) => {
            found.push(...rows.map(({ preview }) => preview ?? ''))
            if (found.length < 2) return
            watching.unsubscribe()
            resolve(found)
          },
          onStarted: () =>
            void sleep(300).then(async () => {
              for (const text of ['one', 'two'])
                await http().message.send.mutate({ ...at, topic: TOPIC, body: { kind: 'text', value: text } })
            }),
          onError: reject,
        },
      )
    })
    expect(seen.sort()).toEqual(['one', 'two'])
    client.close()
  })

  it('shows a viewer everything of a message but body and what was put beside it', async () => {
    const desk = publishedConsole()
    if (desk === undefined) throw new Error('the console was not published')
    const settings = (await http().auth.state.query()).me?.settings
    if (settings === undefined) throw new Error('nobody is signed in')
    const me = {
      name: 'v',
      role: 'viewer' as const,
      rights: rightsOf('viewer'),
      grants: grantsOf('viewer'),
      settings,
      signedInAt: 0,
      tryAs: null,
      source: 'local' as const,
    }
    const asViewer: ConsoleDesk = {
      ...desk,
      access: Object.assign(Object.create(desk.access) as ConsoleDesk['access'], {
        who: async () => ({ userId: 9, sessionId: 'v', me }),
      }),
    }
    const caller = createCaller(
      contextFor(
        asViewer,
        { from: '', agent: '', session: 'v' },
        { once: true, setSession: () => undefined, drained: async () => undefined },
      ),
    )
    const { rows } = await caller.message.byKey({ ...at, topic: TOPIC, key: 'k' })
    expect(rows).toMatchObject([{ preview: null, keys: ['k'] }])
    expect(await caller.message.get({ ...at, offsetId: rows[0]?.offsetId ?? '' })).toMatchObject({
      body: null,
      userProperties: null,
    })
    await expect(
      caller.message.scan({ ...at, topic: TOPIC, body: 'text' }).then(async (events) => {
        for await (const _ of events as AsyncIterable<ScanEvent>) return
      }),
    ).rejects.toMatchObject({ cause: { kind: 'not-allowed' } })
    await expect(
      caller.message.send({ ...at, topic: TOPIC, body: { kind: 'text', value: 'x' } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('keeps a line of what was in, that a chart can draw', async () => {
    const history = await until(
      () => http().topic.history.query({ ...at, topic: TOPIC, lastMs: 60_000 }),
      ({ points }) => points.some((point) => point.in !== null && point.in > 0),
    )
    expect(history.points.some((point) => point.in !== null && point.in > 0)).toBe(true)
    expect(history.points.some((point) => point.in === null)).toBe(true) // before it was there
    expect(history.points.length).toBeLessThanOrEqual(720)
  })

  it('finds objects by part of a name without asking a broker', async () => {
    const hits = await http().palette.find.query({ q: 'console_t' })
    expect(hits).toMatchObject([{ kind: 'topic', name: TOPIC, href: `/c/c/topics/${TOPIC}` }])
    expect(await http().palette.find.query({ q: 'AC11000130BC18B4AAC2534E5A8C0001' })).toMatchObject([
      { kind: 'message-id' },
    ])
  })

  it('says since when nobody answers, and keeps its pages, when the cluster is gone', async () => {
    await ours.child.kill()
    const overview = await until(
      () => http().cluster.overview.query(at),
      ({ verdict }) => verdict === 'unknown',
    )
    expect(overview.verdict).toBe('unknown')
    expect(overview.missing.map(({ who }) => who)).toContain('broker-a:0')
    const { rows } = await http().topic.list.query({ ...at, q: TOPIC })
    expect(rows).toMatchObject([{ name: TOPIC, kept: { unknown: 'broker-silent' } }])
    expect(isKnown(overview.inPerSecond)).toBe(false)
    expect(await kindOf(http().message.send.mutate({ ...at, topic: TOPIC, body: { kind: 'text', value: 'x' } }))).toBe(
      'namesrv-silent',
    )
  })
})
