// test/server/trpc/rights.test.ts: every procedure has a rule, and the rule holds for every role. A procedure that was
// made without one fails here.
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { type JsonSchema, operationsOf } from '../../../server/http/api-table'
import { appRouter, createCaller } from '../../../server/root'
import type { ClusterDesk, ConsoleDesk, SignedIn } from '../../../server/shared/desk'
import {
  type GrantOn,
  grantsOf,
  nameMatches,
  type Right,
  type Role,
  rights,
  rightsOf,
  rightsTable,
  roles,
} from '../../../server/shared/rights'
import { contextFor } from '../../../server/trpc/context'
import { faultOf } from '../../../server/trpc/faults'
import {
  auditViewOf,
  consolesOwn,
  may,
  type Rule,
  readingFor,
  readingOf,
  typesName,
} from '../../../server/trpc/procedure'

/** Whatever is asked of it answers that it was reached: the rule let it through. */
const reached: unknown = new Proxy(() => undefined, {
  get: (_, key) =>
    key === 'then'
      ? undefined
      : (({ readOnly, production, name: 'C', id: 'c' } as Record<PropertyKey, unknown>)[key] ?? reached),
  apply: () => reached,
})
let readOnly = false
let production = false
const deskFor = (who: SignedIn | null): ConsoleDesk => ({
  version: 'test',
  servesMetrics: false,
  cookieName: 'test',
  access: new Proxy(
    { isSetUp: async () => true, who: async () => who, people: reached } as unknown as ConsoleDesk['access'],
    {
      get: (known, key) => (known as unknown as Record<PropertyKey, unknown>)[key] ?? (async () => reached), // the rest only shows it was reached
    },
  ),
  audit: {
    write: async () => undefined,
    mustBeWritable: async () => undefined,
    list: () => reached as never,
    verify: () => reached as never,
    lines: () => reached as never,
    close: async () => undefined,
  }, //   a marker in place of an answer
  masking: reached as never,
  backups: reached as never, //                                               as above
  oidc: reached as never, //                                                  as above
  notify: reached as never, //                                                as above
  templates: reached as never, //                                             as above
  clusters: {
    get: (id: string) => (id === 'c' ? (reached as never) : undefined),
    all: () => [],
    settings: () => [],
  } as unknown as ConsoleDesk['clusters'],
})
const signedIn = (role: Role): SignedIn => ({
  userId: 1,
  sessionId: 's',
  me: {
    name: role,
    role,
    rights: rightsOf(role),
    grants: grantsOf(role),
    signedInAt: 0,
    tryAs: null,
    source: 'local',
    settings: {
      language: null,
      theme: 'system',
      zone: 'UTC',
      density: 'normal',
      hour12: false,
      singleKeys: true,
      lastCluster: null,
    },
  },
})
// tRPC keeps a router's procedures by their path, with their meta: there is no public list of them.
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { meta?: Rule; type: string } }>,
).map(([path, procedure]) => ({ path, rule: procedure._def.meta, type: procedure._def.type }))
const call = async (path: string, who: SignedIn | null, cluster = 'c', more: object = {}): Promise<string> => {
  const context = contextFor(
    deskFor(who),
    { from: '::1', agent: '', session: 'x' },
    { once: true, setSession: () => undefined, drained: async () => undefined },
  )
  let target: unknown = createCaller(context)
  for (const part of path.split('.')) target = (target as Record<string, unknown>)[part] // a caller is a tree of functions
  try {
    await (target as (input: unknown) => Promise<unknown>)({ cluster, ...more })
    return 'through'
  } catch (error) {
    return error instanceof TRPCError ? faultOf(error).kind : String(error)
  }
}
const fieldsOf = ({ properties = {}, allOf = [] }: JsonSchema): Set<string> =>
  new Set([...Object.keys(properties), ...allOf.flatMap((part) => [...fieldsOf(part)])])
/** The rule let it through, and the input was then looked at. */
const through = ['through', 'bad-input']

