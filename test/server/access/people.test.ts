// test/server/access/people.test.ts: accounts, roles made here and tokens, on a real database: nobody holds more than they
// were given, and there is always an admin who can sign in.
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openLockout } from '../../../server/access/lockout'
import { type Access, openAccess } from '../../../server/access/open'
import type { Passwords } from '../../../server/access/password'
import { type Database, openDatabase } from '../../../server/db/open'
import type { SignedIn } from '../../../server/shared/desk'
import { DeskError } from '../../../server/shared/errors'
import { grantFor } from '../../../server/shared/rights'
import { temporaryFolder } from '../../support/folders'

const PASSWORD = 'correct horse battery'
const DAY_MS = 86_400_000
const caller = (session: string | null, token: string | null = null) => ({
  from: '10.0.0.1',
  agent: '',
  session,
  token,
})
/** As the real ones, without their price: what is tried here is not the hash. */
const cheap: Passwords = {
  hash: async (password) => `plain ${password}`,
  matches: async (password, stored) => stored === `plain ${password}`,
}
const ends: Database[] = []
afterEach(async () => {
  for (const one of ends.splice(0)) await one.close()
})
interface World {
  access: Access
  admin: SignedIn
  signIn: (name: string) => Promise<{ session: string; who: SignedIn }>
  clock: { at: number }
}
const world = async (passwords: Passwords = cheap): Promise<World> => {
  const folder = temporaryFolder('people')
  const clock = { at: 1_700_000_000_000 }
  const now = () => clock.at
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  ends.push(database)
  const access = await openAccess({ db: database.db, folder, now, passwords, lockout: openLockout({ now }) })
  const token = access.setupToken.current() ?? ''
  await access.setup({ token, name: 'root', password: PASSWORD }, caller(null))
  const signIn: World['signIn'] = async (name) => {
    const { session } = await access.login(name, PASSWORD, caller(null))
    const who = await access.who(caller(session))
    if (who === null) throw new Error('not signed in')
    return { session, who }
  }
  return { access, admin: (await signIn('root')).who, signIn, clock }
}
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DeskError ? error.kind : String(error)),
  )

it('lets nobody in from a provider before it has an account of its own, and counts no other as one', async () => {
  const folder = temporaryFolder('people')
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  ends.push(database)
  const open = () => openAccess({ db: database.db, folder, passwords: cheap })
  const li = { subject: 'https://login.example.org 1', name: 'li', role: 'viewer', hint: '' }
  await expect((await open()).admit(li, caller(null))).rejects.toMatchObject({ fault: 'not-set-up' })
  await database.batch([
    {
      sql: "insert into user (name, password, role, created_at, source, subject) values ('li', '', 'viewer', 1, 'oidc', 'x 1')",
      params: [],
    },
  ])
  const access = await open()
  expect(await access.isSetUp()).toBe(false)
  const setup = (name: string) =>
    access.setup({ token: access.setupToken.current() ?? '', name, password: PASSWORD }, caller(null))
  expect(await kindOf(setup('LI'))).toBe('exists')
  expect(await kindOf(setup('root'))).toBe('done')
  expect((await access.admit(li, caller(null)).catch((error) => error)).fault).toBe('name-taken')
})

