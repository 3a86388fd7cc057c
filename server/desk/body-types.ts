// server/desk/body-types.ts: what the bodies of a cluster's topics were said to be, kept in console.db. Owner of the table body_type.
import { and, count, eq } from 'drizzle-orm'
import type { Db } from '../db/open'
import { bodyType } from '../db/schema'
import type { BodyTypes } from '../message/open'
import { DeskError } from '../shared/errors'

const MOST_OF_ONE_CLUSTER = 2000

export const openBodyTypes = (db: Db, cluster: string): BodyTypes => {
  const of = (topic: string) => and(eq(bodyType.cluster, cluster), eq(bodyType.topic, topic))
  return {
    async get(topic) {
      const [row] = await db.select().from(bodyType).where(of(topic))
      if (row === undefined) return null
      const { cluster: _, topic: __, ...type } = row
      return type
    },
    async put(topic, type) {
      if (type === null) {
        await db.delete(bodyType).where(of(topic))
        return
      }
      const [others] = await db.select({ n: count() }).from(bodyType).where(eq(bodyType.cluster, cluster))
      if ((others?.n ?? 0) >= MOST_OF_ONE_CLUSTER && (await this.get(topic)) === null)
        throw new DeskError(
          'budget',
          `At most ${MOST_OF_ONE_CLUSTER} topics of a cluster have a type for their bodies.`,
        )
      await db
        .insert(bodyType)
        .values({ cluster, topic, ...type })
        .onConflictDoUpdate({ target: [bodyType.cluster, bodyType.topic], set: type })
    },
  }
}
