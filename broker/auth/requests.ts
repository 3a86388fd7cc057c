// broker/auth/requests.ts: requests 3001-3010: users and policies are made, changed, deleted and shown. Codes and texts
// are Apache's. Who may ask is the guard's business, except that only a super user touches super users.
import { readBody, writeBodyText } from '../protocol/body-table'
import type { Command } from '../protocol/command'
import { ProtocolError } from '../protocol/errors'
import { AuthField } from '../protocol/signature'
import type { Accounts } from './accounts'
import { aclBody, bodyOfAcl, givenAclBody, userBody } from './bodies'
import { parseResource, resourceKey } from './resource'
import {
  type Acl,
  type Action,
  AuthError,
  actionNames,
  decisionNames,
  type Policy,
  policyTypeNames,
  type User,
} from './types'

export interface AuthReply {
  code: number
  remark?: string
  body?: Buffer
}
export type AuthAnswer = (request: Command) => Promise<AuthReply>

const systemError = 1
const noPermission = 16
const invalidParameter = 29
const tryLater = 'An system error occurred, please try again later.'

/** A row per request code. `isGuarded`: access control is on, so that it is known who asks. */
export function authAnswers(accounts: Accounts, isGuarded: boolean): Readonly<Record<number, AuthAnswer>> {
  /** Without an access key nobody was asked for one: enforcement is off. */
  const isLesser = ({ ext }: Command): boolean => {
    const accessKey = ext[AuthField.accessKey]
    if (accessKey === undefined || accessKey === '') return false
    const user = accounts.user(accessKey)
    return user !== undefined && user.userType !== 'Super'
  }
  /** Apache shows every secret to whoever may look at users (CVE-2024-23321 was that): here it takes a super user. */
  const shownTo = ({ ext }: Command, user: User): string => {
    const showsSecret = !isGuarded || isSuper(accounts.user(ext[AuthField.accessKey] ?? ''))
    const { password, ...others } = user
    return writeBodyText(userBody, showsSecret ? { ...others, password } : others)
  }
  const putUser = (verb: 'create' | 'update'): AuthAnswer =>
    refusing(async (request) => {
      const username = request.ext.username ?? ''
      if (username === '') return blankName
      const user = { ...userIn(request.body), username }
      const touchesSuper = user.userType === 'Super' || (verb === 'update' && isSuper(accounts.user(username)))
      if (touchesSuper && isLesser(request)) {
        const code = user.userType === 'Super' ? systemError : noPermission
        return { code, remark: `The super user can only be ${verb} by super user` }
      }
      await (verb === 'create' ? accounts.createUser(user) : accounts.updateUser(user))
      return done
    })
  const putAcl: AuthAnswer = refusing(async (request) => {
    const given = request.body.length === 0 ? undefined : readBody(givenAclBody, request.body)
    if (given === undefined || given.policies.length === 0) {
      return { code: systemError, remark: 'The body of acl is null' }
    }
    const subject = subjectIn(given.subject) ?? subjectIn(request.ext.subject)
    if (subject === undefined) return { code: systemError, remark: tryLater }
    await accounts.putAcl({ subject, policies: policiesIn(given.policies) })
    return done
  })
  return {
    3001: putUser('create'),
    3002: putUser('update'),
    3003: refusing(async (request) => {
      const username = request.ext.username ?? ''
      const held = accounts.user(username)
      if (held === undefined && username.trim() !== '') return done
      if (isSuper(held) && isLesser(request)) {
        return { code: noPermission, remark: 'The super user can only be update by super user' }
      }
      await accounts.deleteUser(username)
      return done
    }),
    3004: refusing(async (request) => {
      const username = request.ext.username ?? ''
      if (username.trim() === '') return blankName
      const user = accounts.user(username)
      return user === undefined ? done : shown(shownTo(request, user))
    }),
    3005: refusing(async (request) => {
      const users = accounts.users(request.ext.filter)
      return users.length === 0 ? done : shown(listOf(users.map((user) => shownTo(request, user))))
    }),
    3006: putAcl,
    3007: putAcl,
    3008: refusing(async ({ ext }) => {
      const subject = subjectIn(ext.subject)
      if (subject === undefined) throw new AuthError('The subject is null.')
      const resource = parseResource(ext.resource)
      await accounts.deleteAcl(
        subject,
        nameIn(policyTypeNames, ext.policyType) ?? 'Custom',
        resource && resourceKey(resource),
      )
      return done
    }),
    3009: refusing(async ({ ext }) => {
      const subject = subjectIn(ext.subject)
      if (subject === undefined) return { code: systemError, remark: tryLater }
      if (accounts.user(subject.slice(subject.indexOf(':') + 1)) === undefined) {
        throw new AuthError('The subject is not exist.')
      }
      const acl = accounts.acl(subject)
      return acl === undefined ? done : shown(textOf(acl))
    }),
    3010: refusing(async ({ ext }) => {
      const acls = accounts.acls(ext.subjectFilter, ext.resourceFilter)
      return acls.length === 0 ? done : shown(listOf(acls.map(textOf)))
    }),
  }
}