describe('an admin who looks at the console as somebody else', () => {
  it('has just the rights of that role or account, as they are now, until it is ended', async () => {
    const { access, signIn } = await world()
    await access.people.createUser({ name: 'kim', password: PASSWORD, role: 'operator', extra: ['topic.delete'] })
    await access.people.putRole({ name: 'orders', grants: [{ right: 'topic.write', cluster: 'c', names: 'Orders*' }] })
    const { session, who } = await signIn('root')
    const now = async () => (await access.who(caller(session)))?.me
    await access.tryAs(who, { kind: 'role', name: 'viewer' })
    expect(await now()).toMatchObject({ name: 'root', role: 'viewer', tryAs: { kind: 'role', name: 'viewer' } })
    expect((await now())?.rights).not.toContain('console.admin')
    await access.tryAs(who, { kind: 'user', name: 'kim' })
    expect((await now())?.rights).toContain('topic.delete')
    await access.people.updateUser({ id: 2, role: 'viewer', extra: [] }, who)
    expect((await now())?.rights).not.toContain('topic.delete')
    await access.tryAs(who, { kind: 'role', name: 'orders' })
    expect(grantFor((await now())?.grants ?? [], 'topic.write', { cluster: 'c', name: 'Orders1' })).toBeDefined()
    expect(grantFor((await now())?.grants ?? [], 'topic.write', { cluster: 'c', name: 'Pay' })).toBeUndefined()
    expect(await kindOf(access.tryAs(who, { kind: 'user', name: 'nobody' }))).toBe('not-found')
    await access.tryAs(who, null)
    expect(await now()).toMatchObject({ role: 'admin', tryAs: null })
  })
})

describe('accounts', () => {
  it('were last seen when one of their sessions was last used, not when it began', async () => {
    const { access, admin, signIn, clock } = await world()
    const { session } = await signIn('root')
    const began = clock.at
    clock.at += 44 * 60_000
    await access.who(caller(session))
    expect(await access.people.users(admin)).toMatchObject([{ name: 'root', lastSeenAt: began + 44 * 60_000 }])
  })
  it('sign in with the role they were given, and lose their sessions with it', async () => {
    const { access, admin, signIn } = await world()
    await access.people.createUser({ name: 'ann', password: PASSWORD, role: 'operator', extra: ['topic.delete'] })
    const ann = await signIn('ann')
    expect(ann.who.me).toMatchObject({ name: 'ann', role: 'operator' })
    expect(ann.who.me.rights).toContain('topic.delete')
    await access.people.updateUser({ id: ann.who.userId, role: 'viewer' }, admin)
    expect(await access.who(caller(ann.session))).toBeNull()
    expect((await signIn('ann')).who.me.rights).not.toContain('message.send')
  })
  it('are let in by nothing while they are locked, and by no old password after a new one', async () => {
    const { access, admin, signIn } = await world()
    await access.people.createUser({ name: 'ann', password: PASSWORD, role: 'operator', extra: [] })
    const { who, session } = await signIn('ann')
    const { secret } = await access.people.createToken(
      { name: 'ci', rights: ['cluster.read'], cluster: '*', days: 1 },
      who,
    )
    await access.people.updateUser({ id: who.userId, locked: true }, admin)
    expect(await access.who(caller(session))).toBeNull()
    expect(await access.who(caller(null, secret))).toBeNull()
    expect(await kindOf(access.login('ann', PASSWORD, caller(null)))).toBe('not-allowed')
    await access.people.updateUser({ id: who.userId, locked: false }, admin)
    await access.people.setPassword(who.userId, 'another long password')
    expect(await kindOf(access.login('ann', PASSWORD, caller(null)))).toBe('wrong-password')
  })
  it('never end without an admin when two are demoted side by side', async () => {
    const { access, admin, signIn } = await world()
    await access.people.createUser({ name: 'second', password: PASSWORD, role: 'admin', extra: [] })
    const second = (await signIn('second')).who
    const ended = await Promise.all([
      kindOf(access.people.updateUser({ id: second.userId, role: 'viewer' }, admin)),
      kindOf(access.people.updateUser({ id: admin.userId, role: 'viewer' }, second)),
    ])
    expect(ended.sort()).toEqual(['bad-input', 'done'])
    expect((await access.people.users(admin)).filter(({ role }) => role === 'admin')).toHaveLength(1)
  })
  it('never end without an admin: the last one is neither demoted, locked nor deleted', async () => {
    const { access, admin } = await world()
    await access.people.createUser({ name: 'second', password: PASSWORD, role: 'admin', extra: [] })
    const second = (await access.people.users(admin)).find(({ name }) => name === 'second')
    const { people } = access
    for (const change of [{ role: 'viewer' }, { locked: true }])
      expect(await kindOf(people.updateUser({ id: admin.userId, ...change }, admin))).toBe('bad-input')
    expect(await kindOf(people.deleteUser(admin.userId, 'root', admin))).toBe('bad-input')
    await people.updateUser({ id: second?.id ?? 0, locked: true }, admin)
    const other: SignedIn = { ...admin, userId: second?.id ?? 0 }
    expect(await kindOf(people.updateUser({ id: admin.userId, role: 'viewer' }, other))).toBe('bad-input')
    expect(await kindOf(people.deleteUser(second?.id ?? 0, 'wrong', admin))).toBe('confirm-mismatch')
    expect(await kindOf(people.deleteUser(second?.id ?? 0, 'second', admin))).toBe('done')
  })
})

