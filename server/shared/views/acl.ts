// server/shared/views/acl.ts: users and policies of the brokers' access control, put together over brokers. No secret is in any
// of it. Types only.
import type { AclAction, AclDecision, AclUserType } from '../acl'

export type { AclAction, AclDecision, AclUserType } from '../acl'
export interface AclBroker {
  name: string
  /** Whether it asks who somebody is, and what they may; null: its settings are not known. */
  authenticates: boolean | null
  authorizes: boolean | null
  /** Why it told nothing; null: it did. */
  error: string | null
}
/** A row stands for all brokers that hold just this; one that differs is a row of its own. */
export interface AclUserRow {
  name: string
  type: AclUserType
  enabled: boolean
  brokers: string[]
  /** Not every broker that answered holds just this. */
  differs: boolean
}
export interface AclPolicyRow {
  user: string
  resource: string
  actions: AclAction[]
  sourceIps: string[]
  decision: AclDecision
  brokers: string[]
  differs: boolean
}
export interface AclView {
  brokers: AclBroker[]
  users: AclUserRow[]
  policies: AclPolicyRow[]
}
export interface AclVerdict {
  broker: string
  allowed: boolean
  why: 'super' | 'policy' | 'denied' | 'no-policy' | 'no-user' | 'disabled' | 'silent'
  /** The entry that decides. */
  by: { resource: string; decision: AclDecision } | null
}
