// broker/auth/followed.ts: the users and policies that other servers of this process keep, read from their files by who
// must know them too: a name server beside its brokers. It looks again when a file changed, and never writes.
import { readFileSync, statSync } from 'node:fs'
import { backupOf } from '../file/small-file'
import { accountsFile, keyFile, readAccounts } from './accounts'
import { secretBoxOf } from './secret-box'
import type { AccountSource, Acl, User } from './types'

export interface FollowedAccounts extends AccountSource {
  /** Reads what changed since it last looked. */
  refresh(): void
}

export const followAccounts = (configDir: string, log: (level: 'warn', line: string) => void): FollowedAccounts =>
  new Followed(configDir, log)

class Followed implements FollowedAccounts {
  readonly #configDir: string
  readonly #log: (level: 'warn', line: string) => void
  #users: ReadonlyMap<string, User> = new Map()
  #acls: ReadonlyMap<string, Acl> = new Map()
  #seen = ''

  constructor(configDir: string, log: (level: 'warn', line: string) => void) {
    this.#configDir = configDir
    this.#log = log
  }
  user(username: string): User | undefined {
    return this.#users.get(username)
  }
  acl(subject: string): Acl | undefined {
    return this.#acls.get(subject)
  }

  refresh(): void {
    const path = accountsFile(this.#configDir)
    const seen = stampOf(path)
    if (seen === this.#seen || seen === undefined) return // missing: it was never written, or is being replaced right now
    try {
      const key = keyFile(this.#configDir)
      const { users, acls } = readAccounts(readFileSync(path, 'utf8'), secretBoxOf(readFileSync(key, 'utf8'), key))
      this.#users = users
      this.#acls = acls
      this.#seen = seen
    } catch (error) {
      if (stampOf(backupOf(path)) === undefined) {
        this.#log('warn', `${path} cannot be read: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
}

function stampOf(path: string): string | undefined {
  const held = statSync(path, { throwIfNoEntry: false, bigint: true })
  return held && `${held.mtimeNs} ${held.size} ${held.ino}`
}
