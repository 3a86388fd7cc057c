// broker/worker/access.ts: access control of one part, put together from its settings: the users and policies it keeps,
// ACL 1.0's files where they are switched on, the guard that asks both, and how this part signs what it asks of others.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Accounts, AuthError, createGuard, followAccounts, type Guard, openAccounts, openPlainAcl } from '../auth'
import { type AccessValues, accessValues } from '../config/broker-config'
import type { DialOptions } from '../net/types'
import { type Credentials, sign } from '../protocol/signature'
import type { PartPlan } from './messages'
import type { PartLog } from './part-thread'

export interface PartAccess {
  readonly accounts: Accounts
  /** Undefined: access control is off, and costs nothing. */
  readonly guard: Guard | undefined
  /** How requests to other servers are signed. */
  readonly sign: NonNullable<DialOptions['sign']> | undefined
  close(): void
}

/** `configDir`: where this part keeps users and policies. */
export async function openPartAccess(plan: PartPlan, configDir: string, log: PartLog): Promise<PartAccess> {
  const values = accessValues({ properties: plan.properties, clock: Date.now, log: (_, line) => log('warn', line) })
  await mkdir(configDir, { recursive: true })
  const accounts = await openAccounts({ configDir })
  const given = credentialsIn(values.innerClientAuthenticationCredentials)
  await makeFirstUsers(accounts, values, given)
  const plain = values.aclEnable ? await openPlainAcl({ confDir: confDirOf(plan), log }) : undefined
  const inner = plan.access?.inner
  const guard = createGuard({
    settings: values,
    clusterName: values.brokerClusterName,
    accounts,
    followed: (plan.access?.follow ?? []).map((folder) => followAccounts(folder, log)),
    plain,
    inner,
  })
  if (guard !== undefined) sayWhatIsOn(values, accounts, plan, log)
  const own = inner ?? given
  return {
    accounts,
    guard,
    sign: own && ((_code, ext, body) => sign(own, ext, body)),
    close: () => plain?.close(),
  }
}

const confDirOf = (plan: PartPlan): string => plan.access?.confDir ?? join(plan.dataDir, 'conf')

/** Those that the settings name are made when they are not there yet; one who is there keeps what was changed since. */
async function makeFirstUsers(accounts: Accounts, values: AccessValues, inner: Credentials | undefined): Promise<void> {
  const first = objectIn('initAuthenticationUser', values.initAuthenticationUser)
  const named = [
    ...(first ? [{ username: first.username, password: first.password }] : []),
    ...(inner ? [{ username: inner.accessKey, password: inner.secretKey }] : []),
  ]
  for (const { username = '', password = '' } of named) {
    if (accounts.user(username) !== undefined) continue
    try {
      await accounts.createUser({ username, password, userType: 'Super' })
    } catch (error) {
      if (error instanceof AuthError)
        throw new Error(`the first users cannot be made: ${error.message}`, { cause: error })
      throw error
    }
  }
}

function credentialsIn(text: string | null): Credentials | undefined {
  const given = objectIn('innerClientAuthenticationCredentials', text)
  if (given === undefined) return undefined
  const { accessKey, secretKey, securityToken } = given
  if (accessKey === undefined || secretKey === undefined) {
    throw new Error('innerClientAuthenticationCredentials: needs {"accessKey":"...","secretKey":"..."}')
  }
  return { accessKey, secretKey, ...(securityToken === undefined ? {} : { securityToken }) }
}

/** A property whose value is a JSON object of texts. The value itself is in no message: it holds a secret. */
function objectIn(key: string, text: string | null): Record<string, string | undefined> | undefined {
  if (text === null || text.trim() === '') return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Error(`${key}: not JSON`)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error(`${key}: not a JSON object`)
  return Object.fromEntries(
    Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function sayWhatIsOn(values: AccessValues, accounts: Accounts, plan: PartPlan, log: PartLog): void {
  if (values.authorizationEnabled && !values.authenticationEnabled) {
    log('warn', 'authorizationEnabled without authenticationEnabled: whoever names a user is taken for that user')
  }
  const isAlone = plan.access?.inner === undefined && plan.access?.follow === undefined
  if (values.authenticationEnabled && isAlone && accounts.users(undefined).length === 0) {
    log(
      'warn',
      'authenticationEnabled and no user: every request will be refused; name one with initAuthenticationUser',
    )
  }
}
