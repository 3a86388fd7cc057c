// server/db/backup.ts: a copy of the console's state in one file, made while the console runs, and put back before it starts.
// Whoever is signed in is not in it. Sealed secrets open only under the key they were sealed with, which is never in it.
import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createClient } from '@libsql/client'
import { migrations } from './migrations'

/** What a backup says of itself. */
export interface BackupNote {
  at: number
  /** Of the program that made it. */
  version: string
  /** Told by whoever has the key that secrets are sealed under, and nothing else. */
  key: string
}
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
const NOTE_KEY = 'backup'

const open = (file: string) =>
  createClient({ url: `file:${encodeURI(file).replaceAll('?', '%3F').replaceAll('#', '%23')}`, intMode: 'number' })

/** `target` must not be there yet. Another process may have `file` open and write on meanwhile. */
export const writeBackup = async (file: string, target: string, note: BackupNote): Promise<void> => {
  const source = open(file)
  try {
    await source.execute('pragma busy_timeout = 5000')
    await source.execute({ sql: 'vacuum into ?', args: [target] }) // one moment of it, however long it takes
  } finally {
    source.close()
  }
  chmodSync(target, 0o600)
  const copy = open(target)
  try {
    await copy.execute('pragma secure_delete = on')
    await copy.batch(
      [
        'delete from session',
        { sql: 'insert or replace into setting (key, value) values (?, ?)', args: [NOTE_KEY, JSON.stringify(note)] },
      ],
      'write',
    )
  } finally {
    copy.close()
  }
}

export interface Restored {
  note: BackupNote
  /** Where the state that was there before lies now; null: there was none. */
  before: string | null
  /** Sealed under another key, and taken out: who needs a secret typed again. */
  lost: readonly string[]
}
/** Puts the backup in the place of `file`, whose console must not run. Throws BackupError, and changes nothing then. */
export const restoreBackup = async (
  backup: string,
  file: string,
  { key, now }: { key: string; now: Date },
): Promise<Restored> => {
  if (!existsSync(backup)) throw new BackupError(`${backup}: there is no such file`)
  finishRestore(file)
  const draft = `${file}.restoring`
  dropFiles(draft)
  copyFileSync(backup, draft)
  chmodSync(draft, 0o600)
  try {
    const { note, lost } = await checked(backup, draft, key)
    await mustBeIdle(file)
    const before = existsSync(file) ? `${file}.before-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}` : null
    toDisk(draft)
    renameSync(draft, readyName(file)) // from here on the next start would finish it
    if (before !== null) renameSync(file, before)
    finishRestore(file)
    return { note, before, lost }
  } finally {
    dropFiles(draft)
  }
}
const readyName = (file: string): string => `${file}.restored`
/**
 * A restore that was ended between its two renames is done with here, before the file is opened: what was checked and is ready
 * takes its place where the state of before was put aside already, and goes where it was not.
 */
export const finishRestore = (file: string): void => {
  const ready = readyName(file)
  if (!existsSync(ready)) return
  if (existsSync(file)) {
    dropFiles(ready)
    return
  }
  dropFiles(file) // what its log held was written into it when it was last closed, before it was put aside
  renameSync(ready, file)
  toDisk(dirname(file))
}
const toDisk = (path: string): void => {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
const dropFiles = (file: string): void => {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${ending}`, { force: true })
}
const checked = async (name: string, draft: string, key: string): Promise<Pick<Restored, 'note' | 'lost'>> => {
  const client = open(draft)
  const rowsOf = async (sql: string) => (await client.execute(sql)).rows.map((row) => Array.from(row))
  const none = (): never => {
    throw new BackupError(`${name} is no backup of a console`)
  }
  try {
    const health = await rowsOf('pragma integrity_check').catch(none)
    if (health[0]?.[0] !== 'ok') throw new BackupError(`${name} is damaged: ${health[0]?.[0]}`)
    const [last = []] = await rowsOf('select max(id) from migration').catch(none)
    const newest = migrations.at(-1)?.id ?? 0
    if (Number(last[0]) > newest)
      throw new BackupError(
        `${name} was made by a newer version (step ${last[0]}; this one knows ${newest}): update first`,
      )
    const [text = none()] = await rowsOf(`select value from setting where key = '${NOTE_KEY}'`).catch(none)
    const note: BackupNote = JSON.parse(String(text[0])) // written by writeBackup
    if (note.key === key) return { note, lost: [] }
    const lost = await rowsOf(
      `select 'cluster ' || name from cluster where sealed is not null
       union all select 'channel ' || name from channel where sealed is not null
       union all select 'single sign-on' from setting where key = 'oidc' and json_extract(value, '$.sealed') is not null`,
    )
    await client.batch(
      [
        'update cluster set sealed = null',
        'update channel set sealed = null, enabled = 0 where sealed is not null',
        "update setting set value = json_set(value, '$.sealed', null) where key = 'oidc'",
      ],
      'write',
    )
    return { note, lost: lost.map(([who]) => String(who)) }
  } finally {
    client.close()
  }
}
/** Only whoever is alone with a file can take it out of its write-ahead log. */
const mustBeIdle = async (file: string): Promise<void> => {
  if (!existsSync(file)) return
  const client = open(file)
  try {
    const { rows } = await client.execute('pragma journal_mode = delete')
    if (rows[0]?.[0] !== 'delete') throw new Error('it is in use')
  } catch (error) {
    throw new BackupError(
      `${file} is in use: stop its console first (${error instanceof Error ? error.message : error})`,
    )
  } finally {
    client.close()
  }
}
