// server/shared/inputs/acl.ts: users and policies of the brokers' access control. Pure.
import { aclActions, aclDecisions, aclKinds, aclUserTypes, isAclResource } from '../acl'
import { z } from '../zod'
import { onCluster } from './common'

const user = z.string().regex(/^[\w.@-]{1,64}$/, 'letters, digits and . _ @ -; at most 64')
const entry = z.object({
  resource: z.string().max(300).refine(isAclResource, 'a resource is Topic:name, Group:prefix*, Cluster:* or *'),
  actions: z.array(z.enum(aclActions)).min(1).max(aclActions.length),
  sourceIps: z
    .array(z.string().regex(/^[\da-fA-F.:]{2,45}(\/\d{1,3})?$/, 'an address or a network such as 10.0.0.0/8'))
    .max(50)
    .default([]),
  decision: z.enum(aclDecisions),
})
export const aclUserInput = onCluster.extend({
  user,
  /** It is there already and is changed. */
  exists: z.boolean(),
  /** Left out: the one that is held stays. It comes in and never goes out. */
  secret: z.string().min(6).max(128).optional(),
  type: z.enum(aclUserTypes),
  enabled: z.boolean(),
})
export const aclUserDeleteInput = onCluster.extend({ user, confirm: z.string().max(64) })
export const aclPoliciesInput = onCluster.extend({ user, entries: z.array(entry).min(1).max(20) })
export const aclPolicyDeleteInput = onCluster.extend({ user, resource: z.string().min(1).max(300) })
export const aclCheckInput = onCluster.extend({
  user: z.string().max(64),
  kind: z.enum(aclKinds),
  name: z.string().max(255),
  action: z.enum(aclActions),
  sourceIp: z.string().max(64).default(''),
})
export type AclUserInput = z.infer<typeof aclUserInput>
export type AclUserDeleteInput = z.infer<typeof aclUserDeleteInput>
export type AclPoliciesInput = z.infer<typeof aclPoliciesInput>
export type AclPolicyDeleteInput = z.infer<typeof aclPolicyDeleteInput>
export type AclCheckInput = z.infer<typeof aclCheckInput>
