// test/server/access/access.test.ts: accounts, sessions, the one-time token and the lock-out, on a real database.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openLockout } from '../../../server/access/lockout'
import { type Access, openAccess } from '../../../server/access/open'
import { type Database, openDatabase } from '../../../server/db/open'
import { DeskError } from '../../../server/shared/errors'
import { temporaryFolder } from '../../support/folders'

const PASSWORD = 'correct horse battery'
const caller = (session: string | null = null, from = '10.0.0.1') => ({ from, agent: 'a browser', session })
const ends: Database[] = []
afterEach(async () => {
  for (const one of ends.splice(0)) await one.close()
})
const open = async (
  folder = temporaryFolder('access'),
  now: () => number = Date.now,
): Promise<{ access: Access; folder: string }> => {
  const database = await openDatabase({ file: join(folder, 'console.db'), thread: false })
  ends.push(database)
  return {
    access: await openAccess({ db: database.db, folder, now, lockout: openLockout({ now, freeTries: 3 }) }),
    folder,
  }
}
const kindOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DeskError ? error.kind : String(error)),
  )
const tokenIn = (folder: string): string => readFileSync(join(folder, 'setup-token'), 'utf8').trim()

describe('the first account', () => {
  it('takes the token in a file that only its owner reads', async () => {
    const { access, folder } = await open()
    expect(statSync(join(folder, 'setup-token')).mode & 0o777).toBe(0o600)
    expect(access.setupToken.current()).toBe(tokenIn(folder))
    expect(await access.isSetUp()).toBe(false)
    const { me, session } = await access.setup({ token: tokenIn(folder), name: 'root', password: PASSWORD }, caller())
    expect(me.role).toBe('admin')
    expect((await access.who(caller(session)))?.me.name).toBe('root')
  })
  it('voids the token: it opens nothing a second time, nor after a restart', async () => {
    const { access, folder } = await open()
    const token = tokenIn(folder)
    await access.setup({ token, name: 'root', password: PASSWORD }, caller())
    expect(existsSync(join(folder, 'setup-token'))).toBe(false)
    expect(await kindOf(access.setup({ token, name: 'other', password: PASSWORD }, caller()))).toBe('already-set-up')
    const again = await open(folder)
    expect(again.access.setupToken.current()).toBeNull()
    expect(await kindOf(again.access.setup({ token, name: 'other', password: PASSWORD }, caller()))).toBe(
      'already-set-up',
    )
  })
  it('is made once, however many ask at the same time', async () => {
    const { access, folder } = await open()
    const token = tokenIn(folder)
    const tries = await Promise.all(
      ['a', 'b', 'c'].map((name) => kindOf(access.setup({ token, name, password: PASSWORD }, caller()))),
    )
    expect(tries.sort()).toEqual(['already-set-up', 'already-set-up', 'done'])
  })
  it('keeps its token over a restart until it was used, and locks guessing out', async () => {
    const { access, folder } = await open()
    const token = tokenIn(folder)
    for (let i = 0; i < 3; i++)
      expect(await kindOf(access.setup({ token: 'guess', name: 'x', password: PASSWORD }, caller()))).toBe(
        'token-wrong',
      )
    expect(await kindOf(access.setup({ token, name: 'x', password: PASSWORD }, caller()))).toBe('locked-out')
    expect((await open(folder)).access.setupToken.current()).toBe(token)
  })
})

describe('signing in', () => {
  const ready = async (now?: () => number) => {
    const { access, folder } = await open(undefined, now)
    const { session } = await access.setup({ token: tokenIn(folder), name: 'root', password: PASSWORD }, caller())
    return { access, folder, session }
  }
  it('refuses a wrong password and an unknown name alike', async () => {
    const { access } = await ready()
    expect(await kindOf(access.login('root', 'wrong', caller()))).toBe('wrong-password')
    expect(await kindOf(access.login('nobody', PASSWORD, caller()))).toBe('wrong-password')
    expect((await access.login('ROOT', PASSWORD, caller())).me.name).toBe('root')
  })
  it('tells the wait after too many tries, and lets in again when it is over', async () => {
    let at = 1_700_000_000_000
    const { access } = await ready(() => at)
    for (let i = 0; i < 3; i++) await kindOf(access.login('root', 'wrong', caller()))
    const locked = await access.login('root', PASSWORD, caller()).catch((error: unknown) => error)
    expect(locked).toMatchObject({ kind: 'locked-out', details: { waitMs: 30_000 } })
    at += 30_001
    expect(await kindOf(access.login('root', PASSWORD, caller()))).toBe('done')
  })
  it('keeps neither passwords nor session secrets in the file', async () => {
    const { folder, session } = await ready()
    for (const one of ends.splice(0)) await one.close()
    const file = readFileSync(join(folder, 'console.db')).toString('latin1')
    expect(file).not.toContain(PASSWORD)
    expect(file).not.toContain(session)
  })
  it('ends a session by logout, by revoking it, by age, and all others by a new password', async () => {
    let at = 1_700_000_000_000
    const { access, session } = await ready(() => at)
    const ended: string[] = []
    access.onSessionEnd((id) => ended.push(id))
    const second = (await access.login('root', PASSWORD, caller())).session
    const third = (await access.login('root', PASSWORD, caller())).session
    const me = await access.who(caller(second))
    expect(me).not.toBeNull()
    if (me === null) return
    await access.changePassword(me.userId, { current: PASSWORD, next: 'another long password' }, me.sessionId, caller())
    expect(await access.who(caller(session))).toBeNull()
    expect(await access.who(caller(third))).toBeNull()
    expect(ended).toHaveLength(2)
    expect(await kindOf(access.login('root', PASSWORD, caller()))).toBe('wrong-password')
    await access.logout(caller(second))
    expect(await access.who(caller(second))).toBeNull()
    const old = (await access.login('root', 'another long password', caller())).session
    at += 31 * 86_400_000
    expect(await access.who(caller(old))).toBeNull()
  })
  it('keeps settings, changing only what was sent', async () => {
    const { access, folder, session } = await ready()
    const who = await access.who(caller(session))
    await access.settings(who?.userId ?? 0, { language: 'zh', theme: 'dark' })
    await access.settings(who?.userId ?? 0, { density: 'compact' })
    const again = (await open(folder)).access
    expect((await again.who(caller(session)))?.me.settings).toMatchObject({
      language: 'zh',
      theme: 'dark',
      density: 'compact',
      zone: 'browser',
    })
  })
})
