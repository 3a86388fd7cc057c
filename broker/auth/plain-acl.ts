// broker/auth/plain-acl.ts: ACL 1.0: conf/plain_acl.yml and conf/acl/*.yml, read again when they change. Accounts with
// permissions on topics and groups, addresses that need no signature. A file that became wrong changes nothing.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { type AddressSet, addressPattern } from './addresses'
import { isRetryTopic } from './needs'
import { changesSomething } from './rules'
import { AuthError, type Need } from './types'

interface Account {
  readonly accessKey: string
  readonly secretKey: string
  readonly from: AddressSet
  readonly admin: boolean
  readonly defaultTopicPerm: number
  readonly defaultGroupPerm: number
  readonly topics: ReadonlyMap<string, number>
  readonly groups: ReadonlyMap<string, number>
}
interface PlainRules {
  readonly everywhere: readonly AddressSet[]
  readonly accounts: ReadonlyMap<string, Account>
}

export interface PlainAsk {
  readonly code: number
  readonly accessKey: string | undefined
  /** Whether the request is signed with this secret. */
  readonly isSignedWith: (secretKey: string) => boolean
  readonly sourceIp: string
  readonly needs: () => readonly Need[]
}
export interface PlainAcl {
  /** Throws an AuthError when the request is refused. */
  check(ask: PlainAsk): void
  /** Reads the files again if they changed. */
  refresh(): Promise<void>
  close(): void
}
export interface OpenPlainAcl {
  /** Holds plain_acl.yml and acl/. */
  confDir: string
  log: (level: 'info' | 'warn', line: string) => void
  lookEveryMs?: number
}

const perm = { deny: 1, pub: 4, sub: 8 } as const
const tracesTopic = 'RMQ_SYS_TRACE_TOPIC'
const exceptionName = 'org.apache.rocketmq.acl.common.AclException'

/** Throws when a file is wrong: a start that would admit or lock out the wrong people must not be. */
export async function openPlainAcl(options: OpenPlainAcl): Promise<PlainAcl> {
  const acl = new YamlAcl(options)
  await acl.read()
  return acl
}

class YamlAcl implements PlainAcl {
  readonly #options: OpenPlainAcl
  readonly #timer: NodeJS.Timeout
  #rules: PlainRules = { everywhere: [], accounts: new Map() }
  #seen = ''