describe('every procedure', () => {
  it('has a rule that names a right of the table', () => {
    const without = procedures.filter(
      ({ rule }) => rule === undefined || (rule.right !== 'open' && !rights.includes(rule.right)),
    )
    expect(without).toEqual([])
    expect(procedures.length).toBeGreaterThan(50)
  })
  it('is open without a session only for state, set-up and login', () => {
    expect(procedures.filter(({ rule }) => rule?.right === 'open').map(({ path }) => path)).toEqual([
      'auth.state',
      'auth.setup',
      'auth.login',
    ])
  })
  it.each(
    procedures
      .filter(({ rule }) => rule?.right !== 'open')
      .map(({ path, rule }) => [path, rule?.right as Right] as const),
  )('%s answers whoever holds %s, and nobody else', async (path, right) => {
    expect(await call(path, null)).toBe('not-signed-in')
    for (const role of roles) {
      const grant: string = rightsTable[right][role]
      const held = grant === 'yes' || grant === 'own'
      const answer = await call(path, signedIn(role))
      expect({ path, role, answer: through.includes(answer) ? 'through' : answer }).toEqual({
        path,
        role,
        answer: held ? 'through' : 'not-allowed',
      })
    }
  })
  it('asks for its right and for no other, whatever the role of who holds it is called', async () => {
    const holder = (held: readonly Right[]): SignedIn => {
      const { me, ...rest } = signedIn('viewer')
      const grants = held.map((right): GrantOn => ({ right, cluster: '*', names: '*' }))
      return { ...rest, me: { ...me, role: 'admin', rights: [...held], grants } }
    }
    for (const { path, rule } of procedures) {
      if (rule === undefined || rule.right === 'open') continue
      const { right } = rule
      const own = await call(path, holder([right]))
      const others = await call(path, holder(rights.filter((one) => one !== right)))
      expect({ path, own: through.includes(own), others }).toEqual({ path, own: true, others: 'not-allowed' })
    }
  })
  it('is judged alike by the table and by the check, for every right and every role, with and without what is given by name', () => {
    for (const role of roles)
      for (const right of rights)
        for (const extra of [[], [right]]) {
          const who = { ...signedIn(role), me: { ...signedIn(role).me, grants: grantsOf(role, extra) } }
          const grant: string = rightsTable[right][role]
          const held = grant === 'yes' || grant === 'own' || (grant === 'extra' && extra.length > 0)
          expect({ role, right, extra, may: may(who, right, { cluster: 'c', name: 'n' }) }).toEqual({
            role,
            right,
            extra,
            may: held,
          })
        }
  })
  it('finds no cluster under a name that is none', async () => {
    for (const { path, rule } of procedures)
      if (rule?.scope === 'cluster')
        expect({ path, answer: await call(path, signedIn('admin'), 'other') }).toEqual({ path, answer: 'not-found' })
  })
  it('changes nothing on a read-only cluster', async () => {
    readOnly = true
    try {
      for (const { path, rule, type } of procedures) {
        if (rule?.scope !== 'cluster') continue
        const answer = await call(path, signedIn('admin'))
        // Alarms and saved views are the console's own, and an export changes nothing.
        const ownOrHarmless = rule.right.startsWith('alarm.') || ['own.write', 'message.export'].includes(rule.right)
        if (type === 'mutation' && !ownOrHarmless && !consolesOwn.has(path))
          expect({ path, answer }).toEqual({ path, answer: 'read-only' })
        else expect(through).toContain(answer)
      }
    } finally {
      readOnly = false
    }
  })
})

describe('an admin who looks at the console as somebody else', () => {
  it('changes nothing but how that ends, and how they see it', async () => {
    // With an admin's rights, so that it is not for lack of them.
    const admin = signedIn('admin')
    const trying = { ...admin, me: { ...admin.me, tryAs: { kind: 'role' as const, name: 'operator' } } }
    const taken: string[] = []
    for (const { path, rule, type } of procedures) {
      if (rule?.right === 'open') continue
      const answer = await call(path, trying)
      if (type !== 'mutation') expect(through).toContain(answer)
      else if (answer !== 'trying') taken.push(path)
    }
    expect(taken.sort()).toEqual(['access.endTryAs', 'auth.logout', 'auth.settings'])
  })
})

