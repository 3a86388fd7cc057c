// test/server/alarms/late-channels.test.ts: a channel that comes while an alarm fires is told of it once, over restarts, and then
// of its end like the others. Rules, database, outbox and receivers are real; only what the sampler holds is made up.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Engine, openEngine } from '../../../server/alarms/engine'
import type { Sampled } from '../../../server/alarms/measure'
import { type AlarmStore, openAlarmStore } from '../../../server/alarms/store'
import { alarmRule, delivery, setting } from '../../../server/db/alarm-tables'
import { type Database, openDatabase } from '../../../server/db/open'
import { openSeal } from '../../../server/guard/seal'
import { type Notify, openNotify } from '../../../server/notify/open'
import { defaultRules, laterRules } from '../../../server/shared/alarms'
import { temporaryFolder } from '../../support/folders'

const HOUR_MS = 3_600_000
const cluster = { id: 'c', name: 'C' }
let now = 1_800_000_000_000
let folder: string
let server: Server
let base: string
/** What each receiver got, by its path. */
let got: string[]
let database: Database
let notify: Notify
let store: AlarmStore
let engine: Engine

const open = async (): Promise<void> => {
  database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  notify = await openNotify({ database, seal: openSeal(folder), log: () => undefined, now: () => now })
  store = await openAlarmStore(database, cluster.id, () => now)
  engine = await openEngine({ store, database, notify, cluster, now: () => now })
}
const close = async (): Promise<void> => {
  await notify.close()
  await database.close()
}
beforeEach(async () => {
  got = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      got.push(`${request.url?.slice(1)} ${JSON.parse(body).event}`)
      response.end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
  folder = temporaryFolder('late')
  await open()
  await notify.setPolicy({ hosts: ['127.0.0.1'] })
})
afterEach(async () => {
  await close()
  server.closeAllConnections()
  server.close()
})

/** No broker answers, or one does. */
const turn = async (answers = false): Promise<void> => {
  now += 5000
  const brokers = new Map(answers ? [['broker-a:0', { state: 'ok' }]] : [])
  await engine.turn({ state: { brokers, at: now }, clusterName: 'C', silent: new Set(), now } as unknown as Sampled) // all it reads
}
const until = async (...expected: string[]): Promise<void> => {
  const end = Date.now() + 25_000
  while (got.length < expected.length && Date.now() < end) await new Promise((next) => setTimeout(next, 5))
  expect([...got].sort()).toEqual([...expected].sort())
}
const channel = (name: string): Promise<string> =>
  notify.put(undefined, { kind: 'webhook', name, url: `${base}/${name}` })
const onlyRule = async (rest: Partial<(typeof defaultRules)[number]>): Promise<string> => {
  await database.db.delete(alarmRule)
  const body = defaultRules.find(({ metric }) => metric === 'samplerBlind')
  if (body === undefined) throw new Error('no such rule')
  await store.putRule({ ...body, id: 'r', forMs: 0, resolveForMs: 0, repeatMs: 0, ...rest })
  await engine.reloadRules()
  return 'r'
}

it('a channel that is made, switched on or added to a rule while it fires is told once, also over a restart', async () => {
  const first = await channel('first')
  const off = await channel('off')
  await notify.setEnabled(off, false)
  await onlyRule({})
  await turn()
  await until('first firing')
  await channel('made')
  await notify.setEnabled(off, true)
  await turn()
  await turn()
  await until('first firing', 'made firing', 'off firing')
  await close()
  await open()
  await turn()
  const [rule] = await store.rules()
  if (rule === undefined) throw new Error('the rule is gone')
  // Whom it tells is no reason to end what fires: nobody hears of an end.
  await store.putRule({ ...rule, channels: [first], repeatMs: HOUR_MS })
  await engine.reloadRules()
  await channel('unasked')
  const added = await channel('added')
  await turn()
  await store.putRule({ ...rule, channels: [first, added], repeatMs: HOUR_MS })
  await engine.reloadRules()
  await turn()
  await turn()
  const all = ['first firing', 'made firing', 'off firing', 'added firing']
  await until(...all)
  now += HOUR_MS
  await turn()
  await until(...all, 'first again', 'added again')
  await turn(true)
  await until(
    ...all,
    ...['first again', 'added again'],
    ...['first resolved', 'made resolved', 'off resolved', 'added resolved'],
  )
  expect(await database.db.select().from(delivery)).toHaveLength(got.length)
})

it('it is not told under a silence, nor of what somebody has taken, until that is over', async () => {
  await channel('first')
  await onlyRule({})
  await turn()
  await until('first firing')
  const [alarm] = await store.firing()
  await store.take(alarm?.id ?? '', 'me', now)
  await engine.reloadAlarm(alarm?.id ?? '')
  await channel('later')
  await turn()
  await store.take(alarm?.id ?? '', null, now)
  await engine.reloadAlarm(alarm?.id ?? '')
  const silence = { id: 's', ruleId: null, pattern: '*', until: now + HOUR_MS, createdAt: now, who: 'me' }
  await store.putSilence({ ...silence, reason: '', endedAt: null })
  await engine.reloadSilences()
  await turn()
  await until('first firing')
  await store.endSilence('s', now)
  await engine.reloadSilences()
  await turn()
  await until('first firing', 'later firing')
  expect(await database.db.select().from(delivery)).toHaveLength(2)
})

it('a console that was set up before a default rule existed gets it once, and none that somebody deleted', async () => {
  const key = `alarms.defaults.${cluster.id}`
  const later = defaultRules.filter(({ metric }) => laterRules.has(metric)).map(({ name }) => name)
  expect(later).toEqual(['Broker takes no messages'])
  await database.db.delete(alarmRule)
  // As a console of before noted it.
  await database.db
    .update(setting)
    .set({ value: String(now) })
    .where(eq(setting.key, key))
  const names = async () =>
    (await (await openAlarmStore(database, cluster.id, () => now)).rules()).map(({ name }) => name)
  expect(await names()).toEqual(later)
  await database.db.delete(alarmRule)
  expect(await names()).toEqual([])
})
