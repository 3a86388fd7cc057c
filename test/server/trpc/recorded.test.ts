// test/server/trpc/recorded.test.ts: which calls leave a line in the audit log, and whose name it bears.
import { beforeEach, expect, it } from 'vitest'
import { noteFacts } from '../../../server/audit/facts'
import { createCaller } from '../../../server/root'
import { alarmRuleBody, defaultRules } from '../../../server/shared/alarms'
import type { AuditEntry, ConsoleDesk, SignedIn } from '../../../server/shared/desk'
import { DeskError } from '../../../server/shared/errors'
import { grantsOf, rightsOf } from '../../../server/shared/rights'
import { contextFor } from '../../../server/trpc/context'

let lines: AuditEntry[] = []
let locked = false
let full = false
beforeEach(() => {
  lines = []
  locked = false
  full = false
})
const ann = {
  userId: 1,
  sessionId: 's',
  me: { name: 'ann', role: 'viewer', rights: rightsOf('viewer'), grants: grantsOf('viewer'), tryAs: null },
}
const callerAs = (
  who: SignedIn | null,
  parts: { clusters?: object; people?: object; masking?: object; notify?: object } = {},
) => {
  const login = async () => {
    throw locked ? new DeskError('locked-out', 'wait') : new DeskError('wrong-password', 'no')
  }
  const desk = {
    access: { who: async () => who, login, people: parts.people },
    audit: {
      write: async (line: AuditEntry) => void lines.push(line),
      mustBeWritable: async () => {
        if (full) throw new DeskError('budget', 'the audit log cannot be written')
      },
    },
    clusters: { get: () => undefined, ...parts.clusters },
    masking: parts.masking,
    notify: parts.notify,
  } as unknown as ConsoleDesk // what these calls reach of it
  const caller = { from: '::1', agent: '', session: null }
  const drained = async () => undefined
  return createCaller(contextFor(desk, caller, { once: true, setSession: () => undefined, drained }))
}
const fails = (work: Promise<unknown>): Promise<unknown> => expect(work).rejects.toThrow()

it('writes down a wrong password under the name it was for', async () => {
  await fails(callerAs(null).auth.login({ name: 'root', password: 'wrong' }))
  expect(lines).toMatchObject([{ who: 'root', action: 'auth.login', result: 'failed' }])
})

it('lets nobody without a session fill the log with what was not even tried', async () => {
  const nobody = callerAs(null)
  await fails(nobody.cluster.remove({ id: 'c', confirm: 'c' }))
  await fails(nobody.auth.login({ name: 'x'.repeat(10_000_000), password: 'p' }))
  locked = true
  await fails(nobody.auth.login({ name: 'root', password: 'wrong' }))
  expect(lines).toEqual([])
})

it('writes down what somebody was refused, under the name of the session, and in short', async () => {
  const given = { id: 'c'.repeat(10_000), confirm: 'c', name: 'root' }
  await fails(callerAs(ann as unknown as SignedIn).cluster.remove(given))
  expect(lines).toMatchObject([{ who: 'ann', action: 'cluster.remove', result: 'failed' }])
  expect(lines[0]?.object).toHaveLength(1000)
})

it('does not even try what would leave no line', async () => {
  full = true
  await expect(callerAs(ann as unknown as SignedIn).cluster.remove({ id: 'c', confirm: 'c' })).rejects.toThrow(
    'the audit log cannot be written',
  )
  expect(lines).toEqual([])
})

it('says of a test that failed that it failed, and names the account a change is about', async () => {
  const root = { ...ann, me: { ...ann.me, role: 'admin', grants: grantsOf('admin'), rights: rightsOf('admin') } }
  const steps = [
    { step: 'resolve', ok: true, text: '' },
    { step: 'connect', ok: false, text: 'nobody listens there' },
  ]
  const people = {
    createUser: async () => undefined,
    nameOf: async (id: number) => (id === 7 ? 'li.wei' : undefined),
    endSessions: async () => undefined,
  }
  const notify = { put: async () => 'c3f1' }
  const asRoot = callerAs(root as unknown as SignedIn, { clusters: { test: async () => steps }, people, notify })
  await asRoot.cluster.test({ namesrv: ['127.0.0.1:1'] })
  await asRoot.access.createUser({ name: 'kim', password: 'a long enough one', role: 'viewer' })
  await asRoot.access.endSessions({ id: 7 })
  await asRoot.channel.put({ channel: { kind: 'webhook', name: 'On call', url: 'https://hooks.example/x' } })
  expect(lines).toMatchObject([
    { action: 'cluster.test', result: 'failed', error: 'nobody listens there' },
    { action: 'access.createUser', object: 'kim', result: 'ok' },
    { action: 'access.endSessions', object: 'li.wei', result: 'ok' },
    { action: 'channel.put', object: 'On call', result: 'ok' },
  ])
  expect(JSON.stringify(lines)).not.toContain('a long enough one')
})