describe('a cluster marked production', () => {
  it('takes a typed name in place of its own only where a change asks for one, and checks it', async () => {
    const asking = [...operationsOf().values()].filter(
      ({ input, rule, type }) => type === 'mutation' && rule.scope === 'cluster' && fieldsOf(input).has('confirm'),
    )
    expect(asking.map(({ path }) => path).sort()).toEqual(Object.keys(typesName).sort())
    production = true
    try {
      expect(await call('topic.create', signedIn('admin'), 'c', { topic: 'T', confirm: 'whatever' })).toBe('production')
      expect(through).toContain(await call('topic.delete', signedIn('admin'), 'c', { topic: 'T', confirm: 'T' }))
    } finally {
      production = false
    }
  })
  it('takes no other text for the name of what is changed, nor an empty one', async () => {
    const named: Record<string, unknown> = { topic: 'T', group: 'G', part: 'broker-a:0', user: 'u', preview: 'p' }
    for (const marked of [false, true]) {
      production = marked
      try {
        for (const [path, field] of Object.entries(typesName)) {
          const type = (confirm: string) => call(path, signedIn('admin'), 'c', { ...named, confirm })
          if (field !== 'shown') {
            expect({ path, answer: await type('whatever') }).toEqual({ path, answer: 'confirm-mismatch' })
            expect({ path, answer: await type('C') }).toEqual({ path, answer: 'confirm-mismatch' })
            expect(through).toContain(await type(String(named[field])))
          }
          if (marked) expect(['production', 'confirm-mismatch']).toContain(await type(''))
        }
      } finally {
        production = false
      }
    }
  })
  it('takes no change that does not carry its name, or the name of what it changes', async () => {
    production = true
    try {
      for (const { path, rule, type } of procedures) {
        if (rule?.scope !== 'cluster') continue
        const [answer, named, wrong] = [
          await call(path, signedIn('admin')),
          await call(path, signedIn('admin'), 'c', { production: 'C' }),
          await call(path, signedIn('admin'), 'c', { production: 'D' }),
        ]
        expect(through).toContain(named)
        if (
          type === 'mutation' &&
          !rule.right.startsWith('alarm.') &&
          rule.right !== 'own.write' &&
          !consolesOwn.has(path)
        )
          expect({ path, answer, wrong }).toEqual({ path, answer: 'production', wrong: 'production' })
        else expect(through).toContain(answer)
      }
    } finally {
      production = false
    }
  })
})

