// server/db/open.ts: opens console.db and keeps the line to its thread. Everyone asks through Drizzle; nobody else
// knows that the answers come from another thread.
import { Worker } from 'node:worker_threads'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { type BackupNote, writeBackup } from './backup'
import type { Question, Reply } from './db-entry'
import { type Answer, type Engine, openEngine, type Statement } from './engine'
import * as schema from './schema'

export type Db = SqliteRemoteDatabase<typeof schema>
export interface Database {
  readonly db: Db
  /** Raw statements in one transaction: what the recorder writes by the hundred. */
  batch(statements: readonly { sql: string; params: readonly unknown[] }[]): Promise<void>
  /** All of it, of one moment, in a file that is not there yet; who writes meanwhile is not held up. */
  backup(target: string, note: BackupNote): Promise<void>
  close(): Promise<void>
}
export interface OpenDatabase {
  file: string
  /** False runs it on the caller's thread: for tests, which have no built entry to start. */
  thread?: boolean
}

export const openDatabase = async ({ file, thread = true }: OpenDatabase): Promise<Database> => {
  const engine = thread ? await openThread(file) : await openEngine(file)
  const db = drizzle(
    (sql, params, method) => engine.ask({ sql, params, method }),
    (batch) => engine.batch(batch.map(({ sql, params, method }) => ({ sql, params, method }))),
    { schema },
  )
  return {
    db,
    async batch(statements) {
      if (statements.length > 0) await engine.batch(statements.map((one) => ({ ...one, method: 'run' as const })))
    },
    backup: (target, note) => (thread ? backupInThread(file, target, note) : writeBackup(file, target, note)),
    close: async () => {
      await engine.close()
    },
  }
}
export const backupInThread = (file: string, target: string, note: BackupNote): Promise<void> =>
  new Promise((done, failed) => {
    const worker = new Worker(new URL('./backup-entry.js', import.meta.url), {
      name: 'backup',
      workerData: { file, target, note },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    worker.once('message', (error: string | null) => (error === null ? done() : failed(new Error(error))))
    worker.once('error', failed)
    worker.once('exit', () => failed(new Error('the backup ended before it was whole'))) // heard only when nothing was said
  })

const openThread = (file: string): Promise<Engine> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./db-entry.js', import.meta.url), {
      name: 'console.db',
      workerData: { file },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    const open = new Map<number, { resolve: (answer: Answer | Answer[]) => void; reject: (error: Error) => void }>()
    let nextId = 1
    let gone: Error | null = null
    const fail = (error: Error): void => {
      gone = error
      reject(error)
      for (const waiting of open.values()) waiting.reject(error)
      open.clear()
    }
    const send = (build: (id: number) => Question): Promise<Answer | Answer[]> =>
      new Promise((resolve, reject) => {
        if (gone !== null) return reject(gone)
        const id = nextId++
        open.set(id, { resolve, reject })
        worker.postMessage(build(id))
      })
    const engine: Engine = {
      ask: async (statement: Statement) => (await send((id) => ({ id, statement }))) as Answer, // one for a statement
      batch: async (batch) => (await send((id) => ({ id, batch }))) as Answer[], //                  many for a batch
      close: async () => {
        const exited = new Promise((left) => worker.once('exit', left))
        await send((id) => ({ id, close: true })).catch(() => undefined) // it may be gone already
        if (gone === null) await exited
      },
    }
    worker.on('message', (reply: Reply) => {
      if ('ready' in reply) resolve(engine)
      else if ('failed' in reply) fail(new Error(reply.failed))
      else {
        const waiting = open.get(reply.id)
        open.delete(reply.id)
        if ('error' in reply) waiting?.reject(new Error(reply.error))
        else waiting?.resolve(reply.answer)
      }
    })
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('console.db is closed')))
  })
