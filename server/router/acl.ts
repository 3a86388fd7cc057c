// server/router/acl.ts: the brokers' own users and policies, for whoever keeps the console.
import {
  aclCheckInput,
  aclPoliciesInput,
  aclPolicyDeleteInput,
  aclUserDeleteInput,
  aclUserInput,
  onCluster,
} from '../shared/inputs'
import { allowedOn, router } from '../trpc/procedure'

export const aclRouter = router({
  state: allowedOn('console.admin')
    .input(onCluster)
    .query(({ ctx }) => ctx.cluster.acl.state()),
  /** Whether somebody may, at each broker, and by which entry: a try without doing it. */
  check: allowedOn('console.admin')
    .input(aclCheckInput)
    .query(({ ctx, input }) => ctx.cluster.acl.check(input)),
  putUser: allowedOn('console.admin')
    .input(aclUserInput)
    .mutation(({ ctx, input }) => ctx.cluster.acl.putUser(input)),
  deleteUser: allowedOn('console.admin')
    .input(aclUserDeleteInput)
    .mutation(({ ctx, input }) => ctx.cluster.acl.deleteUser(input)),
  putPolicies: allowedOn('console.admin')
    .input(aclPoliciesInput)
    .mutation(({ ctx, input }) => ctx.cluster.acl.putPolicies(input)),
  deletePolicy: allowedOn('console.admin')
    .input(aclPolicyDeleteInput)
    .mutation(({ ctx, input }) => ctx.cluster.acl.deletePolicy(input)),
})