describe('a role made here', () => {
  it('holds its rights on its clusters and names and nowhere else, and who may can be asked', async () => {
    const { access, signIn } = await world()
    const { people } = access
    await people.putRole({
      name: 'orders-team',
      grants: [
        { right: 'cluster.read', cluster: 'main', names: '*' },
        { right: 'offset.reset', cluster: 'main', names: 'GID_orders_*' },
      ],
    })
    await people.createUser({ name: 'ann', password: PASSWORD, role: 'orders-team', extra: [] })
    const { grants } = (await signIn('ann')).who.me
    const reset = (cluster: string, name: string | null) =>
      grantFor(grants, 'offset.reset', { cluster, name }) !== undefined
    expect(reset('main', 'GID_orders_eu')).toBe(true)
    expect(reset('main', 'GID_payments')).toBe(false)
    expect(reset('other', 'GID_orders_eu')).toBe(false)
    expect(reset('main', null)).toBe(false)
    expect(grantFor(grants, 'own.write')).toBeDefined()
    const may = await people.whoMay('offset.reset', { cluster: 'main', name: 'GID_orders_eu' })
    expect(may.map(({ user, may: yes }) => [user, yes])).toEqual([
      ['ann', true],
      ['root', true],
    ])
  })
  it('changes at once for those who hold it, and stays while somebody does', async () => {
    const { access, signIn } = await world()
    const { people } = access
    await people.putRole({ name: 'team', grants: [{ right: 'cluster.read', cluster: '*', names: '*' }] })
    await people.createUser({ name: 'ann', password: PASSWORD, role: 'team', extra: [] })
    const { session } = await signIn('ann')
    await people.putRole({ name: 'team', grants: [{ right: 'message.send', cluster: '*', names: 'a*' }] })
    expect((await access.who(caller(session)))?.me.rights).toEqual(['own.write', 'message.send', 'audit.read'])
    expect(await kindOf(people.deleteRole('team', 'team'))).toBe('bad-input')
    expect(await kindOf(people.putRole({ name: 'admin', grants: [] }))).toBe('bad-input')
  })
})

describe('a token', () => {
  it('holds what was chosen, on its cluster, until its day, and its secret is in no file', async () => {
    const { access, admin, clock } = await world()
    const { people } = access
    const made = await people.createToken({ name: 'ci', rights: ['topic.write'], cluster: 'main', days: 2 }, admin)
    const who = await access.who(caller(null, made.secret))
    expect(who?.me.rights).toEqual(['topic.write'])
    expect(grantFor(who?.me.grants ?? [], 'topic.write', { cluster: 'other', name: 'x' })).toBeUndefined()
    expect(JSON.stringify(await people.tokens(null))).not.toContain(made.secret)
    clock.at += 3 * DAY_MS
    expect(await access.who(caller(null, made.secret))).toBeNull()
  })
  it('holds nothing its owner does not, neither when it is made nor later', async () => {
    const { access, admin, signIn } = await world()
    const { people } = access
    await people.createUser({ name: 'ann', password: PASSWORD, role: 'operator', extra: [] })
    const { who } = await signIn('ann')
    const make = (rights: ('broker.write' | 'topic.write')[]) =>
      people.createToken({ name: 'x', rights, cluster: '*', days: 1 }, who)
    expect(await kindOf(make(['broker.write']))).toBe('not-allowed')
    const { id, secret } = await make(['topic.write'])
    await people.updateUser({ id: who.userId, role: 'viewer' }, admin)
    expect((await access.who(caller(null, secret)))?.me.rights).toEqual([])
    expect(await kindOf(people.revokeToken(id, admin.userId))).toBe('not-found')
    await people.revokeToken(id, who.userId)
    expect(await access.who(caller(null, secret))).toBeNull()
  })
  it('is nobody when it is wrong, whatever cookie comes with it', async () => {
    const { access, signIn } = await world()
    const { session } = await signIn('root')
    expect(await access.who(caller(session, 'rdt_wrong'))).toBeNull()
  })
})

