// server/access/open.ts: accounts, sessions, settings. A session is a random secret in a cookie; the file holds its
// hash only. Owner of the tables user and session.
import { randomBytes } from 'node:crypto'
import { and, count, desc, eq, lt } from 'drizzle-orm'
import type { Db } from '../db/open'
import { session, user } from '../db/schema'
import type { AccessDesk, Caller, Identity, PeopleDesk, SignedIn } from '../shared/desk'
import { DeskError, SignOnError } from '../shared/errors'
import type { SettingsInput } from '../shared/inputs'
import { oneAfterTheOther } from '../shared/pace'
import { everybody, type GrantOn, rights } from '../shared/rights'
import type { Me, Settings, TryAs } from '../shared/views'
import { grantsFor } from './grants'
import { type Lockout, openLockout } from './lockout'
import { openPasswords, type Passwords } from './password'
import { MAX_USERS, openPeople, roleColumns } from './people'
import { hashOf } from './secret'
import { openSetupToken, type SetupToken } from './setup-token'
import { openTokens, type Tokens } from './tokens'

export interface AccessOptions {
  db: Db
  /** `console/` of the data folder. */
  folder: string
  now?: () => number
  passwords?: Passwords
  lockout?: Lockout
}
export interface Access extends AccessDesk {
  readonly setupToken: SetupToken
  /** Told the ids of sessions that ended, so that their websockets are closed. */
  onSessionEnd(listener: (sessionId: string) => void): () => void
}

const SESSION_MS = 30 * 86_400_000
/** Whoever comes from a provider goes back there by then: what it says of their groups, or that they left, holds soon. */
const OIDC_SESSION_MS = 12 * 3_600_000
/** How often the last use of a session is written down. */
const TOUCH_MS = 60_000
const SESSIONS_PER_USER = 50
const CACHED_SESSIONS = 2000

const defaults: Settings = {
  language: null,
  theme: 'system',
  zone: 'browser',
  density: 'normal',
  hour12: false,
  singleKeys: true,
  lastCluster: null,
}
type UserRow = typeof user.$inferSelect

export const openAccess = async (options: AccessOptions): Promise<Access> => {
  const { db, folder, now = () => Date.now(), passwords = openPasswords(), lockout = openLockout({ now }) } = options
  // Who comes from a provider does not count: without an account of its own the console could not be kept once that is away.
  const [own] = await db.select({ n: count() }).from(user).where(eq(user.source, 'local'))
  const isSetUp = (own?.n ?? 0) > 0
  return new Accounts(db, now, passwords, lockout, openSetupToken(folder, !isSetUp), isSetUp)
}

interface Cached {
  signedIn: SignedIn
  expiresAt: number
  endsAt: number
  touchedAt: number
}
class Accounts implements Access {
  readonly #db: Db
  readonly #now: () => number
  readonly #passwords: Passwords
  readonly #lockout: Lockout
  readonly setupToken: SetupToken
  readonly people: PeopleDesk
  readonly #tokens: Tokens
  readonly #cache = new Map<string, Cached>()
  readonly #inTurn = oneAfterTheOther()
  readonly #endListeners = new Set<(sessionId: string) => void>()
  /** Grows when a session or a right is taken away: what was read before that is not kept. */
  #takenAway = 0
  #isSetUp: boolean
  /** Held while the first account is made, so that two at once cannot both be first. */
  #settingUp = false

  constructor(
    db: Db,
    now: () => number,
    passwords: Passwords,
    lockout: Lockout,
    setupToken: SetupToken,
    isSetUp: boolean,
  ) {
    this.#db = db
    this.#now = now
    this.#passwords = passwords
    this.#lockout = lockout
    this.setupToken = setupToken
    this.#isSetUp = isSetUp
    this.#tokens = openTokens(db, now)
    this.people = openPeople({
      db,
      now,
      passwords,
      tokens: this.#tokens,
      endSessionsOf: (userId) => this.#endAll(userId),
      forgetAll: () => {
        this.#takenAway++
        this.#cache.clear()
      },
    })
  }

  onSessionEnd(listener: (sessionId: string) => void) {
    this.#endListeners.add(listener)
    return () => void this.#endListeners.delete(listener)
  }
  isSetUp = async () => this.#isSetUp