it('keeps what a filter script was before, and shows what it threw to those alone who may read every message', async () => {
  const held = { source: 'function match() { return true }', onFault: 'open', timeLimitMs: 20, passed: 7 }
  const rows = [
    { broker: 'broker-a:0', filter: { value: { ...held, lastFault: 'it threw {"phone":"138"}' }, at: 1 } },
    { broker: 'broker-b:0', filter: { value: null, at: 1 } },
    { broker: 'broker-c:0', filter: { unknown: 'not-supported' } },
  ]
  const done = { ok: 1, failed: 0, rows: [] }
  const tryFilter = async () => ({ verdict: 'passed' })
  const groups = { tryFilter, filter: async () => rows, setFilter: async () => done, removeFilter: async () => done }
  const filtered = { id: 'c', name: 'C', readOnly: false, production: false, groups }
  const clusters = { get: () => filtered }
  const at = { cluster: 'c', group: 'g' }
  const as = (role: 'viewer' | 'operator' | 'admin', rules: object[]) => {
    const me = { ...ann.me, role, grants: grantsOf(role), rights: rightsOf(role) }
    return callerAs({ ...ann, me } as unknown as SignedIn, { clusters, masking: { of: () => rules, digest: String } })
  }
  const rule = { topics: 'orders_*', part: 'field', field: 'phone' }
  const thrown = async (caller: ReturnType<typeof as>) => JSON.stringify(await caller.group.filter(at))
  expect(await thrown(as('admin', [rule]))).toContain('138')
  expect(await thrown(as('operator', []))).toContain('138')
  expect(await thrown(as('operator', [rule]))).not.toContain('138')
  expect(await thrown(as('viewer', []))).not.toContain('138')
  expect(await thrown(as('viewer', []))).toContain('"passed":7')

  const script = { ...at, source: 'function match() { return false }', onFault: 'closed', timeLimitMs: 20 } as const
  const attempt = { ...at, source: 'x', timeLimitMs: 20, message: { newestOf: 'T' } }
  await expect(as('operator', [rule]).group.setFilter(script)).rejects.toThrow(/needs the right message.unmask/)
  await expect(as('operator', [rule]).group.tryFilter(attempt)).rejects.toThrow(/needs the right message.unmask/)
  await expect(as('viewer', []).group.tryFilter(attempt)).rejects.toThrow('group.write')
  expect(lines.splice(0)).toMatchObject([{ action: 'group.setFilter', result: 'failed' }, {}, {}])
  expect(await as('operator', []).group.tryFilter(attempt)).toMatchObject({ verdict: 'passed' })
  expect(lines.splice(0)).toMatchObject([{ action: 'group.tryFilter', object: 'g', result: 'ok' }])
  // A trial changes nothing, and so may be made where nothing may be changed, and without the name of the cluster.
  Object.assign(filtered, { readOnly: true, production: true })
  expect(await as('operator', []).group.tryFilter(attempt)).toMatchObject({ verdict: 'passed' })
  await expect(as('operator', []).group.setFilter(script)).rejects.toThrow('read-only')
  Object.assign(filtered, { readOnly: false, production: false })
  lines.splice(0)
  await as('operator', []).group.setFilter(script)
  await as('operator', []).group.removeFilter(at)
  const { passed: _, ...was } = held
  for (const line of lines) expect(JSON.parse(line.before ?? '')).toEqual([{ broker: 'broker-a:0', ...was }])
  expect(lines).toMatchObject([{ action: 'group.setFilter' }, { action: 'group.removeFilter' }])
})

