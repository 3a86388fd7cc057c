// broker/auth/types.ts: who asks, what they ask for, and what they may: users, policies and needs. Words are Apache's
// (ACL 2.0). Nothing here decides.

export type UserType = 'Super' | 'Normal'
export type UserStatus = 'enable' | 'disable'

export interface User {
  readonly username: string
  /** The secret that requests are signed with. In clear only in memory. */
  readonly password: string
  readonly userType: UserType
  readonly userStatus: UserStatus
}

export const actionNames = ['All', 'Any', 'Pub', 'Sub', 'Create', 'Update', 'Delete', 'Get', 'List'] as const
export type Action = (typeof actionNames)[number]
export const decisionNames = ['Allow', 'Deny'] as const
export type Decision = (typeof decisionNames)[number]
export const policyTypeNames = ['Custom', 'Default'] as const
export type PolicyType = (typeof policyTypeNames)[number]

export interface PolicyEntry {
  /** `Topic:name`, `Group:prefix*`, `Cluster:*`, `*`. */
  readonly resource: string
  readonly actions: readonly Action[]
  /** Addresses or ranges of them; empty: from anywhere. */
  readonly sourceIps: readonly string[]
  readonly decision: Decision
}
export interface Policy {
  readonly policyType: PolicyType
  readonly entries: readonly PolicyEntry[]
}
/** All that a subject (`User:name`) may and may not. */
export interface Acl {
  readonly subject: string
  readonly policies: readonly Policy[]
}

/** One thing a request asks for: one of the actions on it is enough. */
export interface Need {
  readonly kind: 'Topic' | 'Group' | 'Cluster'
  /** undefined: the request does not say which. */
  readonly name: string | undefined
  readonly actions: readonly Action[]
}

/** Where a guard looks users up. */
export interface AccountSource {
  user(username: string): User | undefined
  acl(subject: string): Acl | undefined
}

/** Why a request is refused, in Apache's words. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
}
