// server/shared/acl.ts: the words of the brokers' access control (ACL 2.0), and what a producer and a consumer need to hold. Pure.

export const aclUserTypes = ['Normal', 'Super'] as const
export type AclUserType = (typeof aclUserTypes)[number]
export const aclDecisions = ['Allow', 'Deny'] as const
export type AclDecision = (typeof aclDecisions)[number]
export const aclActions = ['All', 'Pub', 'Sub', 'Create', 'Update', 'Delete', 'Get', 'List'] as const
/** As brokers name them; another one may tell of one that is not known here. */
export type AclAction = string
export const aclKinds = ['Topic', 'Group', 'Cluster'] as const
export type AclKind = (typeof aclKinds)[number]

export interface AclEntry {
  /** `Topic:name`, `Group:prefix*`, `Cluster:*`, `*`. */
  resource: string
  actions: readonly AclAction[]
  /** Addresses or ranges of them; empty: from anywhere. */
  sourceIps: readonly string[]
  decision: AclDecision
}
export const aclTemplates = ['producer', 'consumer', 'both'] as const
export type AclTemplate = (typeof aclTemplates)[number]
/** Names may end with `*`. A consumer reads the retries of its own group by the right on the group. */
export const entriesOf = (
  template: AclTemplate,
  { topic, group, sourceIps = [] }: { topic: string; group: string; sourceIps?: readonly string[] },
): AclEntry[] => {
  const common = { sourceIps, decision: 'Allow' } as const
  const topicActions = template === 'producer' ? ['Pub'] : template === 'consumer' ? ['Sub'] : ['Pub', 'Sub']
  return [
    { resource: `Topic:${topic}`, actions: topicActions, ...common },
    ...(template === 'producer' ? [] : [{ resource: `Group:${group}`, actions: ['Sub'], ...common }]),
  ]
}
/** A resource as a broker reads it. */
export const isAclResource = (text: string): boolean =>
  /^(\*|(Topic|Group|Cluster):[%|\w.-]*\*?)$/.test(text) && !text.endsWith(':')
