// server/router/auth.ts: who is here. Set-up and login are the only procedures without a session; both set the cookie,
// so they go over HTTP, never over the websocket.
import { z } from 'zod'
import { loginInput, passwordInput, settingsInput, setupInput } from '../shared/inputs'
import type { AuthState } from '../shared/views'
import { allowed, open, router } from '../trpc/procedure'

export const authRouter = router({
  state: open().query(async ({ ctx }): Promise<AuthState> => {
    const [setUp, who] = await Promise.all([ctx.desk.access.isSetUp(), ctx.who()])
    const { version, oidc, servesMetrics } = ctx.desk
    return { setUp, me: who?.me ?? null, version, singleSignOn: oidc.label(), servesMetrics }
  }),
  setup: open()
    .input(setupInput)
    .mutation(async ({ ctx, input }) => {
      const { me, session } = await ctx.desk.access.setup(input, ctx.caller)
      ctx.setSession(session)
      return me
    }),
  login: open()
    .input(loginInput)
    .mutation(async ({ ctx, input }) => {
      const { me, session } = await ctx.desk.access.login(input.name, input.password, ctx.caller)
      ctx.setSession(session)
      return me
    }),
  /** `goTo`: where the browser goes on to, so that the session at the provider ends too. */
  logout: allowed('own.write').mutation(async ({ ctx }): Promise<{ goTo: string | null }> => {
    const hint = await ctx.desk.access.logout(ctx.caller)
    ctx.setSession(null)
    return { goTo: hint === null ? null : await ctx.desk.oidc.endAddress(hint, `${ctx.caller.at ?? ''}/login`) }
  }),
  settings: allowed('own.write')
    .input(settingsInput)
    .mutation(({ ctx, input }) => ctx.desk.access.settings(ctx.signedIn.userId, input)),
  changePassword: allowed('own.write')
    .input(passwordInput)
    .mutation(({ ctx, input }) =>
      ctx.desk.access.changePassword(ctx.signedIn.userId, input, ctx.signedIn.sessionId, ctx.caller),
    ),
  sessions: allowed('own.write').query(({ ctx }) =>
    ctx.desk.access.sessions(ctx.signedIn.userId, ctx.signedIn.sessionId),
  ),
  revokeSession: allowed('own.write')
    .input(z.object({ id: z.string().min(1).max(64) }))
    .mutation(({ ctx, input }) => ctx.desk.access.revoke(ctx.signedIn.userId, input.id)),
})