it('says what a change did: what the applied preview held, what settings were before, and never a secret', async () => {
  const done = { ok: 1, failed: 0, rows: [] }
  const configs = ['broker-a', 'broker-b'].map((broker) => ({ broker, retryMaxTimes: 16, retryQueueNums: 1 }))
  const groups = {
    get: async () => ({ configs }),
    update: async () => done,
    reset: async () => {
      noteFacts({ before: { queues: [{ queue: 'T a 0', offset: 9n }] }, after: { target: { kind: 'earliest' } } })
      return done
    },
  }
  const waiting = {
    apply: async () => {
      noteFacts({ object: 'Orders', after: { act: 'rollback', messages: [{ offsetId: '7F' }] } })
      return done
    },
  }
  const entries = [
    { key: 'fileReservedTime', value: '72' },
    { key: 'brokerRole', value: 'ASYNC_MASTER' },
  ]
  const brokers = { get: async () => ({ config: { value: entries, at: 1 } }), configUpdate: async () => done }
  const rule = { ...defaultRules[0], id: 'r1', name: 'Mine', value: 60_000 }
  const alarms = {
    silences: async () => [{ id: 's1', pattern: 'GID_*' }],
    endSilence: async () => undefined,
    rules: async () => [{ ...rule, matched: 3, firing: 1, unknown: 0, pending: 0, firedLast7d: 9 }],
    putRule: async () => ({ id: 'r1' }),
    removeRule: async () => undefined,
    take: async () => noteFacts({ object: 'Mine: GID_a', before: { takenBy: null }, after: { takenBy: 'ann' } }),
  }
  const cluster = { id: 'c', name: 'C', readOnly: false, production: false, groups, waiting, brokers, alarms }
  const settings = { host: 'old.example', port: 25, url: 'https://hooks.example/secret-path' }
  const row = { id: 'c1', kind: 'mail', name: 'On call', enabled: true, settings, hasSecret: true }
  const notify = { list: async () => [row], put: async () => 'c1', test: async () => ({ status: 'delivered' }) }
  const me = { ...ann.me, role: 'admin', grants: grantsOf('admin'), rights: rightsOf('admin') }
  const asRoot = callerAs({ ...ann, me } as unknown as SignedIn, { clusters: { get: () => cluster }, notify })
  const at = { cluster: 'c' }
  const queues = [{ topic: 'T', broker: 'a', queueId: 0 }]
  await asRoot.group.reset({ ...at, group: 'g', preview: 'x3qr', confirm: 'g', queues })
  await asRoot.waiting.decide({ ...at, preview: 'x3qr', confirm: 'Orders' })
  await asRoot.group.update({ ...at, group: 'g', brokers: ['broker-b'], config: { retryMaxTimes: 3 } })
  await asRoot.broker.configUpdate({ ...at, brokers: ['a:0', 'b:0'], changes: { fileReservedTime: '48' } })
  const mail = { kind: 'mail', name: 'On call', host: 'new.example', port: 587, security: 'tls' } as const
  const channel = { ...mail, secret: 'opensesame', from: 'a@example.org', to: ['b@example.org'] }
  await asRoot.channel.put({ id: 'c1', channel })
  await asRoot.channel.test({ id: 'c1' })
  await asRoot.alarm.endSilence({ ...at, id: 's1' })
  const { id: _, ...body } = rule
  const changed = alarmRuleBody.parse({ ...body, value: 90_000 })
  await asRoot.alarm.putRule({ ...at, rule: changed })
  await asRoot.alarm.putRule({ ...at, id: 'r1', rule: changed })
  await asRoot.alarm.removeRule({ ...at, id: 'r1' })
  await asRoot.alarm.take({ ...at, id: 'a1', taken: true })
  const parsed = (text: string | null | undefined): unknown => (text == null ? null : JSON.parse(text))
  const told = lines.map(({ action, object, before, after }) => [action, object, parsed(before), parsed(after)])
  expect(told).toEqual([
    ['group.reset', 'g', { queues: [{ queue: 'T a 0', offset: '9' }] }, { target: { kind: 'earliest' } }],
    ['waiting.decide', 'Orders', null, { act: 'rollback', messages: [{ offsetId: '7F' }] }],
    [
      'group.update',
      'g',
      [{ broker: 'broker-b', config: { retryMaxTimes: 16 } }],
      { brokers: ['broker-b'], config: { retryMaxTimes: 3 } },
    ],
    [
      'broker.configUpdate',
      'a:0, b:0',
      ['a:0', 'b:0'].map((broker) => ({ broker, changes: { fileReservedTime: '72' } })),
      { brokers: ['a:0', 'b:0'], changes: { fileReservedTime: '48' } },
    ],
    [
      'channel.put',
      'On call',
      { channel: { kind: 'mail', name: 'On call', host: 'old.example', port: 25, url: 'given', secret: 'given' } },
      { channel: { ...channel, secret: 'given' } },
    ],
    ['channel.test', 'On call', null, null],
    ['alarm.endSilence', 'GID_*', null, null],
    ['alarm.putRule', 'Mine', null, { rule: changed }],
    ['alarm.putRule', 'Mine', { rule: body }, { rule: changed }],
    ['alarm.removeRule', 'Mine', body, null],
    ['alarm.take', 'Mine: GID_a', { takenBy: null }, { taken: true, takenBy: 'ann' }],
  ])
  expect(JSON.stringify(lines)).not.toMatch(/opensesame|secret-path/)
})
