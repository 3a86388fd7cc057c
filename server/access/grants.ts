// server/access/grants.ts: what an account may do, from its role: a built-in one and the rights beyond it, or one made here.
// A role that is gone, or a text nobody can read, grants nothing but what everybody has.
import { eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { role, type user } from '../db/schema'
import { everybody, type GrantOn, grantsOf, type Right, rights } from '../shared/rights'

export type UserRow = typeof user.$inferSelect

export const extraOf = (row: Pick<UserRow, 'extraRights'>): Right[] =>
  (JSON.parse(row.extraRights) as string[]).filter((name): name is Right =>
    (rights as readonly string[]).includes(name),
  ) // written by this room
export const readGrants = (text: string): GrantOn[] =>
  (JSON.parse(text) as GrantOn[]).filter(({ right }) => rights.includes(right)) // written by this room

export const grantsFor = async (
  db: Db,
  row: Pick<UserRow, 'role' | 'customRole' | 'extraRights'>,
): Promise<readonly GrantOn[]> => {
  if (row.customRole === null) return grantsOf(row.role, extraOf(row))
  const [found] = await db.select().from(role).where(eq(role.name, row.customRole))
  return [...(found === undefined ? [] : readGrants(found.grants)), ...everybody]
}
