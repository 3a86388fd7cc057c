// broker/auth/guard.ts: the one check that every request passes before anything is done for it: who signed it, and whether
// they may. A server without access control has no guard, and pays nothing.
import { timingSafeEqual } from 'node:crypto'
import type { Command } from '../protocol/command'
import { AuthField, type Credentials, sameSignature, signatureOf } from '../protocol/signature'
import { subjectOf } from './accounts'
import { ipOf } from './addresses'
import { authorize } from './decide'
import type { FollowedAccounts } from './followed'
import { needsOf } from './needs'
import type { PlainAcl } from './plain-acl'
import { type AccountSource, AuthError, type Need, type User } from './types'

export interface Refused {
  readonly code: number
  readonly remark: string
}
export interface Guard {
  /**
   * Undefined: it may pass. `remoteAddress`: `ip:port` of the peer. `needs`: what it asks for, where the request does not say
   * it and it was found out on the way.
   */
  check(request: Command, remoteAddress: string, needs?: readonly Need[]): Refused | undefined
}

/** Apache's AuthConfig, as far as it is heeded. */
export interface AuthSettings {
  readonly authenticationEnabled: boolean
  readonly authorizationEnabled: boolean
  /** Request codes that need no signature, by commas; and those that are not asked what they may. */
  readonly authenticationWhitelist: string | null
  readonly authorizationWhitelist: string | null
}
export interface GuardOptions {
  readonly settings: AuthSettings
  readonly clusterName: string
  /** This server's own users first. */
  readonly accounts: AccountSource
  /** Those of other servers of this process. */
  readonly followed?: readonly FollowedAccounts[]
  /** ACL 1.0, when aclEnable says so. */
  readonly plain?: PlainAcl | undefined
  /** The servers of this process among each other, and its console: made anew at each start, known to nobody else. */
  readonly inner?: Credentials | undefined
  readonly clock?: () => number
}

/** Undefined when neither ACL 2.0 nor 1.0 is switched on. */
export const createGuard = (options: GuardOptions): Guard | undefined => {
  const { authenticationEnabled, authorizationEnabled } = options.settings
  if (!authenticationEnabled && !authorizationEnabled && options.plain === undefined) return undefined
  return new RequestGuard(options)
}

const noPermission = 16
const systemError = 1
const authorizationFailed = 'Authorization failed. Please verify your access rights and try again.'
/** Up to this MQVersion ordinal (V4_9_3) a client marks queries by unique key after it signed them. */
const markedAfterSigning = 399
const uniqueKeyMark = ['_UNIQUE_KEY_QUERY']
/** How often files of other servers are looked at while nothing is refused. */
const lookEveryMs = 1000

type Needs = () => readonly Need[]