  async who(caller: Caller): Promise<SignedIn | null> {
    const { session: secret, token: bearer } = caller
    if (bearer !== undefined && bearer !== null) return this.#tokens.who(bearer)
    if (secret === null || secret.length > 200) return null
    const hash = hashOf(secret)
    const held = this.#cache.get(hash)
    const now = this.#now()
    if (held !== undefined && held.expiresAt > now) {
      if (now - held.touchedAt > TOUCH_MS) {
        held.touchedAt = now
        await this.#db.update(session).set({ lastSeenAt: now }).where(eq(session.secretHash, hash))
        held.expiresAt = Math.min(now + SESSION_MS, held.endsAt)
      }
      return held.signedIn
    }
    const readAt = this.#takenAway
    const [row] = await this.#db
      .select()
      .from(session)
      .innerJoin(user, eq(user.id, session.userId))
      .where(eq(session.secretHash, hash))
    if (row === undefined || row.user.locked || row.session.lastSeenAt + SESSION_MS < now) return null
    const endsAt = row.session.endsAt ?? Number.POSITIVE_INFINITY
    if (endsAt <= now) return null
    const me = meOf(row.user, await grantsFor(this.#db, row.user), row.session.createdAt)
    const signedIn = { userId: row.user.id, sessionId: row.session.id, me }
    // Looked up each time: another's rights may change without a word to this session.
    if (row.session.tryAs !== null) return { ...signedIn, me: await this.#seenAs(me, JSON.parse(row.session.tryAs)) }
    if (readAt !== this.#takenAway) return this.who(caller)
    if (this.#cache.size >= CACHED_SESSIONS) this.#cache.clear()
    this.#cache.set(hash, {
      signedIn,
      expiresAt: Math.min(row.session.lastSeenAt + SESSION_MS, endsAt),
      endsAt,
      touchedAt: row.session.lastSeenAt,
    })
    return signedIn
  }

  async setup(
    input: { token: string; name: string; password: string; settings?: SettingsInput | undefined },
    caller: Caller,
  ) {
    if (this.#isSetUp || this.#settingUp)
      throw new DeskError('already-set-up', 'The first account exists already; its token is used.')
    this.#mayTry('setup', caller)
    if (!this.setupToken.matches(input.token)) {
      this.#lockout.failed('setup', caller.from)
      throw new DeskError('token-wrong', 'This is not the set-up token of this console.')
    }
    this.#settingUp = true
    try {
      const now = this.#now()
      const [taken] = await this.#db.select({ id: user.id }).from(user).where(eq(user.name, input.name))
      if (taken !== undefined) throw new DeskError('exists', `Somebody is called ${input.name} here already.`)
      const [row] = await this.#db
        .insert(user)
        .values({
          name: input.name,
          password: await this.#passwords.hash(input.password),
          role: 'admin',
          extraRights: '[]',
          settings: JSON.stringify({ ...defaults, ...input.settings }),
          createdAt: now,
          lastSeenAt: now,
        })
        .returning()
      if (row === undefined) throw new Error('the account was not written')
      this.#isSetUp = true
      this.setupToken.void()
      return await this.#begin(row, caller)
    } finally {
      this.#settingUp = false
    }
  }

  async login(name: string, password: string, caller: Caller) {
    this.#mayTry(name, caller)
    // Counted before the hash is computed: many tries at once are many tries.
    this.#lockout.failed(name, caller.from)
    const [row] = await this.#db.select().from(user).where(eq(user.name, name))
    if (!(await this.#passwords.matches(password, row?.password ?? null)) || row === undefined)
      throw new DeskError('wrong-password', 'Name or password is wrong.')
    if (row.locked) throw new DeskError('not-allowed', 'This account is locked. An admin can unlock it.')
    this.#lockout.succeeded(name, caller.from)
    const begun = await this.#begin(row, caller)
    // A password is looked at for a while: one that was replaced meanwhile lets nobody in, nor does a lock.
    const [after] = await this.#db.select().from(user).where(eq(user.id, row.id))
    if (after !== undefined && after.password === row.password && !after.locked) return begun
    await this.logout({ ...caller, session: begun.session, token: null })
    throw new DeskError('wrong-password', 'Name or password is wrong.')
  }

  /** Two sign-ins of somebody new side by side make one account. */
  admit = (identity: Identity, caller: Caller) =>
    this.#inTurn(async () => {
      if (!this.#isSetUp)
        throw new SignOnError('not-set-up', 'the first account, the one with a password, is not made yet')
      const now = this.#now()
      const columns = await roleColumns(this.#db, identity.role).catch(() => {
        throw new SignOnError('no-role', `the role ${identity.role} is not made here`)
      })
      const [known] = await this.#db.select().from(user).where(eq(user.subject, identity.subject))
      if (known?.locked) throw new SignOnError('locked', `the account ${known.name} is locked`)
      if (known !== undefined && (known.role !== columns.role || known.customRole !== columns.customRole)) {
        await this.#db.update(user).set(columns).where(eq(user.id, known.id))
        await this.#endAll(known.id) // they were begun with other rights
      }
      const row = known === undefined ? await this.#newcomer(identity, columns, now) : { ...known, ...columns }
      return this.#begin(row, caller, { endsAt: now + OIDC_SESSION_MS, hint: identity.hint })
    })
  /** A name that is taken stays with whoever has it: it proves nothing about who somebody is elsewhere. */
  async #newcomer({ name, subject }: Identity, columns: Pick<UserRow, 'role' | 'customRole'>, now: number) {
    const [taken] = await this.#db.select({ id: user.id }).from(user).where(eq(user.name, name))
    if (taken !== undefined) throw new SignOnError('name-taken', `another account is called ${name}`)
    const [held] = await this.#db.select({ n: count() }).from(user)
    if ((held?.n ?? 0) >= MAX_USERS) throw new SignOnError('full', `there are ${MAX_USERS} accounts`)
    const settings = JSON.stringify(defaults)
    const [row] = await this.#db
      .insert(user)
      .values({ name, subject, source: 'oidc', password: '', ...columns, extraRights: '[]', settings, createdAt: now })
      .returning()
    if (row === undefined) throw new Error('the account was not written')
    return row
  }

  async logout(caller: Caller): Promise<string | null> {
    const who = await this.who(caller)
    if (who === null) return null
    const [row] = await this.#db.select({ hint: session.hint }).from(session).where(eq(session.id, who.sessionId))
    await this.#end(who.userId, who.sessionId)
    return row?.hint ?? null
  }

  async settings(userId: number, change: SettingsInput): Promise<Settings> {
    const [row] = await this.#db.select().from(user).where(eq(user.id, userId))
    if (row === undefined) throw new DeskError('not-found', 'This account is gone.')
    // A field that is undefined was not sent: it changes nothing.
    const sent = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const next: Settings = { ...settingsOf(row), ...sent }
    await this.#db
      .update(user)
      .set({ settings: JSON.stringify(next) })
      .where(eq(user.id, userId))
    this.#forgetUser(userId)
    return next
  }

  async changePassword(
    userId: number,
    { current, next }: { current: string; next: string },
    keepSession: string,
    caller: Caller,
  ) {
    // Whoever finds a browser signed in may not guess the password there either.
    const asked = `change ${userId}`
    this.#mayTry(asked, caller)
    this.#lockout.failed(asked, caller.from)
    const [row] = await this.#db.select().from(user).where(eq(user.id, userId))
    if (row?.source === 'oidc')
      throw new DeskError('bad-input', 'This account signs in at the provider: it has no password here.')
    if (row === undefined || !(await this.#passwords.matches(current, row.password)))
      throw new DeskError('wrong-password', 'The current password is wrong.')
    this.#lockout.succeeded(asked, caller.from)
    await this.#db
      .update(user)
      .set({ password: await this.#passwords.hash(next) })
      .where(eq(user.id, userId))
    await this.#endAll(userId, keepSession)
  }

  async tryAs({ userId, sessionId }: SignedIn, as: TryAs | null) {
    if (as !== null) {
      const held = await this.#grantsOfOther(as)
      if (held === null) throw new DeskError('not-found', `There is no ${as.kind} ${as.name}.`)
    }
    await this.#db
      .update(session)
      .set({ tryAs: as === null ? null : JSON.stringify(as) })
      .where(and(eq(session.id, sessionId), eq(session.userId, userId)))
    this.#forgetUser(userId)
  }
  async #grantsOfOther({ kind, name }: TryAs): Promise<{ role: string; grants: readonly GrantOn[] } | null> {
    const [row] =
      kind === 'user'
        ? await this.#db.select().from(user).where(eq(user.name, name))
        : [await roleColumns(this.#db, name).catch(() => undefined)]
    if (row === undefined) return null
    const grants = await grantsFor(this.#db, { extraRights: '[]', ...row })
    return { role: row.customRole ?? row.role, grants }
  }
  /** Whoever is gone may nothing but what everybody may. */
  async #seenAs(me: Me, as: TryAs): Promise<Me> {
    const { role, grants } = (await this.#grantsOfOther(as)) ?? { role: as.name, grants: everybody }
    return { ...me, role, grants, rights: rightsIn(grants), tryAs: as }
  }

  async sessions(userId: number, currentId: string) {
    const rows = await this.#db
      .select()
      .from(session)
      .where(eq(session.userId, userId))
      .orderBy(desc(session.lastSeenAt))
    return rows.map(({ id, createdAt, lastSeenAt, address, agent }) => ({
      id,
      current: id === currentId,
      createdAt,
      lastSeenAt,
      address,
      agent,
    }))
  }
  revoke = (userId: number, sessionId: string) => this.#end(userId, sessionId)

  #mayTry(name: string, caller: Caller): void {
    const waitMs = this.#lockout.waitMs(name, caller.from)
    if (waitMs > 0) throw new DeskError('locked-out', `Too many tries: wait ${Math.ceil(waitMs / 1000)} s.`, { waitMs })
  }

  async #begin(
    row: UserRow,
    caller: Caller,
    more: { endsAt?: number; hint?: string } = {},
  ): Promise<{ me: Me; session: string }> {
    const now = this.#now()
    const secret = randomBytes(32).toString('base64url')
    const id = randomBytes(9).toString('base64url')
    await this.#db.delete(session).where(lt(session.lastSeenAt, now - SESSION_MS))
    const held = await this.#db
      .select({ id: session.id })
      .from(session)
      .where(eq(session.userId, row.id))
      .orderBy(desc(session.lastSeenAt))
    for (const old of held.slice(SESSIONS_PER_USER - 1)) await this.#end(row.id, old.id)
    await this.#db.insert(session).values({
      id,
      secretHash: hashOf(secret),
      userId: row.id,
      createdAt: now,
      lastSeenAt: now,
      address: caller.from,
      agent: caller.agent.slice(0, 200),
      ...more,
    })
    await this.#db.update(user).set({ lastSeenAt: now }).where(eq(user.id, row.id))
    return { me: meOf(row, await grantsFor(this.#db, row), now), session: secret }
  }

  async #end(userId: number, sessionId: string): Promise<void> {
    await this.#db.delete(session).where(and(eq(session.id, sessionId), eq(session.userId, userId)))
    this.#takenAway++
    for (const [hash, { signedIn }] of this.#cache) if (signedIn.sessionId === sessionId) this.#cache.delete(hash)
    for (const listener of this.#endListeners) listener(sessionId)
  }
  async #endAll(userId: number, except?: string): Promise<void> {
    for (const { id } of await this.#db.select({ id: session.id }).from(session).where(eq(session.userId, userId)))
      if (id !== except) await this.#end(userId, id)
  }
  #forgetUser(userId: number): void {
    this.#takenAway++
    for (const [hash, { signedIn }] of this.#cache) if (signedIn.userId === userId) this.#cache.delete(hash)
  }
}

const settingsOf = (row: UserRow): Settings => ({ ...defaults, ...(JSON.parse(row.settings) as Partial<Settings>) }) // written by this file
const rightsIn = (grants: readonly GrantOn[]) => rights.filter((right) => grants.some((one) => one.right === right))
const meOf = (row: UserRow, grants: readonly GrantOn[], signedInAt: number): Me => ({
  name: row.name,
  role: row.customRole ?? row.role,
  rights: rightsIn(grants),
  grants,
  settings: settingsOf(row),
  signedInAt,
  source: row.source,
  tryAs: null,
})