describe('SE3: a grant on some clusters and names', () => {
  const holding = (...grants: GrantOn[]): SignedIn => {
    const base = signedIn('viewer')
    return { ...base, me: { ...base.me, role: 'team', rights: grants.map(({ right }) => right), grants } }
  }
  const ask = (path: string, input: Record<string, unknown>, who: SignedIn) => call(path, who, 'c', input)
  it('lets through the names that match on that cluster, and an input that names nothing only with all of them', async () => {
    const who = holding({ right: 'topic.write', cluster: 'c', names: 'orders_*' })
    expect(through).toContain(await ask('topic.update', { topic: 'orders_eu' }, who))
    expect(await ask('topic.update', { topic: 'payments' }, who)).toBe('not-allowed')
    expect(await ask('topic.update', {}, who)).toBe('not-allowed')
    expect(await ask('topic.update', { topic: ['orders_eu'] }, who)).toBe('not-allowed')
    const elsewhere = holding({ right: 'topic.write', cluster: 'other', names: '*' })
    expect(await ask('topic.update', { topic: 'orders_eu' }, elsewhere)).toBe('not-allowed')
  })
  it('shows bodies of its topics alone, and none where the topic is not known before', () => {
    const who = holding({ right: 'message.read', cluster: 'c', names: 'orders_*' })
    expect(readingOf(who, 'c', 'orders_eu').bodies).toBe(true)
    expect(readingOf(who, 'c', 'payments').bodies).toBe(false)
    expect(readingOf(who, 'c', null).bodies).toBe(false)
    expect(readingOf(signedIn('viewer'), 'c', 'orders_eu').bodies).toBe(false)
  })
  it('shows what is masked to whoever holds the right to see it, whatever their role is called', () => {
    const rules = [{ id: 'm', cluster: '*', topics: '*', part: 'body', field: '', how: 'hide' } as const]
    const desk = { masking: { of: () => rules, digest: String } } as unknown as ConsoleDesk // what is asked of it
    const cluster = { id: 'c' } as unknown as ClusterDesk // its id is all that is read
    const read: GrantOn = { right: 'message.read', cluster: 'c', names: '*' }
    const unmask: GrantOn = { right: 'message.unmask', cluster: 'c', names: 'orders_*' }
    const masked = (who: SignedIn, topic: string | null) =>
      readingFor({ signedIn: who, cluster, desk }, topic).masks !== undefined
    const asks = ['orders_eu', 'payments', null] as const
    expect(asks.map((topic) => masked(holding(read), topic))).toEqual([true, true, true])
    expect(asks.map((topic) => masked(holding(read, unmask), topic))).toEqual([false, true, true])
    // A role of one's own called like a built-in one holds no more for it.
    const named = holding(read)
    expect(masked({ ...named, me: { ...named.me, role: 'admin' } }, 'orders_eu')).toBe(true)
    expect(asks.map((topic) => masked(signedIn('admin'), topic))).toEqual([false, false, false])
    expect(masked(signedIn('operator'), 'orders_eu')).toBe(true)
    const given = {
      ...signedIn('operator'),
      me: { ...signedIn('operator').me, grants: grantsOf('operator', ['message.unmask']) },
    }
    expect(masked(given, 'orders_eu')).toBe(false)
  })
  it('shows the audit log of its clusters, and the own lines elsewhere', () => {
    const read = (cluster: string, own?: true): GrantOn => ({
      right: 'audit.read',
      cluster,
      names: '*',
      ...(own ? { own } : {}),
    })
    expect(auditViewOf(holding(read('*', true)))).toEqual({ who: 'viewer', clusters: [] })
    expect(auditViewOf(holding(read('*', true), read('c')))).toEqual({ who: 'viewer', clusters: ['c'] })
    expect(auditViewOf(holding(read('c'), read('*')))).toBeNull()
    expect(auditViewOf(signedIn('admin'))).toBeNull()
    expect(auditViewOf(signedIn('operator'))).toEqual({ who: 'operator', clusters: [] })
  })
  it('shows where channels lead to admins alone', async () => {
    const row = { id: 'w', name: 'hook', settings: { url: 'https://hook.example/secret-path' }, last: null }
    const list = async (who: SignedIn) => {
      const desk = { ...deskFor(who), notify: { list: async () => [row] } as unknown as ConsoleDesk['notify'] } // what is asked of it
      const caller = { from: '::1', agent: '', session: 'x' }
      const answers = { once: true, setSession: () => undefined, drained: async () => undefined }
      return createCaller(contextFor(desk, caller, answers)).channel.list()
    }
    expect(await list(signedIn('admin'))).toEqual([row])
    for (const role of ['viewer', 'operator'] as const)
      expect(JSON.stringify(await list(signedIn(role)))).not.toMatch(/hook\.example|secret-path/)
  })
  it('puts dead letters into another topic only for whoever may send there and see all of them', async () => {
    const input = {
      group: 'g',
      toTopic: 'orders_new',
      target: 'topic',
      select: { kind: 'ids', offsetIds: ['A'.repeat(32)] },
    }
    const preview = async (topics: string, ...more: GrantOn[]): Promise<string> => {
      const who = holding({ right: 'message.redrive', cluster: 'c', names: 'g' }, ...more)
      const masking = { of: () => [{ topics }] } as unknown as ConsoleDesk['masking'] // what is asked of it
      const caller = { from: '::1', agent: '', session: 'x' }
      const answers = { once: true, setSession: () => undefined, drained: async () => undefined }
      const asker = createCaller(contextFor({ ...deskFor(who), masking }, caller, answers))
      return asker.dead.redrivePreview({ cluster: 'c', ...input } as never).then(
        () => 'through',
        (error: unknown) => (error instanceof TRPCError ? faultOf(error).text : String(error)),
      )
    }
    const send: GrantOn = { right: 'message.send', cluster: 'c', names: 'orders_*' }
    const read: GrantOn = { right: 'message.read', cluster: 'c', names: '%DLQ%g' }
    const unmask: GrantOn = { right: 'message.unmask', cluster: 'c', names: '%DLQ%*' }
    expect(await preview('payments', read)).toContain('message.send')
    expect(await preview('payments', send)).toContain('message.read')
    expect(await preview('payments', send, read)).toContain('message.unmask')
    expect(await preview('orders_*', send, read)).toBe('through') // hidden there as well
    expect(await preview('payments', send, read, unmask)).toBe('through')
  })
  it('takes a star for any letters, once or more', () => {
    for (const [pattern, name, fits] of [
      ['a*', 'abc', true],
      ['*c', 'abc', true],
      ['a*c', 'ac', true],
      ['a*b*c', 'aXbYc', true],
      ['a*a', 'a', false],
      ['ab', 'abc', false],
      ['*', '', true],
      ['a*b*c', 'acb', false],
      ['%RETRY%*', '%RETRY%g', true],
    ] as const)
      expect([pattern, name, nameMatches(pattern, name)]).toEqual([pattern, name, fits])
  })
})
describe('rights', () => {
  it('are nobody’s by default: an operator gets an extra one only by name', () => {
    expect(rightsOf('operator')).not.toContain('topic.delete')
    expect(rightsOf('operator', ['topic.delete'])).toContain('topic.delete')
    expect(rightsOf('viewer', ['broker.write'])).not.toContain('broker.write')
  })
})
