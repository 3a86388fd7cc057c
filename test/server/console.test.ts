// test/server/console.test.ts: the console as a browser meets it: over HTTP and a websocket, with cookies, on a cluster
// of our own that may fall silent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isKnown } from '../../server/shared/known'
import type { Overview } from '../../server/shared/views'
import { run } from '../support/children'
import { projectRoot } from '../support/folders'
import { findInPath } from '../support/java'
import { openWire } from '../support/wire'
import { at, kindOf, openConsoleHouse, until } from './console-house'
import { sendsAndFinds, TOPIC } from './console-messages'

const house = openConsoleHouse()
const { jar, http, socket, live } = house

describe('signing in', () => {
  it('takes the token of the address that was printed, and sets a cookie scripts cannot read', async () => {
    const hint = await house.handle.setupUrlHint()
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
    expect(jar.cookie).toMatch(new RegExp(`^rocketdeck_${house.port}=`))
    expect(await house.handle.setupUrlHint()).toBeNull()
    expect(await http().auth.state.query()).toMatchObject({
      setUp: true,
      me: { name: 'root', role: 'admin' },
      servesMetrics: true,
    })
  })
  it('is refused to pages of other sites, over HTTP and over the websocket', async () => {
    const answer = await fetch(`http://127.0.0.1:${house.port}/api/trpc/auth.state`, {
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
    const planted = `rocketdeck_${house.port}=planted-by-somebody-else`
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
    fetch(`http://127.0.0.1:${house.port}${path}`, authorization === undefined ? {} : { headers: { authorization } })
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
    const wire = openWire(house.ours.broker)
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
      const here = line.replaceAll('127.0.0.1:3000', `127.0.0.1:${house.port}`).replaceAll('bundled', at.cluster)
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

  sendsAndFinds(house)

  it('keeps a line of what was in, that a chart can draw', async () => {
    const history = await until(
      () => http().topic.history.query({ ...at, topic: TOPIC, lastMs: 60_000 }),
      ({ points }) => points.some((point) => point.in !== null && point.in > 0),
    )
    expect(history.points.some((point) => point.in !== null && point.in > 0)).toBe(true)
    expect(history.points.some((point) => point.in === null)).toBe(true) // before it was there
    expect(history.points.length).toBeLessThanOrEqual(720)
  })

  it('takes a question that is too long for an address in a body', async () => {
    const names = Array.from({ length: 200 }, (_, place) => `nothing-of-this-name-${place}-${'x'.repeat(80)}`)
    const asked = { ...at, names: [TOPIC, ...names].slice(0, 200) }
    const origin = `http://127.0.0.1:${house.port}`
    const { rows } = await http({ origin }, 'POST').topic.list.query(asked)
    expect(rows.map(({ name }) => name)).toEqual([TOPIC])
  })
  it('finds objects by part of a name without asking a broker', async () => {
    const hits = await http().palette.find.query({ q: 'console_t' })
    expect(hits).toMatchObject([{ kind: 'topic', name: TOPIC, href: `/c/c/topics/${TOPIC}` }])
    expect(await http().palette.find.query({ q: 'console_t', kind: 'group' })).toEqual([])
    expect(await http().palette.find.query({ q: 'AC11000130BC18B4AAC2534E5A8C0001' })).toMatchObject([
      { kind: 'message-id' },
    ])
  })

  it('says since when nobody answers, and keeps its pages, when the cluster is gone', async () => {
    await house.ours.child.kill()
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
