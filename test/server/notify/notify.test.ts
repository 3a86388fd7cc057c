// test/server/notify/notify.test.ts: whom the console may speak to, how secrets lie on disk, and that each notice
// arrives once, in order, whatever the other side does.
import { createHmac } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../server/db/open'
import { openSeal } from '../../../server/guard/seal'
import { checkTarget, isPublic, type Resolve } from '../../../server/guard/target'
import type { Notice } from '../../../server/notify/notice'
import { type Notify, openNotify } from '../../../server/notify/open'
import { type OpenChannel, sendOver } from '../../../server/notify/send'
import { temporaryFolder } from '../../support/folders'

const notice: Notice = {
  version: 1,
  event: 'firing',
  alarm: 'a',
  at: '2026-01-01T00:00:00.000Z',
  cluster: { id: 'c', name: 'C' },
  rule: 'Lag',
  severity: 'warning',
  subject: { kind: 'group', name: 'GID_a' },
  metric: 'lag',
  comparator: 'over',
  threshold: 10,
  value: 20,
  since: '2026-01-01T00:00:00.000Z',
  ending: null,
}
interface Got {
  url: string
  headers: IncomingHttpHeaders
  body: string
}
const open: { server?: Server; notify?: Notify; close?: () => Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    await one.notify?.close()
    await one.close?.()
    one.server?.close()
  }
})
const receiver = async (answer: (got: Got, nth: number) => { status: number; body?: string; location?: string }) => {
  const got: Got[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { url: request.url ?? '', headers: request.headers, body }
      got.push(one)
      const { status, body: text = '', location } = answer(one, got.length)
      response.writeHead(status, location === undefined ? {} : { location }).end(text)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  open.push({ server })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { got, port, url: `http://127.0.0.1:${port}/hook` }
}
const hosts = ['127.0.0.1', 'robot.example']
const toLoopback = async () => [{ address: '127.0.0.1', family: 4 }]

it('gives up a mail whose server keeps talking and never ends', async () => {
  const server = createTcpServer((socket) => {
    const talk = setInterval(() => socket.write('220-one moment\r\n'), 20)
    socket.on('error', () => undefined).on('close', () => clearInterval(talk))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const channel: OpenChannel = {
    id: 'm',
    kind: 'mail',
    host: '127.0.0.1',
    port,
    security: 'plain',
    from: 'a@b',
    to: ['c@d'],
  }
  const sent = await sendOver(channel, notice, 'd', { hosts: ['127.0.0.1'], mailTimeoutMs: 300 })
  expect(sent).toEqual({ ok: false, again: true, answer: 'not sent within 0.3 s' })
  await new Promise((closed) => server.close(closed)) // its connection was closed with it
}, 60_000)

describe('outgoing targets', () => {
  it('on private networks are refused, however the address is written', async () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'ff02::1',
      '255.255.255.255',
    ])
      expect({ address, open: isPublic(address) }).toEqual({ address, open: false })
    for (const address of ['8.8.8.8', '2606:4700::1111']) expect(isPublic(address)).toBe(true)
    await expect(checkTarget('[::1]', 80, [])).rejects.toThrow(/private/)
    // What a URL makes of other ways to write 127.0.0.1.
    for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1'])
      await expect(checkTarget(new URL(`http://${host}/`).hostname, 80, [])).rejects.toThrow(/private/)
  })
  it('are refused when one answer of the name is private', async () => {
    const both = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    await expect(checkTarget('two.example', 443, [], both)).rejects.toThrow(/10\.0\.0\.1/)
  })
  it('may be named by an admin, with a port or a star; then nothing else is let through', async () => {
    expect(await checkTarget('hook.in', 80, ['hook.in:80'], toLoopback)).toMatchObject({ address: '127.0.0.1' })
    await expect(checkTarget('hook.in', 81, ['hook.in:80'], toLoopback)).rejects.toThrow(/not among/)
    expect(await checkTarget('a.b.example', 80, ['*.b.example'], toLoopback)).toMatchObject({ port: 80 })
    await expect(checkTarget('b.example.evil', 80, ['*.b.example'], toLoopback)).rejects.toThrow(/not among/)
    await expect(checkTarget('8.8.8.8', 80, ['hook.in'])).rejects.toThrow(/not among/)
  })
  it('are asked for once: the connection goes to the address that was checked', async () => {
    const { url, got, port } = await receiver(() => ({ status: 200 }))
    let asked = 0
    const changing = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.255.255.1', family: 4 }]
    const channel: OpenChannel = { id: 'w', kind: 'webhook', url: url.replace('127.0.0.1', 'robot.example') }
    expect(await sendOver(channel, notice, 'd', { hosts, resolve: changing })).toMatchObject({ ok: true })
    expect(asked).toBe(1)
    expect(got[0]?.headers.host).toBe(`robot.example:${port}`)
  })
  it('are not followed elsewhere', async () => {
    const inner = await receiver(() => ({ status: 200 }))
    const outer = await receiver(() => ({ status: 302, location: inner.url }))
    const sent = await sendOver({ id: 'w', kind: 'webhook', url: outer.url }, notice, 'd', { hosts })
    expect(sent).toMatchObject({ ok: false, again: false })
    expect(sent.answer).toContain('redirects are not followed')
    expect(inner.got).toEqual([])
  })
})

