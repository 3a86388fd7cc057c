// server/access/people.ts: accounts and roles, as an admin keeps them. There is always an admin who can sign in, and nobody
// takes their own account away. What takes rights away takes the sessions along. Owner of the table role.
import { asc, count, eq, max } from 'drizzle-orm'
import type { Db } from '../db/open'
import { role, session, token, user } from '../db/schema'
import type { PeopleDesk, SignedIn } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { oneAfterTheOther } from '../shared/pace'
import { grantFor, grantsOf, isBuiltInRole, type Role, roles } from '../shared/rights'
import { extraOf, grantsFor, readGrants, type UserRow } from './grants'
import type { Passwords } from './password'
import type { Tokens } from './tokens'

export const MAX_USERS = 1000
const MAX_ROLES = 100
export interface PeopleOptions {
  db: Db
  now: () => number
  passwords: Passwords
  tokens: Tokens
  endSessionsOf: (userId: number) => Promise<void>
  /** Rights that sessions were looked up with hold no more. */
  forgetAll: () => void
}

/** The columns a role's name stands for. */
export const roleColumns = async (db: Db, name: string): Promise<{ role: Role; customRole: string | null }> => {
  if (isBuiltInRole(name)) return { role: name, customRole: null }
  const [found] = await db.select().from(role).where(eq(role.name, name))
  if (found === undefined) throw new DeskError('not-found', `There is no role ${name}.`)
  return { role: 'viewer', customRole: name }
}
export const openPeople = ({ db, now, passwords, tokens, endSessionsOf, forgetAll }: PeopleOptions): PeopleDesk => {
  const must = async (id: number): Promise<UserRow> => {
    const [row] = await db.select().from(user).where(eq(user.id, id))
    if (row === undefined) throw new DeskError('not-found', 'This account is gone.')
    return row
  }
  /** One who needs nobody else to get in: a provider that is down or set up wrongly must not shut everybody out. */
  const isAdmin = (row: Pick<UserRow, 'role' | 'customRole' | 'locked' | 'source'>): boolean =>
    row.role === 'admin' && row.customRole === null && !row.locked && row.source === 'local'
  const mustKeepAdmin = async (without: UserRow): Promise<void> => {
    if (!isAdmin(without)) return
    const others = (await db.select().from(user)).filter((row) => row.id !== without.id && isAdmin(row))
    if (others.length === 0)
      throw new DeskError('bad-input', 'This is the last admin with a password: make another one first.')
  }
  const mustNotBe = (id: number, by: SignedIn, what: string): void => {
    if (id === by.userId) throw new DeskError('bad-input', `Nobody ${what} their own account.`)
  }
  /** Two admins that are demoted side by side would each see the other one still there. */
  const inTurn = oneAfterTheOther()
  const tally = async (table: typeof session | typeof token): Promise<Map<number, number>> =>
    new Map(
      (await db.select({ id: table.userId, n: count() }).from(table).groupBy(table.userId)).map(({ id, n }) => [id, n]),
    )
  /** A session is touched as long as it is used; the account itself is only at sign-in. */
  const lastUses = async (): Promise<Map<number, number | null>> =>
    new Map(
      (
        await db
          .select({ id: session.userId, at: max(session.lastSeenAt) })
          .from(session)
          .groupBy(session.userId)
      ).map(({ id, at }) => [id, at]),
    )
  return {
    async users(by) {
      const [rows, sessions, held, used] = await Promise.all([
        db.select().from(user).orderBy(asc(user.name)),
        tally(session),
        tally(token),
        lastUses(),
      ])
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        source: row.source,
        role: row.customRole ?? row.role,
        extra: extraOf(row),
        locked: row.locked,
        createdAt: row.createdAt,
        lastSeenAt: Math.max(row.lastSeenAt ?? 0, used.get(row.id) ?? 0) || null,
        sessions: sessions.get(row.id) ?? 0,
        tokens: held.get(row.id) ?? 0,
        self: row.id === by.userId,
      }))
    },
    async nameOf(id) {
      const [row] = await db.select({ name: user.name }).from(user).where(eq(user.id, id))
      return row?.name
    },
    async createUser({ name, password, role: wanted, extra }) {
      const held = await db.select({ name: user.name }).from(user)
      if (held.length >= MAX_USERS) throw new DeskError('budget', `At most ${MAX_USERS} accounts.`)
      if (held.some((one) => one.name.toLowerCase() === name.toLowerCase()))
        throw new DeskError('exists', `There is an account ${name} already.`)
      await db.insert(user).values({
        name,
        password: await passwords.hash(password),
        ...(await roleColumns(db, wanted)),
        extraRights: JSON.stringify(extra),
        settings: '{}',
        createdAt: now(),
      })
    },
    updateUser: ({ id, role: wanted, extra, locked }, by) =>
      inTurn(async () => {
        const row = await must(id)
        if (row.source === 'oidc' && wanted !== undefined && wanted !== (row.customRole ?? row.role))
          throw new DeskError('bad-input', 'The role of this account comes from its groups at the provider.')
        const next = {
          ...(wanted === undefined ? {} : await roleColumns(db, wanted)),
          ...(extra === undefined ? {} : { extraRights: JSON.stringify(extra) }),
          ...(locked === undefined ? {} : { locked }),
        }
        if (Object.keys(next).length === 0) return
        if (!isAdmin({ ...row, ...next })) {
          if (isAdmin(row)) mustNotBe(id, by, 'takes the admin role from')
          else if (locked === true) mustNotBe(id, by, 'locks')
          await mustKeepAdmin(row)
        }
        await db.update(user).set(next).where(eq(user.id, id))
        await endSessionsOf(id)
      }),
    async setPassword(id, password) {
      const { source } = await must(id)
      if (source === 'oidc')
        throw new DeskError('bad-input', 'This account signs in at the provider: it has no password here.')
      await db
        .update(user)
        .set({ password: await passwords.hash(password) })
        .where(eq(user.id, id))
      await endSessionsOf(id)
    },
    deleteUser: (id, confirm, by) =>
      inTurn(async () => {
        const row = await must(id)
        if (confirm !== row.name) throw new DeskError('confirm-mismatch', `The name typed is not ${row.name}.`)
        mustNotBe(id, by, 'deletes')
        await mustKeepAdmin(row)
        await endSessionsOf(id)
        await db.delete(token).where(eq(token.userId, id))
        await db.delete(user).where(eq(user.id, id))
      }),
    endSessions: endSessionsOf,
    async roles() {
      const [made, users] = await Promise.all([
        db.select().from(role).orderBy(asc(role.name)),
        db.select({ role: user.role, customRole: user.customRole }).from(user),
      ])
      const holders = (name: string) => users.filter((one) => (one.customRole ?? one.role) === name).length
      return [
        ...roles.map((name) => ({ name, builtIn: true, grants: grantsOf(name), users: holders(name) })),
        ...made.map(({ name, grants }) => ({ name, builtIn: false, grants: readGrants(grants), users: holders(name) })),
      ]
    },
    async putRole({ name, grants }) {
      if (isBuiltInRole(name)) throw new DeskError('bad-input', `${name} is built in: give the new role another name.`)
      const [found] = await db.select({ name: role.name }).from(role).where(eq(role.name, name))
      const [held] = await db.select({ n: count() }).from(role)
      if (found === undefined && (held?.n ?? 0) >= MAX_ROLES)
        throw new DeskError('budget', `At most ${MAX_ROLES} roles.`)
      const text = JSON.stringify(grants)
      await db
        .insert(role)
        .values({ name, grants: text })
        .onConflictDoUpdate({ target: role.name, set: { grants: text } })
      forgetAll()
    },
    async deleteRole(name, confirm) {
      if (confirm !== name) throw new DeskError('confirm-mismatch', `The name typed is not ${name}.`)
      const [held] = await db.select({ n: count() }).from(user).where(eq(user.customRole, name))
      if ((held?.n ?? 0) > 0)
        throw new DeskError('bad-input', `${held?.n} accounts hold this role: give them another first.`)
      const gone = await db.delete(role).where(eq(role.name, name)).returning({ name: role.name })
      if (gone.length === 0) throw new DeskError('not-found', `There is no role ${name}.`)
    },
    async whoMay(right, where) {
      const rows = await db.select().from(user).orderBy(asc(user.name))
      return Promise.all(
        rows.map(async (row) => {
          const by = row.locked ? undefined : grantFor(await grantsFor(db, row), right, where)
          return { user: row.name, role: row.customRole ?? row.role, may: by !== undefined, by: by ?? null }
        }),
      )
    },
    tokens: (ownerId) => tokens.list(ownerId),
    createToken: (input, by) => tokens.create(input, by),
    revokeToken: (id, ownerId) => tokens.revoke(id, ownerId),
  }
}
