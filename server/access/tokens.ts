// server/access/tokens.ts: tokens for programs. One holds chosen rights of its owner, never more than the owner holds at the
// moment it is used, and ends at its day. Owner of the table token; the file keeps hashes only.
import { randomBytes } from 'node:crypto'
import { and, desc, eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { token, user } from '../db/schema'
import type { SignedIn } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { TokenCreateInput } from '../shared/inputs'
import { type GrantOn, grantFor, type Right } from '../shared/rights'
import type { TokenRow } from '../shared/views'
import { grantsFor } from './grants'
import { hashOf } from './secret'

const PREFIX = 'rdt_'
const TOKENS_PER_USER = 50
const DAY_MS = 86_400_000
const TOUCH_MS = 60_000

export interface Tokens {
  who(secret: string): Promise<SignedIn | null>
  list(ownerId: number | null): Promise<TokenRow[]>
  create(input: TokenCreateInput, by: SignedIn): Promise<{ id: string; secret: string }>
  revoke(id: string, ownerId: number | null): Promise<void>
}
export const openTokens = (db: Db, now: () => number): Tokens => ({
  async who(secret) {
    if (!secret.startsWith(PREFIX) || secret.length > 200) return null
    const [row] = await db
      .select()
      .from(token)
      .innerJoin(user, eq(user.id, token.userId))
      .where(eq(token.secretHash, hashOf(secret)))
    if (row === undefined || row.user.locked || row.token.expiresAt <= now()) return null
    if (now() - (row.token.lastUsedAt ?? 0) > TOUCH_MS)
      await db.update(token).set({ lastUsedAt: now() }).where(eq(token.id, row.token.id))
    const grants = narrowed(await grantsFor(db, row.user), rightsIn(row.token.rights), row.token.cluster)
    return {
      userId: row.user.id,
      sessionId: `token ${row.token.id}`,
      me: {
        name: `${row.user.name} (${row.token.name})`,
        role: row.user.customRole ?? row.user.role,
        rights: [...new Set(grants.map(({ right }) => right))],
        grants,
        settings: {
          language: null,
          theme: 'system',
          zone: 'UTC',
          density: 'normal',
          hour12: false,
          singleKeys: true,
          lastCluster: null,
        },
        signedInAt: row.token.createdAt,
        source: row.user.source,
        tryAs: null,
      },
    }
  },
  async list(ownerId) {
    const rows = await db
      .select({ token, owner: user.name })
      .from(token)
      .innerJoin(user, eq(user.id, token.userId))
      .where(ownerId === null ? undefined : eq(token.userId, ownerId))
      .orderBy(desc(token.createdAt))
    return rows.map(({ token: { id, name, rights, cluster, createdAt, expiresAt, lastUsedAt }, owner }) => ({
      id,
      name,
      owner,
      rights: rightsIn(rights),
      cluster,
      createdAt,
      expiresAt,
      lastUsedAt,
    }))
  },
  async create({ name, rights, cluster, days }, by) {
    const lacking = rights.find(
      (right) => grantFor(by.me.grants, right, cluster === '*' ? {} : { cluster }) === undefined,
    )
    if (lacking !== undefined)
      throw new DeskError('not-allowed', `A token cannot hold ${lacking}: you do not hold it there.`, {
        right: lacking,
      })
    const held = await db.select({ id: token.id }).from(token).where(eq(token.userId, by.userId))
    if (held.length >= TOKENS_PER_USER)
      throw new DeskError('budget', `An account has at most ${TOKENS_PER_USER} tokens: revoke one first.`)
    const id = randomBytes(9).toString('base64url')
    const secret = PREFIX + randomBytes(32).toString('base64url')
    await db.insert(token).values({
      id,
      secretHash: hashOf(secret),
      userId: by.userId,
      name,
      rights: JSON.stringify(rights),
      cluster,
      createdAt: now(),
      expiresAt: now() + days * DAY_MS,
    })
    return { id, secret }
  },
  async revoke(id, ownerId) {
    const gone = await db
      .delete(token)
      .where(and(eq(token.id, id), ownerId === null ? undefined : eq(token.userId, ownerId)))
      .returning({ id: token.id })
    if (gone.length === 0) throw new DeskError('not-found', 'There is no such token.')
  },
})

const rightsIn = (text: string): Right[] => JSON.parse(text) as Right[] // written by this file
/** What the owner holds of the token's rights, on the token's cluster alone. */
const narrowed = (held: readonly GrantOn[], rights: readonly Right[], cluster: string): GrantOn[] =>
  held
    .filter((one) => rights.includes(one.right) && (cluster === '*' || one.cluster === '*' || one.cluster === cluster))
    .map((one) => (cluster === '*' ? one : { ...one, cluster }))
