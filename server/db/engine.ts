// server/db/engine.ts: libSQL on one file, one statement or batch after the other. libSQL's local client works
// synchronously inside, so this lives in a thread of its own (db-entry.ts); only tests run it on theirs.
import { createClient, type InValue } from '@libsql/client'
import { migrations } from './migrations'

export type Method = 'run' | 'all' | 'get' | 'values'
export interface Statement {
  sql: string
  params: readonly unknown[]
  method: Method
}
/** Rows as arrays of columns, as Drizzle's proxy driver wants them; for `get` the one row itself. */
export type Answer = { rows: unknown[] }

export interface Engine {
  ask(statement: Statement): Promise<Answer>
  /** All or nothing, in one transaction. */
  batch(statements: readonly Statement[]): Promise<Answer[]>
  close(): void | Promise<void>
}

export const openEngine = async (file: string): Promise<Engine> => {
  // libSQL takes a path behind file:, and reads % and ? in it as a URL would.
  const client = createClient({
    url: `file:${encodeURI(file).replaceAll('?', '%3F').replaceAll('#', '%23')}`,
    intMode: 'number',
  })
  await client.execute('pragma journal_mode = wal')
  await client.execute('pragma synchronous = normal')
  await client.execute('pragma busy_timeout = 5000')
  await client.execute('pragma foreign_keys = on')
  await migrate(client)
  const statementOf = ({ sql, params }: Statement) => ({ sql, args: params as InValue[] }) // Drizzle has encoded them
  return {
    async ask(statement) {
      const { rows } = await client.execute(statementOf(statement))
      const plain = rows.map((row) => Array.from(row))
      return { rows: statement.method === 'get' ? (plain[0] ?? []) : plain }
    },
    async batch(statements) {
      const results = await client.batch(statements.map(statementOf), 'write')
      return results.map(({ rows }) => ({ rows: rows.map((row) => Array.from(row)) }))
    },
    close: () => client.close(),
  }
}

const migrate = async (client: ReturnType<typeof createClient>): Promise<void> => {
  await client.execute(
    'create table if not exists migration (id integer primary key, name text not null, at integer not null)',
  )
  const { rows } = await client.execute('select id from migration')
  const done = new Set(rows.map((row) => Number(row[0])))
  const newest = migrations.at(-1)?.id ?? 0
  const last = Math.max(0, ...done)
  if (last > newest) throw new Error(`console.db is at step ${last} of a newer version; this one knows ${newest}`)
  for (const { id, name, statements } of migrations) {
    if (done.has(id)) continue // steps are made side by side: a later one may have come first
    const stamp = { sql: 'insert into migration (id, name, at) values (?, ?, ?)', args: [id, name, Date.now()] }
    await client.batch([...statements, stamp], 'write')
  }
}