it('a session that ends while it is looked up is not kept', async () => {
  const { access, admin, signIn } = await world()
  await access.people.putRole({ name: 'writer', grants: [{ right: 'topic.write', cluster: '*', names: '*' }] })
  await access.people.createUser({ name: 'bob', password: PASSWORD, role: 'writer', extra: [] })
  const bob = (await access.people.users(admin)).find(({ name }) => name === 'bob')?.id ?? 0
  for (let turns = 0; turns < 8; turns++) {
    const { session } = await access.login('bob', PASSWORD, caller(null))
    const ended = access.people.endSessions(bob)
    for (let turn = 0; turn < turns; turn++) await null
    await Promise.all([access.who(caller(session)), ended])
    expect(await access.who(caller(session)), `looked up ${turns} turns later`).toBeNull()
  }
  expect((await signIn('bob')).who.me.name).toBe('bob')
})

it('a password that is replaced while somebody signs in with it lets nobody in', async () => {
  let looked = (): void => undefined
  let begun = (): void => undefined
  const hasBegun = new Promise<void>((done) => {
    begun = done
  })
  const { access, admin } = await world({
    ...cheap,
    matches: async (password, stored) => {
      if (password === 'the old password') {
        begun()
        await new Promise<void>((done) => {
          looked = done
        })
      }
      return cheap.matches(password, stored)
    },
  })
  await access.people.createUser({ name: 'bob', password: 'the old password', role: 'viewer', extra: [] })
  const bob = (await access.people.users(admin)).find(({ name }) => name === 'bob')?.id ?? 0
  const signing = kindOf(access.login('bob', 'the old password', caller(null)))
  await hasBegun
  await access.people.setPassword(bob, 'the new password')
  looked()
  expect(await signing).toBe('wrong-password')
  expect(await access.sessions(bob, '')).toEqual([])
})

it('people who sign in from one address do not shut it for the next', () => {
  const { waitMs, failed, succeeded } = openLockout({ now: () => 1_700_000_000_000 })
  for (let person = 0; person < 100; person++) {
    failed(`person ${person}`, '10.0.0.9') // as every try is counted before the password is looked at
    succeeded(`person ${person}`, '10.0.0.9')
  }
  expect(waitMs('next', '10.0.0.9')).toBe(0)
  for (let guess = 0; guess < 20; guess++) {
    failed(`guessed ${guess}`, '10.0.0.9')
    failed('own', '10.0.0.9')
    succeeded('own', '10.0.0.9') // an account of one's own does not clear what was guessed between
  }
  expect(waitMs('next', '10.0.0.9')).toBeGreaterThan(0)
})

it('a password cannot be guessed where somebody is signed in, and nobody is kept out by another address', async () => {
  const { access, admin, signIn } = await world()
  const change = () =>
    access.changePassword(admin.userId, { current: 'guess', next: 'x'.repeat(12) }, 's', caller(null))
  for (let tries = 0; tries < 5; tries++) expect(await kindOf(change())).toBe('wrong-password')
  expect(await kindOf(change())).toBe('locked-out')
  const stranger = { ...caller(null), from: '10.6.6.6' }
  for (let tries = 0; tries < 12; tries++) await kindOf(access.login('root', 'guess', stranger))
  expect(await kindOf(access.login('root', PASSWORD, stranger))).toBe('locked-out')
  expect((await signIn('root')).who.me.name).toBe('root')
})
