// test/server/db/open.test.ts: console.db: the migrations make what the schema says, once, and batches are whole or not.
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { migrations } from '../../../server/db/migrations'
import { openDatabase } from '../../../server/db/open'
import * as schema from '../../../server/db/schema'
import { temporaryFolder } from '../../support/folders'

const file = (): string => join(temporaryFolder('db with % and space'), 'console.db')

it('holds every column of the schema after the migrations, and no other table has fewer', async () => {
  const path = file()
  const database = await openDatabase({ file: path, thread: false })
  for (const table of Object.values(schema)) {
    const rows = await database.db.all<unknown[]>(`select name from pragma_table_info('${getTableName(table)}')`)
    const names = rows.map((row) => String(Object.values(row)[0]))
    const wanted = Object.values(getTableColumns(table)).map((column) => column.name)
    expect({ table: getTableName(table), names: names.sort() }).toEqual({
      table: getTableName(table),
      names: wanted.sort(),
    })
  }
  await database.close()
})
it('runs each step once and keeps what was written over a reopening', async () => {
  const path = file()
  const first = await openDatabase({ file: path, thread: false })
  await first.db
    .insert(schema.cluster)
    .values({ id: 'a', name: 'A', namesrv: 'x:1', colour: 1, readOnly: true, production: false, createdAt: 5 })
  await first.close()
  const second = await openDatabase({ file: path, thread: false })
  expect(await second.db.select().from(schema.cluster)).toMatchObject([
    { id: 'a', name: 'A', namesrv: 'x:1', colour: 1, readOnly: true, production: false, createdAt: 5 },
  ])
  await second.close()
})
it('refuses a file of a newer version instead of writing into it', async () => {
  const path = file()
  await (await openDatabase({ file: path, thread: false })).close()
  const client = createClient({ url: `file:${encodeURI(path)}` })
  await client.execute(`insert into migration (id, name, at) values (${(migrations.at(-1)?.id ?? 0) + 1}, 'later', 1)`)
  client.close()
  await expect(openDatabase({ file: path, thread: false })).rejects.toThrow(/newer version/)
})
it('writes a batch whole or not at all', async () => {
  const database = await openDatabase({ file: file(), thread: false })
  const insert = "insert into cluster (id, name, namesrv, created_at) values (?, 'n', 'x:1', 1)"
  await expect(
    database.batch([
      { sql: insert, params: ['one'] },
      { sql: insert, params: ['one'] },
    ]),
  ).rejects.toThrow()
  expect(await database.db.select().from(schema.cluster)).toEqual([])
  await database.close()
})
