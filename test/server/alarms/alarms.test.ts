// test/server/alarms/alarms.test.ts: a consumer that really stops, and who is told: a local webhook and a local mail
// server get each notice once, over a restart of the console and a receiver that is down meanwhile.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleHandle, createConsole } from '../../../server/console'
import type { Notice } from '../../../server/notify/notice'
import { type AlarmRuleBody, defaultRules } from '../../../server/shared/alarms'
import type { ClusterDesk, ConsoleDesk } from '../../../server/shared/desk'
import { publishedConsole } from '../../../server/trpc/context'
import { type Child, launch } from '../../support/children'
import { projectRoot, temporaryFolder } from '../../support/folders'
import { type OurCluster, startOurs } from '../../support/rocketdeck'
import { openWire, type Wire } from '../../support/wire'

const TURN_MS = 150
/** A Node client that found no queue for it looks again after 20 s, and commits every 5 s. */
const WAIT_MS = 120_000
const consoleLog: string[] = []
let ours: OurCluster
let wire: Wire
let handle: ConsoleHandle
let hook: Server
let smtp: SMTPServer
let down = false
const told: { id: string; notice: Notice }[] = []
const mails: string[] = []
const children: Child[] = []
const folder = temporaryFolder('alarms')
const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port // TCP

const openConsole = async (): Promise<void> => {
  handle = await createConsole({
    dataDir: folder,
    clusters: [{ id: 'c', name: 'C', namesrv: [ours.namesrv] }],
    host: '127.0.0.1',
    port: 1,
    turnMs: TURN_MS,
    databaseThread: false,
    notify: { firstWaitMs: 50 },
    log: (level, text) => void (level === 'debug' || consoleLog.push(`${level} ${text}`)),
  })
}
const desk = (): ConsoleDesk => {
  const found = publishedConsole()
  if (found === undefined) throw new Error('the console was not published')
  return found
}
const cluster = (): ClusterDesk => {
  const found = desk().clusters.get('c')
  if (found === undefined) throw new Error('the cluster is not there')
  return found
}
const until = async (what: string, done: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + WAIT_MS
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`not within ${WAIT_MS / 1000} s: ${what}\n${consoleLog.join('\n')}`)
    await new Promise((next) => setTimeout(next, 50))
  }
}
/** On a machine with other work a question may get its answer too late: it is asked again. */
const made = (group: string): Promise<void> =>
  until(`${group} is there`, () =>
    cluster()
      .groups.create({ cluster: 'c', group, brokers: [], config: {} })
      .then(
        () => true,
        (error: { kind?: string }) => error.kind === 'exists',
      ),
  )
const rule = (name: string, rest: Partial<AlarmRuleBody>): AlarmRuleBody => ({
  name,
  metric: 'lag',
  watches: '*',
  except: '',
  comparator: 'over',
  value: 5,
  forMs: 200,
  resolveValue: null,
  resolveForMs: 200,
  severity: 'critical',
  channels: null,
  repeatMs: 0,
  unknownMs: null,
  enabled: true,
  ...rest,
})
const eventsOf = (name: string): string[] =>
  told.filter(({ notice }) => notice.rule === name).map(({ notice }) => notice.event)
const mailsOf = (name: string): string[] =>
  mails.filter((mail) => mail.includes(name)).map((mail) => /X-Rocketdeck-Event: (\w+)/i.exec(mail)?.[1] ?? '')

const consumer = async (group: string): Promise<Child> => {
  const program = join(projectRoot, 'test/client/node/steady.mjs')
  const child = launch(process.execPath, [program, ours.namesrv, 'alarm_topic', group, 'consume'])
  children.push(child)
  await child.line(/ready/, WAIT_MS)
  return child
}

beforeAll(async () => {
  ours = await startOurs()
  wire = openWire(ours.broker)
  await wire.createTopic('alarm_topic', 1)
  hook = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      // What is refused was not taken: it does not count, and must come again.
      if (!down) told.push({ id: String(request.headers['x-rocketdeck-delivery']), notice: JSON.parse(body) })
      response.writeHead(down ? 503 : 200).end()
    })
  })
  await new Promise<void>((listening) => hook.listen(0, '127.0.0.1', listening))
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
  })
  await new Promise<void>((listening) => smtp.listen(0, '127.0.0.1', () => listening()))
  await openConsole()
  await desk().notify.setPolicy({ hosts: ['127.0.0.1'] })
  await desk().notify.put(undefined, {
    kind: 'webhook',
    name: 'Hook',
    url: `http://127.0.0.1:${portOf(hook)}/`,
    secret: 's',
  })
  await desk().notify.put(undefined, {
    kind: 'mail',
    name: 'Mail',
    host: '127.0.0.1',
    port: portOf(smtp.server),
    security: 'plain',
    user: '',
    from: 'deck@example.org',
    to: ['ops@example.org'],
    language: 'en',
  })
})
afterAll(async () => {
  for (const child of children) if (child.running) await child.stop()
  await handle.close()
  wire.close()
  hook.closeAllConnections()
  hook.close()
  await new Promise<void>((closed) => smtp.close(() => closed()))
  await ours.child.stop()
})