describe('channels', () => {
  it('sign what a webhook gets', async () => {
    const { url, got } = await receiver(() => ({ status: 204 }))
    await sendOver({ id: 'w', kind: 'webhook', url, secret: 'sesame' }, notice, 'd-1', { hosts })
    const [one] = got
    const stamp = one?.headers['x-rocketdeck-timestamp']
    const expected = createHmac('sha256', 'sesame').update(`${stamp}.${one?.body}`).digest('hex')
    expect(one?.headers['x-rocketdeck-signature']).toBe(`sha256=${expected}`)
    expect(one?.headers['x-rocketdeck-delivery']).toBe('d-1')
    expect(JSON.parse(one?.body ?? '')).toEqual(notice)
  })
  it.each([
    ['dingtalk', '{"errcode":0}', '{"errcode":310000,"errmsg":"sign not match"}'],
    ['feishu', '{"code":0}', '{"code":19021}'],
    ['wecom', '{"errcode":0}', '{"errcode":93000}'],
    ['slack', 'ok', 'no_text'],
  ] as const)('%s count as told only when the robot says so', async (kind, yes, no) => {
    const { url, got } = await receiver((_, nth) => ({ status: 200, body: nth === 1 ? yes : no }))
    const channel: OpenChannel = { id: 'x', kind, url, secret: 's' }
    expect(await sendOver(channel, notice, 'd', { hosts })).toMatchObject({ ok: true })
    expect(await sendOver(channel, notice, 'd', { hosts })).toMatchObject({ ok: false, again: true })
    expect(got[0]?.body).toContain('GID_a')
    if (kind === 'dingtalk') {
      const asked = new URL(got[0]?.url ?? '', 'http://x')
      const stamp = asked.searchParams.get('timestamp')
      expect(asked.searchParams.get('sign')).toBe(createHmac('sha256', 's').update(`${stamp}\ns`).digest('base64'))
    }
  })
})

describe('secrets', () => {
  it('lie sealed, under a key only the owner can read, and open only where they belong', () => {
    const folder = temporaryFolder('seal')
    const seal = openSeal(folder)
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
    const text = seal.close('sesame', 'channel a')
    expect(text).not.toContain('sesame')
    expect(openSeal(folder).open(text, 'channel a')).toBe('sesame')
    expect(() => seal.open(text, 'channel b')).toThrow()
  })
  it('are in no answer and in no file', async () => {
    const { notify, folder, close } = await desk()
    const id = await notify.put(undefined, {
      kind: 'slack',
      language: 'en',
      name: 'S',
      url: 'https://hooks.slack.example/services/T0/SESAME',
    })
    await notify.put(undefined, { kind: 'webhook', name: 'W', url: 'https://w.example/x', secret: 'SESAME' })
    expect(JSON.stringify(await notify.list())).not.toContain('SESAME')
    expect(notify.channels.open(id)?.url).toContain('SESAME')
    await close()
    for (const file of ['console.db', 'console.db-wal'])
      expect(readFileSync(join(folder, file), { flag: 'a+' }).includes('SESAME')).toBe(false)
  })
  it('and addresses that nothing may be sent to are refused when they are saved, with the setting that lets them', async () => {
    const nobody = async () => {
      throw new Error('getaddrinfo ENOTFOUND')
    }
    const { notify } = await desk(undefined, undefined, undefined, nobody)
    const put = (body: Parameters<Notify['put']>[1]) => notify.put(undefined, body)
    const webhook = (url: string) => put({ kind: 'webhook', name: 'W', url })
    const by = { kind: 'mail', security: 'plain', language: 'en' } as const
    const mail = { ...by, name: 'M', port: 25, user: '', from: 'a@b.example', to: ['c@d.example'] }
    await expect(webhook('https://elsewhere.test/')).rejects.toThrow(/not among.*Whom the console may speak to/)
    await expect(put({ ...mail, host: 'mail.test' })).rejects.toMatchObject({ kind: 'bad-input' })
    await notify.setPolicy({ hosts: [] })
    await expect(webhook('http://10.0.0.5:8080/hook')).rejects.toThrow(/private address.*channel\.setPolicy/)
    await expect(put({ kind: 'slack', name: 'S', url: 'https://[::1]/x', language: 'en' })).rejects.toThrow(/private/)
    expect(await notify.list()).toEqual([])
    // Nobody knows this name (yet): it may be saved.
    expect(await webhook('https://nobody.invalid/')).not.toBe('')
  })
  it('do not follow a channel to another host', async () => {
    const { notify } = await desk()
    const id = await notify.put(undefined, { kind: 'webhook', name: 'W', url: 'https://w.example/x', secret: 's' })
    await expect(notify.put(id, { kind: 'webhook', name: 'W', url: 'https://evil.example/x' })).rejects.toThrow(
      /another host/,
    )
    await notify.put(id, { kind: 'webhook', name: 'W2', url: 'https://w.example/y' })
    expect((await notify.list())[0]).toMatchObject({ name: 'W2', hasSecret: true })
  })
})

