// broker/auth/accounts.ts: the users and policies of one server. In memory to be asked for each request, in one small
// file to survive a restart; secrets are sealed in it. Owner of the file: this server's thread.
import { join } from 'node:path'
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import { bean, list, oneOf, readBody, text, writeBodyText } from '../protocol/body-table'
import { isAddressOrNetwork } from './addresses'
import { aclBody, aclOfBody, bodyOfAcl } from './bodies'
import { parseResource, resourceKey } from './resource'
import { openSecretBox, type SecretBox } from './secret-box'
import {
  type AccountSource,
  type Acl,
  AuthError,
  type Policy,
  type PolicyEntry,
  type PolicyType,
  type User,
} from './types'

export interface Accounts extends AccountSource {
  /** By name. */
  users(filter: string | undefined): User[]
  acls(subjectFilter: string | undefined, resourceFilter: string | undefined): Acl[]
  /** Each resolves when the change would survive a crash; AuthError: refused, nothing changed. */
  createUser(user: Partial<User> & { username: string }): Promise<void>
  updateUser(user: Partial<User> & { username: string }): Promise<void>
  deleteUser(username: string): Promise<void>
  /** Adds the entries to those that are there; an entry for the same resource is replaced. */
  putAcl(acl: { subject: string; policies: readonly Policy[] }): Promise<void>
  deleteAcl(subject: string, policyType: PolicyType, resource: string | undefined): Promise<void>
}

/** config/auth.json and config/auth.key below it. */
export const accountsFile = (configDir: string): string => join(configDir, 'auth.json')
export const keyFile = (configDir: string): string => join(configDir, 'auth.key')

const storedUser = bean({
  username: text,
  sealedPassword: text,
  userType: oneOf('Super', 'Normal'),
  userStatus: oneOf('enable', 'disable'),
})
const storedAccounts = bean({ users: list(storedUser), acls: list(aclBody) })

export interface OpenAccounts {
  configDir: string
}

/** Throws when the file, or the key of its secrets, cannot be read: nobody may guess who is allowed what. */
export async function openAccounts({ configDir }: OpenAccounts): Promise<Accounts> {
  const path = accountsFile(configDir)
  const box = await openSecretBox(keyFile(configDir))
  const stored = await readFileOrBackup(path, (json) => readAccounts(json, box))
  return new KeptAccounts(path, box, stored ?? { users: new Map(), acls: new Map() })
}

interface Tables {
  readonly users: Map<string, User>
  readonly acls: Map<string, Acl>
}
/** What a file of accounts holds. */
export function readAccounts(json: string, box: SecretBox): Tables {
  const { users, acls } = readBody(storedAccounts, json)
  return {
    users: new Map(
      users.map(({ sealedPassword, ...user }) => [
        user.username,
        { ...user, password: box.open(sealedPassword, user.username) },
      ]),
    ),
    acls: new Map(acls.map((acl) => [acl.subject, aclOfBody(acl)])),
  }
}

class KeptAccounts implements Accounts {
  readonly #path: string
  readonly #box: SecretBox
  #users: Map<string, User>
  #acls: Map<string, Acl>
  #changing: Promise<void> = Promise.resolve()

  constructor(path: string, box: SecretBox, { users, acls }: Tables) {
    this.#path = path
    this.#box = box
    this.#users = users
    this.#acls = acls
  }

  user(username: string): User | undefined {
    return this.#users.get(username)
  }
  acl(subject: string): Acl | undefined {
    return this.#acls.get(subject)
  }
  users(filter: string | undefined): User[] {
    return [...this.#users.values()]
      .filter(({ username }) => holds(username, filter))
      .sort(byName(({ username }) => username))
  }
  acls(subjectFilter: string | undefined, resourceFilter: string | undefined): Acl[] {
    const found = [...this.#acls.values()].filter(({ subject }) => holds(subject, subjectFilter))
    const narrowed = found.map((acl) => ({
      ...acl,
      policies: withEntries(acl.policies, (entry) => holds(entry.resource, resourceFilter)),
    }))
    return narrowed.filter(({ policies }) => policies.length > 0).sort(byName(({ subject }) => subject))
  }

  createUser({ username, password, userType = 'Normal', userStatus = 'enable' }: Partial<User> & { username: string }) {
    return this.#change((users) => {
      if (isBlank(username)) throw new AuthError('username can not be blank')
      if (password === undefined || isBlank(password)) throw new AuthError('password can not be blank')
      if (users.has(username)) throw new AuthError('The user is existed')
      users.set(username, { username, password, userType, userStatus })
    })
  }

