// server/access/masks.ts: the masking rules. Owner of the table mask_rule; they are few and asked for with every message, so
// they are held in memory.
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { maskRule } from '../db/schema'
import type { MaskingDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { MaskRule } from '../shared/masks'

const MOST_RULES = 500

export const openMasks = async (db: Db, digest: (text: string) => string): Promise<MaskingDesk> => {
  let rules: MaskRule[] = []
  const read = async (): Promise<void> => {
    rules = await db.select().from(maskRule).orderBy(maskRule.cluster, maskRule.topics)
  }
  await read()
  return {
    list: () => rules,
    of: (cluster) => rules.filter((rule) => rule.cluster === '*' || rule.cluster === cluster),
    digest,
    async put({ id, ...rule }) {
      if (id !== undefined && !rules.some((one) => one.id === id))
        throw new DeskError('not-found', 'There is no such masking rule.')
      if (id === undefined && rules.length >= MOST_RULES)
        throw new DeskError('budget', `At most ${MOST_RULES} masking rules.`)
      const key = id ?? randomUUID()
      await db
        .insert(maskRule)
        .values({ id: key, ...rule })
        .onConflictDoUpdate({ target: maskRule.id, set: rule })
      await read()
      return { id: key }
    },
    async remove(id) {
      if (!rules.some((one) => one.id === id)) throw new DeskError('not-found', 'There is no such masking rule.')
      await db.delete(maskRule).where(eq(maskRule.id, id))
      await read()
    },
  }
}