const desk = async (
  folder = temporaryFolder('notify'),
  now: () => number = Date.now,
  firstWaitMs?: number,
  resolve?: Resolve,
) => {
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const notify = await openNotify({
    database,
    seal: openSeal(folder),
    log: () => undefined,
    firstWaitMs: firstWaitMs ?? 30,
    now,
    ...(resolve === undefined ? {} : { resolve }),
  })
  await notify.setPolicy({ hosts: [...hosts, '*.example'] })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await notify.close()
    await database.close()
  }
  open.push({ close })
  return { notify, database, folder, close }
}
const until = async (done: () => boolean | Promise<boolean>) => {
  const end = Date.now() + 25_000
  while (!(await done())) {
    if (Date.now() > end) throw new Error('it did not come to that')
    await new Promise((next) => setTimeout(next, 10))
  }
}

it('speaks the language of its channel, and gives programs the same data in each', async () => {
  const { url, got } = await receiver(() => ({ status: 200, body: 'ok' }))
  const over = {
    ...notice,
    event: 'resolved',
    ending: 'gone',
    metric: 'behind',
    value: 90_000,
    threshold: 60_000,
  } as const
  for (const language of ['en', 'zh'] as const)
    await sendOver({ id: 's', kind: 'slack', url, language }, over, 'd', { hosts, resolve: toLoopback })
  const [en = '', zh = ''] = got.map(({ body }) => JSON.parse(body).text)
  expect(en).toContain('[RESOLVED] Lag: GID_a (C)')
  expect(en).toContain('behind 1 min 30 s (fires over 1 min)')
  expect(zh).toContain('[已恢复] Lag: GID_a (C)')
  expect(zh).toContain('消费延迟 1 分钟 30 秒（高于 1 分钟 时告警）')
  expect(zh).toContain('对象已不存在')
  expect(zh).not.toMatch(/fires|since|RESOLVED/)
})

