// test/server/db/migrations.test.ts: what a step does to rows that an older version wrote.
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { migrations } from '../../../server/db/migrations'
import { openDatabase } from '../../../server/db/open'
import * as schema from '../../../server/db/schema'
import { temporaryFolder } from '../../support/folders'

/** A file as a version left it that knew the steps before `id`, with these rows in it. */
const before = async (id: number, rows: readonly string[]): Promise<string> => {
  const file = join(temporaryFolder('older'), 'console.db')
  const client = createClient({ url: `file:${file}` })
  await client.execute('create table migration (id integer primary key, name text not null, at integer not null)')
  for (const step of migrations)
    if (step.id < id) {
      const stamp = { sql: 'insert into migration (id, name, at) values (?, ?, 1)', args: [step.id, step.name] }
      await client.batch([...step.statements, stamp], 'write')
    }
  await client.batch([...rows], 'write')
  client.close()
  return file
}
const li = "insert into user (id, name, password, role, created_at) values (7, 'li', 'x', 'viewer', 1)"

it('20: whoever had an account signs in here as before, and sessions end by not being used', async () => {
  const file = await before(20, [
    li,
    `insert into session (id, user_id, secret_hash, created_at, last_seen_at, address, agent)
      values ('s', 7, 'h', 1, 2, '10.0.0.1', 'a browser')`,
  ])
  const { db, close } = await openDatabase({ file, thread: false })
  expect(await db.select().from(schema.user)).toMatchObject([{ name: 'li', source: 'local', subject: null }])
  expect(await db.select().from(schema.session)).toMatchObject([{ id: 's', endsAt: null, hint: null, tryAs: null }])
  await close()
})

it('22: templates of messages become kept drafts of the same owner, and end with the account', async () => {
  const file = await before(22, [
    li,
    "insert into send_template (id, user_id, name, draft, at) values ('t1', 7, 'an order', '{\"body\":\"1\"}', 5)",
    "insert into send_template (id, user_id, name, draft, at) values ('t2', 7, 'a refund', '{}', 6)",
  ])
  const { db, close } = await openDatabase({ file, thread: false })
  expect(await db.select().from(schema.keptDraft).orderBy(schema.keptDraft.id)).toEqual([
    { id: 't1', userId: 7, kind: 'send', name: 'an order', draft: '{"body":"1"}', at: 5 },
    { id: 't2', userId: 7, kind: 'send', name: 'a refund', draft: '{}', at: 6 },
  ])
  expect(await db.all("select name from sqlite_master where name = 'send_template'")).toEqual([])
  // A search may be called like a message that is sent; two of a kind may not.
  const search = { id: 's1', userId: 7, kind: 'search', name: 'an order', draft: 'topic=orders', at: 7 } as const
  await db.insert(schema.keptDraft).values(search)
  await expect(db.insert(schema.keptDraft).values({ ...search, id: 's2' })).rejects.toThrow()
  await db.delete(schema.user).where(eq(schema.user.id, 7))
  expect(await db.select().from(schema.keptDraft)).toEqual([])
  await close()
})