describe('alarms', { timeout: 400_000 }, () => {
  it('have default rules from the first start, and none of them again after it was deleted', async () => {
    const rules = await cluster().alarms.rules()
    expect(rules.map(({ name }) => name)).toEqual(defaultRules.map(({ name }) => name))
    const [first] = rules
    await cluster().alarms.removeRule(first?.id ?? '')
    await handle.close()
    await openConsole()
    expect((await cluster().alarms.rules()).map(({ name }) => name)).toEqual(
      defaultRules.slice(1).map(({ name }) => name),
    )
  })

  it('MO1: tell once that a consumer stopped and once that it is back, over a restart and a receiver that is down', async () => {
    await cluster().alarms.putRule(undefined, rule('Stopped', { watches: 'GID_stops' }))
    // Where it begins does not depend on what comes first, the message or the client's question.
    await made('GID_stops')
    await wire.commit('GID_stops', 'alarm_topic', 0, 0)
    const running = await consumer('GID_stops')
    await wire.send('alarm_topic', 0, 'before')
    await running.line(/consumed/, WAIT_MS)
    const committed = () => wire.committed('GID_stops', 'alarm_topic', 0).catch(() => 0)
    await until('it has committed', async () => (await committed()) > 0)
    await running.stop()
    for (let number = 0; number < 20; number++) await wire.send('alarm_topic', 0, `unread ${number}`)
    await until('firing is told', () => eventsOf('Stopped').length > 0 && mailsOf('Stopped').length > 0)
    down = true
    await handle.close()
    await openConsole()
    await consumer('GID_stops')
    await until(
      'it is over',
      async () =>
        (await cluster().alarms.history({ cluster: 'c', q: 'Stopped', page: 1, size: 50 })).rows[0]?.ending ===
        'resolved',
    )
    await until('the end is mailed', () => mailsOf('Stopped').length > 1)
    expect(eventsOf('Stopped')).toEqual(['firing'])
    await handle.close()
    down = false
    await openConsole()
    await until('the end is told', () => eventsOf('Stopped').length > 1)
    expect(eventsOf('Stopped')).toEqual(['firing', 'resolved'])
    expect(mailsOf('Stopped')).toEqual(['firing', 'resolved'])
    const told = async () => (await cluster().alarms.history({ cluster: 'c', q: 'Stopped', page: 1, size: 50 })).rows
    // a receiver has the message before its outbox knows
    await until('all is noted as sent', async () =>
      ((await told())[0]?.deliveries ?? []).every(({ status }) => status === 'sent'),
    )
    const rows = await told()
    expect(rows).toHaveLength(1)
    expect(rows[0]?.deliveries.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent', 'sent'])
  })

  it('are one for a value that flaps, and none of it is told under a silence', async () => {
    const { alarms } = cluster()
    for (const group of ['GID_flaps', 'GID_quiet']) await made(group)
    await wire.commit('GID_flaps', 'alarm_topic', 0, 0)
    await alarms.putRule(undefined, rule('Flaps', { watches: 'GID_flaps', forMs: 0, resolveForMs: 4000 }))
    await alarms.silence({ cluster: 'c', ruleId: null, pattern: 'GID_quiet', forMs: 3_600_000, reason: 'known' }, 'me')
    await wire.commit('GID_quiet', 'alarm_topic', 0, 0)
    await alarms.putRule(undefined, rule('Quiet', { watches: 'GID_quiet', forMs: 0 }))
    await until('it fires', () => eventsOf('Flaps').length > 0)
    const end = await wire.maxOffset('alarm_topic', 0)
    for (let time = 0; time < 4; time++) {
      await wire.commit('GID_flaps', 'alarm_topic', 0, time % 2 === 0 ? end : 0)
      await new Promise((next) => setTimeout(next, 250))
    }
    expect(eventsOf('Flaps')).toEqual(['firing'])
    await wire.commit('GID_flaps', 'alarm_topic', 0, end)
    await until('it is over', () => eventsOf('Flaps').length > 1)
    expect(eventsOf('Flaps')).toEqual(['firing', 'resolved'])
    const board = await alarms.board()
    expect(board.firing.find(({ rule: name }) => name === 'Quiet')).toMatchObject({
      silence: { who: 'me', reason: 'known' },
    })
    expect(eventsOf('Quiet')).toEqual([])
    expect(cluster().overview().alarms).toMatchObject({ silenced: 1 })
    expect(board.lanes.find(({ rule: name }) => name === 'Quiet')?.spans.at(-1)).toMatchObject({ silenced: true })
  })

  it('keep who took them, end with their rule, and say so once', async () => {
    const { alarms } = cluster()
    await alarms.putRule(undefined, rule('Taken', { watches: 'GID_quiet', metric: 'noClient', value: 0, forMs: 0 }))
    const [silence] = await alarms.silences()
    await alarms.endSilence(silence?.id ?? '')
    // The silence is over and it still fires: now somebody is told.
    await until('both are told', () => eventsOf('Taken').length > 0 && eventsOf('Quiet').length > 0)
    const firing = (await alarms.board()).firing.find(({ rule: name }) => name === 'Taken')
    await alarms.take(firing?.id ?? '', 'me')
    await handle.close()
    await openConsole()
    await until('it is seen again', async () =>
      (await cluster().alarms.board()).firing.some(({ takenBy }) => takenBy === 'me'),
    )
    await cluster().alarms.removeRule(firing?.ruleId ?? '')
    await until('its end is told', () => eventsOf('Taken').length > 1)
    expect(eventsOf('Taken')).toEqual(['firing', 'resolved'])
    expect(told.findLast(({ notice }) => notice.rule === 'Taken')?.notice.ending).toBe('changed')
  })
  it('never send one delivery twice', () => {
    const ids = told.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })
})