describe('the outbox', () => {
  it('sends in order, tries again while the receiver is down, and sends nothing twice over a restart', async () => {
    let down = true
    const { url, got } = await receiver(() => ({ status: down ? 503 : 200 }))
    const first = await desk()
    const id = await first.notify.put(undefined, { kind: 'webhook', name: 'W', url })
    const put = (of: typeof first, key: string, event: Notice['event']) =>
      of.database.batch([
        of.notify.outbox.statement({
          id: key,
          alarmId: 'a',
          channel: { id, name: 'W' },
          notice: { ...notice, event },
          silenced: false,
        }),
      ])
    await put(first, '1', 'firing')
    first.notify.outbox.wake()
    await until(() => got.length > 1)
    await put(first, '2', 'resolved')
    await put(first, '2', 'resolved') // told again of the same: written once
    await first.close()
    const second = await desk(first.folder)
    down = false
    const before = got.length
    await until(async () => (await second.notify.list())[0]?.waiting === 0)
    expect(got.slice(before).map(({ headers }) => headers['x-rocketdeck-delivery'])).toEqual(['1', '2'])
    await second.close()
    const third = await desk(first.folder)
    third.notify.outbox.wake()
    await new Promise((next) => setTimeout(next, 60))
    expect(got.length).toBe(before + 2)
  })
  it('loses and doubles nothing while a receiver is away for a minute, and asks it rarely meanwhile', async () => {
    let clock = 1_000_000
    let away = true
    const { url, got } = await receiver(() => ({ status: away ? 503 : 200 }))
    const { notify, database } = await desk(temporaryFolder('notify'), () => clock, 5000)
    const id = await notify.put(undefined, { kind: 'webhook', name: 'W', url })
    const events = ['firing', 'again', 'resolved'] as const
    await database.batch(
      events.map((event, place) =>
        notify.outbox.statement({
          id: `${place}`,
          alarmId: 'a',
          channel: { id, name: 'W' },
          notice: { ...notice, event },
          silenced: false,
        }),
      ),
    )
    const dueAt = async () =>
      (await database.db.all<[number]>('select next_at from delivery order by rowid limit 1'))[0]?.[0] ?? 0
    // Second by second: what is due has been tried, and noted, before the next one.
    for (let second = 0; second < 60; second++, clock += 1000) {
      notify.outbox.wake()
      await until(async () => (await dueAt()) > clock)
    }
    const refused = got.length
    away = false
    clock += 60_000
    notify.outbox.wake()
    await until(async () => (await notify.list())[0]?.waiting === 0)
    expect(refused).toBeGreaterThan(1)
    expect(refused).toBeLessThan(6) // after 5, 10, 20, 40 s
    expect(got.slice(refused).map(({ headers }) => headers['x-rocketdeck-delivery'])).toEqual(['0', '1', '2'])
  })
  it('gives up on a receiver that keeps saying no, and goes on to what is behind', async () => {
    const { url, got } = await receiver(({ body }) => ({ status: body.includes('"firing"') ? 400 : 200 }))
    const { notify, database } = await desk()
    const id = await notify.put(undefined, { kind: 'webhook', name: 'W', url })
    const entry = (key: string, event: Notice['event']) =>
      notify.outbox.statement({
        id: key,
        alarmId: null,
        channel: { id, name: 'W' },
        notice: { ...notice, event },
        silenced: false,
      })
    await database.batch([entry('1', 'firing'), entry('2', 'resolved')])
    notify.outbox.wake()
    await until(async () => (await notify.list())[0]?.waiting === 0)
    expect(got.map(({ headers }) => headers['x-rocketdeck-delivery'])).toEqual(['1', '1', '1', '2'])
  })
  it('waits before it sends again what it could not note', async () => {
    const { url, got } = await receiver(() => ({ status: 200 }))
    const { notify, database } = await desk()
    const id = await notify.put(undefined, { kind: 'webhook', name: 'W', url })
    await database.batch([
      {
        sql: "create trigger full before update on delivery begin select raise(abort, 'disk full'); end",
        params: [],
      },
      notify.outbox.statement({ id: '1', alarmId: null, channel: { id, name: 'W' }, notice, silenced: false }),
    ])
    const began = performance.now()
    notify.outbox.wake()
    await until(() => got.length > 3)
    // Every 30 ms here, and not as fast as the receiver answers; a timer may be a millisecond early.
    expect(got.length).toBeLessThanOrEqual(1 + (performance.now() - began) / 29)
  })
  it('sends at once what was written while it looked for what is due', async () => {
    const { url, got } = await receiver(() => ({ status: 200 }))
    let asked = 0
    let during: ((nth: number) => void) | undefined
    const { notify, database } = await desk(temporaryFolder('notify'), () => {
      during?.(++asked)
      return Date.now()
    })
    const id = await notify.put(undefined, { kind: 'webhook', name: 'W', url })
    const later = await notify.put(undefined, { kind: 'webhook', name: 'Later', url })
    const entry = (key: string, channel: string) =>
      notify.outbox.statement({ id: key, alarmId: null, channel: { id: channel, name: 'W' }, notice, silenced: false })
    // What waits makes a look ask the clock once more after it has read what is due: first for cleaning, then for this.
    await database.batch([
      entry('0', later),
      { sql: 'update delivery set next_at = ?', params: [Date.now() + 3_600_000] },
    ])
    const due = entry('1', id)
    during = (nth) => {
      if (nth !== 2) return
      during = undefined
      void database.batch([due])
      notify.outbox.wake()
    }
    notify.outbox.wake()
    await until(() => got.length === 1)
  })
})