class RequestGuard implements Guard {
  readonly #options: GuardOptions
  readonly #openToAll: ReadonlySet<string>
  readonly #openToKnown: ReadonlySet<string>
  readonly #clock: () => number
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: GuardOptions) {
    this.#options = options
    this.#openToAll = codesIn(options.settings.authenticationWhitelist)
    this.#openToKnown = codesIn(options.settings.authorizationWhitelist)
    this.#clock = options.clock ?? Date.now
  }

  check(request: Command, remoteAddress: string, given?: readonly Need[]): Refused | undefined {
    const { inner, plain } = this.#options
    if (inner !== undefined && isFrom(inner, request)) return undefined
    const sourceIp = ipOf(remoteAddress)
    const needs = () => given ?? needsOf(request, this.#options.clusterName)
    try {
      if (plain !== undefined) this.#checkPlain(plain, request, sourceIp, needs)
    } catch (error) {
      return refusal(error, systemError)
    }
    if ((this.#options.followed?.length ?? 0) > 0) return this.#checkFollowed(request, sourceIp, needs)
    return this.#checkNow(request, sourceIp, needs)
  }

  #checkPlain(plain: PlainAcl, request: Command, sourceIp: string, needs: Needs): void {
    plain.check({
      code: request.code,
      accessKey: request.ext[AuthField.accessKey],
      isSignedWith: (secretKey) => isSignedWith(secretKey, request),
      sourceIp,
      needs,
    })
  }

  /** What is refused is looked at once more when a file changed: a user made a moment ago is known at once. */
  #checkFollowed(request: Command, sourceIp: string, needs: Needs): Refused | undefined {
    const now = this.#clock()
    if (now - this.#lookedAtMs >= lookEveryMs) this.#look(now)
    const refused = this.#checkNow(request, sourceIp, needs)
    if (refused === undefined || this.#lookedAtMs === now) return refused
    this.#look(now)
    return this.#checkNow(request, sourceIp, needs)
  }
  #look(now: number): void {
    this.#lookedAtMs = now
    for (const followed of this.#options.followed ?? []) followed.refresh()
  }

  /** One place of users that lets it pass is enough: brokers keep their own. */
  #checkNow(request: Command, sourceIp: string, needs: Needs): Refused | undefined {
    const { accounts, followed = [] } = this.#options
    let first: Refused | undefined
    for (const source of [accounts, ...followed]) {
      const refused = this.#checkBy(source, request, sourceIp, needs)
      if (refused === undefined) return undefined
      const isKnown = source.user(request.ext[AuthField.accessKey] ?? '') !== undefined
      if (first === undefined || isKnown) first = refused
    }
    return first
  }

  #checkBy(source: AccountSource, request: Command, sourceIp: string, needs: Needs): Refused | undefined {
    const { authenticationEnabled, authorizationEnabled } = this.#options.settings
    const code = String(request.code)
    try {
      if (authenticationEnabled && !this.#openToAll.has(code)) authenticate(source, request)
      if (authorizationEnabled && !this.#openToKnown.has(code)) this.#authorize(source, request, sourceIp, needs())
      return undefined
    } catch (error) {
      return refusal(error, noPermission)
    }
  }

  #authorize(source: AccountSource, request: Command, sourceIp: string, needs: readonly Need[]): void {
    if (needs.length === 0) return
    const username = request.ext[AuthField.accessKey]
    if (username === undefined) throw new AuthError(authorizationFailed)
    const user = source.user(username)
    if (user === undefined) throw new AuthError(`User:${username} not found.`)
    checkStatus(user)
    authorize(user, source.acl(subjectOf(username)), needs, sourceIp)
  }
}

const codesIn = (list: string | null): ReadonlySet<string> =>
  new Set(
    (list ?? '')
      .split(',')
      .map((code) => code.trim())
      .filter((code) => code !== ''),
  )

function authenticate(source: AccountSource, request: Command): void {
  const username = request.ext[AuthField.accessKey]
  if (username === undefined || username === '') throw new AuthError('username cannot be null.')
  const user = source.user(username)
  if (user === undefined) throw new AuthError(`User:${username} is not found.`)
  checkStatus(user)
  if (!isSignedWith(user.password, request)) throw new AuthError('check signature failed.')
}

function checkStatus({ username, userStatus }: User): void {
  if (userStatus === 'disable') throw new AuthError(`User:${username} is disabled.`)
}

function isSignedWith(secretKey: string, { ext, body, version }: Command): boolean {
  const given = ext[AuthField.signature]
  if (given === undefined) return false
  const without = version <= markedAfterSigning ? uniqueKeyMark : undefined
  return sameSignature(signatureOf(secretKey, ext, body, without), given)
}

function isFrom({ accessKey, secretKey }: Credentials, request: Command): boolean {
  const given = Buffer.from(request.ext[AuthField.accessKey] ?? '')
  const own = Buffer.from(accessKey)
  return given.length === own.length && timingSafeEqual(given, own) && isSignedWith(secretKey, request)
}

/** Whatever else went wrong on the way must not let anybody in. */
function refusal(error: unknown, code: number): Refused {
  if (error instanceof AuthError) return { code, remark: error.message }
  return { code: systemError, remark: error instanceof Error ? error.message : String(error) }
}
