// test/server/db/backup.test.ts: a backup is of one moment while the console writes on, tells no secret without the key, and is
// put back whole or not at all.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { expect, it } from 'vitest'
import { openAccess } from '../../../server/access/open'
import { openRegistry, plainConnection } from '../../../server/clusters/registry'
import { BackupError, finishRestore } from '../../../server/db/backup'
import { openDatabase } from '../../../server/db/open'
import { keyMark, openBackups } from '../../../server/desk/backup'
import { openSeal } from '../../../server/guard/seal'
import { backUpState, restoreState } from '../../../server/state'
import { temporaryFolder } from '../../support/folders'

const caller = { from: '10.0.0.1', agent: 'a browser', session: null }
const PASSWORD = 'a long enough one'
const SECRET = 'what the cluster is signed with'
/** A console with an account, a session and a cluster whose secret is sealed. */
const consoleIn = async (dataDir = temporaryFolder('backup')) => {
  const folder = join(dataDir, 'console')
  mkdirSync(folder, { recursive: true })
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  const access = await openAccess({ db: database.db, folder })
  const seal = openSeal(folder)
  const registry = openRegistry(database.db, seal)
  return { dataDir, folder, database, access, seal, registry }
}
const filled = async () => {
  const made = await consoleIn()
  const { access, registry, folder } = made
  const token = readFileSync(join(folder, 'setup-token'), 'utf8').trim()
  const { session } = await access.setup({ token, name: 'root', password: PASSWORD }, caller)
  const entry = { id: 'a', name: 'A', namesrv: ['x:1'], colour: 1, readOnly: false, production: false, fixed: false }
  await registry.put({ entry, connection: plainConnection, secretKey: SECRET })
  return { ...made, session, entry }
}
const bytesOf = (file: string): string => readFileSync(file).toString('latin1')

it('is made while the console writes on, and holds all that was there, but nobody signed in and no secret to read', async () => {
  const { dataDir, database, session, folder, registry, entry } = await filled()
  const file = join(dataDir, 'copy.backup')
  const writing = Array.from({ length: 20 }, (_, i) =>
    registry.put({ entry: { ...entry, id: `b${i}` }, connection: plainConnection, secretKey: '' }),
  )
  await Promise.all([backUpState(dataDir, file, '1.2.3'), ...writing])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  for (const secret of [SECRET, PASSWORD, session, readFileSync(join(folder, 'secret.key'), 'utf8').trim()])
    expect(bytesOf(file)).not.toContain(secret)
  const client = createClient({ url: `file:${file}` })
  expect((await client.execute('select count(*) from session')).rows[0]?.[0]).toBe(0)
  expect((await client.execute('select name from user')).rows[0]?.[0]).toBe('root')
  client.close()
  await expect(backUpState(dataDir, file, '1.2.3')).rejects.toThrow('there already')
  await expect(backUpState(join(dataDir, 'elsewhere'), `${file}2`, '1')).rejects.toThrow('holds no console')
  await database.close()
})

it('is not put back under a console that runs', async () => {
  const { dataDir, database, registry } = await filled()
  const file = join(dataDir, 'copy.backup')
  await backUpState(dataDir, file, '1.2.3')
  await expect(restoreState(dataDir, file)).rejects.toThrow('in use')
  expect((await registry.stored())[0]?.secretKey).toBe(SECRET)
  await database.close()
})

it('is put back elsewhere without what only the other key opens, and says what that is', async () => {
  const { dataDir, database } = await filled()
  const file = join(dataDir, 'copy.backup')
  await backUpState(dataDir, file, '1.2.3')
  await database.close()
  const elsewhere = temporaryFolder('restored')
  const { before, lost } = await restoreState(elsewhere, file)
  expect([before, lost]).toEqual([null, ['cluster A']])
  const again = await consoleIn(elsewhere)
  expect(await again.registry.stored()).toMatchObject([{ entry: { id: 'a' }, secretKey: '' }])
  await again.database.close()
})

it('refuses what is no backup, is damaged, or comes from a newer version, and changes nothing then', async () => {
  const { dataDir, database, folder } = await filled()
  const file = join(dataDir, 'copy.backup')
  await backUpState(dataDir, file, '1.2.3')
  await database.close()
  const held = bytesOf(join(folder, 'console.db'))
  const refused = async (name: string, text: string) => {
    await expect(restoreState(dataDir, name)).rejects.toThrow(text)
    await expect(restoreState(dataDir, name)).rejects.toThrow(BackupError)
    expect(bytesOf(join(folder, 'console.db'))).toBe(held)
    expect(readdirSync(folder).filter((one) => one.includes('before'))).toEqual([])
  }
  await refused(join(dataDir, 'nothing'), 'no such file')
  writeFileSync(join(dataDir, 'text'), 'not a database')
  await refused(join(dataDir, 'text'), 'no backup')
  await refused(join(folder, 'console.db'), 'no backup') // a database, and no backup
  const bytes = readFileSync(file)
  const cut = join(dataDir, 'cut')
  writeFileSync(cut, bytes.subarray(0, bytes.length - 8192))
  await refused(cut, 'cut')
  const client = createClient({ url: `file:${file}` })
  await client.execute("insert into migration (id, name, at) values (9999, 'later', 1)")
  client.close()
  await refused(file, 'newer version')
})

it('hands one over at a time, and leaves no copy behind', async () => {
  const { database, seal, folder } = await filled()
  const backups = openBackups(database, seal, folder, '1')
  const { file, name, discard } = await backups.make()
  expect(name).toMatch(/^rocketdeck-[\dT-]+\.backup$/)
  await expect(backups.make()).rejects.toThrow('wait for it')
  discard()
  expect(existsSync(file)).toBe(false)
  const second = await backups.make()
  openBackups(database, seal, folder, '1') // after a kill
  expect(existsSync(second.file)).toBe(false)
  expect(keyMark(seal)).not.toContain(readFileSync(join(folder, 'secret.key'), 'utf8').trim())
  await database.close()
})

it('that was ended between its renames is finished by the next start, and undone where nothing was put aside yet', async () => {
  const { dataDir, folder, database } = await filled()
  const file = join(dataDir, 'copy.backup')
  await backUpState(dataDir, file, '1')
  await database.close()
  const state = join(folder, 'console.db')
  const ready = `${state}.restored`
  const files = () => readdirSync(folder).filter((one) => one.startsWith('console.db') && !/-(wal|shm)$/.test(one))

  // Killed after the first rename: the state of before lies aside, what was checked is ready.
  const held = bytesOf(state)
  copyFileSync(file, ready)
  renameSync(state, `${state}.before-20260101T000000`)
  finishRestore(state)
  expect(files()).toEqual(['console.db', 'console.db.before-20260101T000000'])
  expect(bytesOf(state)).toBe(bytesOf(file))
  const again = await consoleIn(dataDir)
  expect(await again.access.isSetUp()).toBe(true)
  await again.database.close()

  // Killed before it: nothing was done, and nothing of it stays.
  writeFileSync(state, held, 'latin1')
  copyFileSync(file, ready)
  finishRestore(state)
  expect(files()).toEqual(['console.db', 'console.db.before-20260101T000000'])
  expect(bytesOf(state)).toBe(held)
})