  constructor(options: OpenPlainAcl) {
    this.#options = options
    this.#timer = setInterval(() => void this.refresh(), options.lookEveryMs ?? 1000)
    this.#timer.unref()
  }
  close(): void {
    clearInterval(this.#timer)
  }

  async read(): Promise<void> {
    const paths = await filesIn(this.#options.confDir)
    this.#seen = await stampOf(paths)
    this.#rules = await rulesIn(paths)
  }

  async refresh(): Promise<void> {
    try {
      const paths = await filesIn(this.#options.confDir)
      const seen = await stampOf(paths)
      if (seen === this.#seen) return
      this.#seen = seen
      this.#rules = await rulesIn(paths)
      this.#options.log('info', `${paths.join(', ')}: ${this.#rules.accounts.size} accounts`)
    } catch (error) {
      this.#options.log('warn', `the rules that held go on to hold: ${error instanceof Error ? error.message : error}`)
    }
  }

  check({ code, accessKey, isSignedWith, sourceIp, needs }: PlainAsk): void {
    const { everywhere, accounts } = this.#rules
    if (everywhere.some((addresses) => addresses.has(sourceIp))) return
    if (accessKey === undefined) throw refused('No accessKey is configured')
    const account = accounts.get(accessKey)
    if (account === undefined) throw refused(`No acl config for ${accessKey}`)
    if (account.from.has(sourceIp)) return
    if (!isSignedWith(account.secretKey)) throw refused(`Check signature failed for accessKey=${accessKey}`)
    if (account.admin) return
    if (changesSomething(code)) {
      throw refused(`Need admin permission for request code=${code}, but accessKey=${accessKey} is not`)
    }
    for (const need of needs()) checkNeed(account, need)
  }
}

const refused = (text: string): AuthError => new AuthError(`${exceptionName}: ${text}`)

function checkNeed(account: Account, { kind, name, actions }: Need): void {
  if (kind === 'Cluster' || name === undefined) return // 1.0 knows topics and groups
  const isGroup = kind === 'Group' || isRetryTopic(name)
  const shown = `${isGroup ? 'group' : 'topic'}:${name}`
  const held = (isGroup ? account.groups : account.topics).get(name)
  // The trace topic is open to whoever is known: traces are written beside what is traced.
  if (held === undefined && name === tracesTopic && actions.includes('Pub')) return
  const owned = held ?? (isGroup ? account.defaultGroupPerm : account.defaultTopicPerm)
  const wanted = (actions.includes('Pub') ? perm.pub : 0) | (actions.includes('Sub') ? perm.sub : 0)
  // What only looks (offsets, routes, statistics) is let see what one may send to or read from.
  if ((owned & perm.deny) === 0 && (owned & (wanted === 0 ? perm.pub | perm.sub : wanted)) !== 0) return
  throw refused(`${held === undefined ? 'No default permission' : 'No permission'} for ${shown}`)
}

async function filesIn(confDir: string): Promise<string[]> {
  const main = join(confDir, 'plain_acl.yml')
  const more = await readdir(join(confDir, 'acl')).catch(() => [] as string[]) // no such folder: no more files
  const yaml = more.filter((name) => /\.ya?ml$/.test(name)).sort()
  return [main, ...yaml.map((name) => join(confDir, 'acl', name))]
}

async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = paths.map((path) =>
    stat(path, { bigint: true }).then(
      ({ mtimeNs, size, ino }) => `${path} ${mtimeNs} ${size} ${ino}`,
      () => `${path} missing`,
    ),
  )
  return (await Promise.all(stamps)).join('\n')
}

async function rulesIn(paths: readonly string[]): Promise<PlainRules> {
  const everywhere: AddressSet[] = []
  const accounts = new Map<string, Account>()
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    try {
      const file = objectIn(parseYaml(text) ?? {}, 'the file')
      for (const pattern of textsIn(file.globalWhiteRemoteAddresses, 'globalWhiteRemoteAddresses')) {
        everywhere.push(addressPattern(pattern))
      }
      for (const one of listIn(file.accounts, 'accounts')) {
        const account = accountIn(objectIn(one, 'an account'))
        if (!accounts.has(account.accessKey)) accounts.set(account.accessKey, account)
      }
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  }
  return { everywhere, accounts }
}

const leastKeyLength = 7

function accountIn(given: Record<string, unknown>): Account {
  const accessKey = textIn(given.accessKey, 'accessKey')
  const secretKey = textIn(given.secretKey, `secretKey of ${accessKey}`)
  for (const [name, value] of [['accessKey', accessKey] as const, ['secretKey', secretKey] as const]) {
    if (value.length < leastKeyLength) {
      throw new Error(`The ${name} must be at least ${leastKeyLength} characters long (account ${accessKey})`)
    }
  }
  const pattern = given.whiteRemoteAddress
  return {
    accessKey,
    secretKey,
    from: addressPattern(pattern === undefined || pattern === null ? '' : textIn(pattern, 'whiteRemoteAddress')),
    admin: given.admin === true || given.admin === 'true',
    defaultTopicPerm: permIn(given.defaultTopicPerm),
    defaultGroupPerm: permIn(given.defaultGroupPerm),
    topics: permsIn(given.topicPerms, 'topicPerms'),
    groups: permsIn(given.groupPerms, 'groupPerms'),
  }
}

function permsIn(given: unknown, where: string): ReadonlyMap<string, number> {
  return new Map(
    textsIn(given, where).map((line) => {
      const [name = '', value, ...more] = line.split('=')
      const known = ['PUB', 'SUB', 'PUB|SUB', 'SUB|PUB', 'DENY'].includes(value?.trim() ?? '')
      if (!known || more.length > 0) {
        throw new Error(`${where}: ${line} is none of name=PUB, name=SUB, name=PUB|SUB, name=DENY`)
      }
      return [name.trim(), permIn(value)]
    }),
  )
}

const permIn = (given: unknown): number => {
  switch (typeof given === 'string' ? given.trim() : '') {
    case 'PUB':
      return perm.pub
    case 'SUB':
      return perm.sub
    case 'PUB|SUB':
    case 'SUB|PUB':
      return perm.pub | perm.sub
    default:
      return perm.deny
  }
}

function objectIn(given: unknown, what: string): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error(`${what} is no table of keys`)
  return given as Record<string, unknown> // looked at above; each value is looked at where it is taken
}
function listIn(given: unknown, what: string): unknown[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw new Error(`${what} is no list`)
  return given
}
const textsIn = (given: unknown, what: string): string[] => listIn(given, what).map((one) => textIn(one, what))
function textIn(given: unknown, what: string): string {
  if (typeof given === 'string' || typeof given === 'number') return String(given)
  throw new Error(`${what} is missing, or no text`)
}