  updateUser({ username, password, userType, userStatus }: Partial<User> & { username: string }) {
    return this.#change((users) => {
      if (isBlank(username)) throw new AuthError('username can not be blank')
      const held = users.get(username)
      if (held === undefined) throw new AuthError('The user is not exist')
      users.set(username, {
        username,
        password: password === undefined || isBlank(password) ? held.password : password,
        userType: userType ?? held.userType,
        userStatus: userStatus ?? held.userStatus,
      })
    })
  }

  deleteUser(username: string) {
    return this.#change((users, acls) => {
      if (isBlank(username)) throw new AuthError('username can not be blank')
      users.delete(username)
      acls.delete(subjectOf(username))
    })
  }

  putAcl({ subject, policies }: { subject: string; policies: readonly Policy[] }) {
    return this.#change((users, acls) => {
      checkPolicies(policies)
      if (!users.has(usernameOf(subject))) throw new AuthError(`The subject of ${subject} is not exist.`)
      acls.set(subject, { subject, policies: joined(acls.get(subject)?.policies ?? [], policies) })
    })
  }

  deleteAcl(subject: string, policyType: PolicyType, resource: string | undefined) {
    return this.#change((users, acls) => {
      if (!users.has(usernameOf(subject))) throw new AuthError('The subject is not exist.')
      const held = acls.get(subject)
      if (held === undefined) throw new AuthError('The acl is not exist.')
      const left =
        resource === undefined
          ? []
          : withEntries(held.policies, (entry, type) => type !== policyType || entry.resource !== resource)
      if (left.length === 0) acls.delete(subject)
      else acls.set(subject, { subject, policies: left })
    })
  }

  /** One after the other. What is not on disk was not changed. */
  #change(work: (users: Map<string, User>, acls: Map<string, Acl>) => void): Promise<void> {
    const done = this.#changing.then(async () => {
      const users = new Map(this.#users)
      const acls = new Map(this.#acls)
      work(users, acls)
      await writeFileAtomic(this.#path, this.#render(users, acls))
      this.#users = users
      this.#acls = acls
    })
    this.#changing = done.catch(() => {}) // whoever asked is told; the next starts from what holds
    return done
  }

  #render(users: ReadonlyMap<string, User>, acls: ReadonlyMap<string, Acl>): string {
    return writeBodyText(storedAccounts, {
      users: [...users.values()].map(({ password, ...user }) => ({
        ...user,
        sealedPassword: this.#box.seal(password, user.username),
      })),
      acls: [...acls.values()].map(bodyOfAcl),
    })
  }
}

export const subjectOf = (username: string): string => `User:${username}`
const usernameOf = (subject: string): string => subject.slice(subject.indexOf(':') + 1)
const isBlank = (value: string): boolean => value.trim() === ''
const holds = (value: string, filter: string | undefined): boolean =>
  filter === undefined || isBlank(filter) || value.includes(filter)
const byName =
  <T>(name: (one: T) => string) =>
  (a: T, b: T): number =>
    name(a) < name(b) ? -1 : 1

const withEntries = (policies: readonly Policy[], keep: (entry: PolicyEntry, type: PolicyType) => boolean): Policy[] =>
  policies
    .map(({ policyType, entries }) => ({ policyType, entries: entries.filter((entry) => keep(entry, policyType)) }))
    .filter(({ entries }) => entries.length > 0)

function joined(held: readonly Policy[], given: readonly Policy[]): Policy[] {
  const byType = new Map(
    held.map(({ policyType, entries }) => [policyType, new Map(entries.map((one) => [one.resource, one]))]),
  )
  for (const { policyType, entries } of given) {
    const byResource = byType.get(policyType) ?? new Map<string, PolicyEntry>()
    for (const entry of entries) byResource.set(entry.resource, entry)
    byType.set(policyType, byResource)
  }
  return [...byType].map(([policyType, entries]) => ({ policyType, entries: [...entries.values()] }))
}

function checkPolicies(policies: readonly Policy[]): void {
  if (policies.length === 0) throw new AuthError('The policies is empty.')
  for (const { entries } of policies) {
    if (entries.length === 0) throw new AuthError('The policy entries is empty.')
    for (const entry of entries) checkEntry(entry)
  }
}

function checkEntry({ resource, actions, sourceIps }: PolicyEntry): void {
  const parsed = parseResource(resource)
  if (parsed === undefined || resourceKey(parsed) !== resource) throw new AuthError('The resource is null.')
  if (actions.length === 0) throw new AuthError('The actions is empty.')
  if (actions.includes('Any')) throw new AuthError('The actions can not be Any.')
  for (const address of sourceIps) {
    if (isBlank(address)) throw new AuthError('The source ip is empty.')
    if (!isAddressOrNetwork(address)) throw new AuthError('The source ip is invalid.')
  }
}
