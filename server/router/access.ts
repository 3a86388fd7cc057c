// server/router/access.ts: accounts, roles and tokens. An admin keeps people and roles; a token is everybody's own, and
// holds no more than they do. A token itself makes no tokens: it lacks the right to what is one's own.
import {
  maskIdInput,
  maskPutInput,
  onUser,
  roleDeleteInput,
  rolePutInput,
  tokenCreateInput,
  tokenRevokeInput,
  tryAsInput,
  userCreateInput,
  userDeleteInput,
  userPasswordInput,
  userUpdateInput,
  whoMayInput,
} from '../shared/inputs'
import { hasSubject } from '../shared/rights'
import { allowed, may, router } from '../trpc/procedure'

export const accessRouter = router({
  users: allowed('console.admin').query(({ ctx }) => ctx.desk.access.people.users(ctx.signedIn)),
  createUser: allowed('console.admin')
    .input(userCreateInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.createUser(input)),
  updateUser: allowed('console.admin')
    .input(userUpdateInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.updateUser(input, ctx.signedIn)),
  setPassword: allowed('console.admin')
    .input(userPasswordInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.setPassword(input.id, input.password)),
  deleteUser: allowed('console.admin')
    .input(userDeleteInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.deleteUser(input.id, input.confirm, ctx.signedIn)),
  endSessions: allowed('console.admin')
    .input(onUser)
    .mutation(({ ctx, input }) => ctx.desk.access.people.endSessions(input.id)),
  roles: allowed('console.admin').query(({ ctx }) => ctx.desk.access.people.roles()),
  putRole: allowed('console.admin')
    .input(rolePutInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.putRole(input)),
  deleteRole: allowed('console.admin')
    .input(roleDeleteInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.deleteRole(input.name, input.confirm)),
  /** What is hidden of messages from whoever lacks the right to see it. */
  masks: allowed('console.admin').query(({ ctx }) => ctx.desk.masking.list()),
  putMask: allowed('console.admin')
    .input(maskPutInput)
    .mutation(({ ctx, input }) => ctx.desk.masking.put(input)),
  removeMask: allowed('console.admin')
    .input(maskIdInput)
    .mutation(({ ctx, input }) => ctx.desk.masking.remove(input.id)),
  /** Who may do something to one object: a try without doing it. */
  whoMay: allowed('console.admin')
    .input(whoMayInput)
    .query(({ ctx, input: { right, cluster, name } }) =>
      ctx.desk.access.people.whoMay(right, { cluster, name: hasSubject(right) && name !== '' ? name : null }),
    ),
  /** From the next request on this session sees what somebody else would, and changes nothing. */
  tryAs: allowed('console.admin')
    .input(tryAsInput)
    .mutation(({ ctx, input }) => ctx.desk.access.tryAs(ctx.signedIn, input)),
  endTryAs: allowed('own.write').mutation(({ ctx }) => ctx.desk.access.tryAs(ctx.signedIn, null)),
  tokens: allowed('own.write').query(({ ctx }) =>
    ctx.desk.access.people.tokens(may(ctx.signedIn, 'console.admin') ? null : ctx.signedIn.userId),
  ),
  createToken: allowed('own.write')
    .input(tokenCreateInput)
    .mutation(({ ctx, input }) => ctx.desk.access.people.createToken(input, ctx.signedIn)),
  revokeToken: allowed('own.write')
    .input(tokenRevokeInput)
    .mutation(({ ctx, input }) =>
      ctx.desk.access.people.revokeToken(input.id, may(ctx.signedIn, 'console.admin') ? null : ctx.signedIn.userId),
    ),
})
