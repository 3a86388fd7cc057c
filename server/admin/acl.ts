// server/admin/acl.ts: users and policies of ACL 2.0 at one broker (requests 3001-3010). What a broker tells of a secret is
// dropped here: nothing above this file ever holds one that came from there.
import type { AclAction, AclDecision, AclUserType } from '../shared/views'
import { type Ask, bodyOf } from './ask'
import { listOf, objectOf, textOf, textsOf } from './loose-json'

const code = {
  createUser: 3001,
  updateUser: 3002,
  deleteUser: 3003,
  listUsers: 3005,
  createAcl: 3006,
  updateAcl: 3007,
  deleteAcl: 3008,
  listAcls: 3010,
} as const

export interface WireUser {
  name: string
  type: AclUserType
  enabled: boolean
}
export interface WireEntry {
  /** `Topic:name`, `Group:prefix*`, `Cluster:*`, `*`. */
  resource: string
  actions: AclAction[]
  sourceIps: string[]
  decision: AclDecision
}
export interface WirePolicy extends WireEntry {
  user: string
}
export interface Acls {
  users(address: string): Promise<WireUser[]>
  /** Without a password the one that is held stays. */
  putUser(address: string, user: WireUser & { password?: string | undefined }, isNew: boolean): Promise<void>
  deleteUser(address: string, name: string): Promise<void>
  policies(address: string): Promise<WirePolicy[]>
  /** What the user holds on these resources becomes this; the rest stays. */
  putPolicies(address: string, user: string, entries: readonly WireEntry[], isNew: boolean): Promise<void>
  deletePolicy(address: string, user: string, resource: string): Promise<void>
}
const SUBJECT = 'User:'

export const openAcls = (ask: Ask): Acls => ({
  async users(address) {
    const answer = await ask(address, code.listUsers)
    if (answer.body.length === 0) return []
    return listOf(bodyOf(address, answer)).map((one): WireUser => {
      const { username, userType, userStatus } = objectOf(one)
      return {
        name: textOf(username),
        type: textOf(userType).toLowerCase() === 'super' ? 'Super' : 'Normal',
        enabled: textOf(userStatus, 'enable').toLowerCase() !== 'disable',
      }
    })
  },
  async putUser(address, { name, type, enabled, password }, isNew) {
    const body = {
      username: name,
      ...(password === undefined ? {} : { password }),
      userType: type,
      userStatus: enabled ? 'enable' : 'disable',
    }
    await ask(
      address,
      isNew ? code.createUser : code.updateUser,
      { username: name },
      { body: Buffer.from(JSON.stringify(body)) },
    )
  },
  async deleteUser(address, name) {
    await ask(address, code.deleteUser, { username: name })
  },
  async policies(address) {
    const answer = await ask(address, code.listAcls)
    if (answer.body.length === 0) return []
    return listOf(bodyOf(address, answer)).flatMap((one) => {
      const { subject, policies } = objectOf(one)
      const user = textOf(subject).replace(/^User:/i, '')
      return listOf(policies)
        .flatMap((policy) => listOf(objectOf(policy).entries))
        .map((entry): WirePolicy => {
          const { resource, actions, sourceIps, decision } = objectOf(entry)
          return {
            user,
            resource: textOf(resource),
            actions: textsOf(actions),
            sourceIps: textsOf(sourceIps),
            decision: textOf(decision).toLowerCase() === 'deny' ? 'Deny' : 'Allow',
          }
        })
    })
  },
  async putPolicies(address, user, entries, isNew) {
    const body = {
      subject: SUBJECT + user,
      policies: [
        {
          policyType: 'Custom',
          entries: entries.map(({ sourceIps, ...entry }) => ({
            ...entry,
            ...(sourceIps.length === 0 ? {} : { sourceIps }),
          })),
        },
      ],
    }
    await ask(
      address,
      isNew ? code.createAcl : code.updateAcl,
      { subject: SUBJECT + user },
      { body: Buffer.from(JSON.stringify(body)) },
    )
  },
  async deletePolicy(address, user, resource) {
    await ask(address, code.deleteAcl, { subject: SUBJECT + user, policyType: 'Custom', resource })
  },
})