const done: AuthReply = { code: 0 }
const blankName: AuthReply = { code: invalidParameter, remark: 'The username is blank' }
const shown = (text: string): AuthReply => ({ code: 0, body: Buffer.from(text) })
const listOf = (texts: readonly string[]): string => `[${texts.join(',')}]`
const isSuper = (user: User | undefined): boolean => user?.userType === 'Super'

const textOf = (acl: Acl): string => writeBodyText(aclBody, bodyOfAcl(acl))

/** What the accounts refuse is an answer; so is a body that cannot be read. */
const refusing =
  (answer: AuthAnswer): AuthAnswer =>
  async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof AuthError) return { code: noPermission, remark: error.message }
      if (error instanceof ProtocolError) return { code: systemError, remark: error.message }
      throw error
    }
  }

/** A name of Apache's, in any case. */
const nameIn = <N extends string>(names: readonly N[], given: string | undefined): N | undefined =>
  names.find((name) => name.toLowerCase() === given?.toLowerCase())

function userIn(body: Buffer): Partial<User> {
  const { password, userType, userStatus } = readBody(userBody, body)
  const type = nameIn(['Super', 'Normal'] as const, userType)
  const status = nameIn(['enable', 'disable'] as const, userStatus)
  return {
    ...(password === undefined ? {} : { password }),
    ...(type === undefined ? {} : { userType: type }),
    ...(status === undefined ? {} : { userStatus: status }),
  }
}

/** `User:name`, with the kind as Apache spells it. */
function subjectIn(text: string | undefined): string | undefined {
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon < 0 || text.slice(0, colon).toLowerCase() !== 'user') return undefined
  return `User:${text.slice(colon + 1)}`
}

type GivenPolicies = ReturnType<(typeof givenAclBody)['read']>['policies']

function policiesIn(given: GivenPolicies): Policy[] {
  return given
    .filter(({ entries }) => entries.length > 0)
    .map(({ policyType, entries }) => ({
      policyType: nameIn(policyTypeNames, policyType) ?? 'Custom',
      entries: entries.map((entry) => {
        const resource = parseResource(entry.resource)
        const decision = nameIn(decisionNames, entry.decision)
        const actions = entry.actions.flatMap((name): Action[] => actionsIn(name))
        if (resource === undefined) throw new AuthError('The resource is null.')
        if (decision === undefined) throw new AuthError('The decision is null or illegal.')
        return { resource: resourceKey(resource), actions, sourceIps: entry.sourceIps, decision }
      }),
    }))
}

/** What is no action is passed over, as in Apache. */
function actionsIn(name: string): Action[] {
  const action = nameIn(actionNames, name.trim())
  return action === undefined ? [] : [action]
}
