// server/router/metrics.ts: the history of a cluster, as the browser sees it. Views are kept for everybody who sees the cluster.
import { exploreInput, savedViewIdInput, savedViewInput, usageInput } from '../shared/inputs'
import { allowedOn, check, may, router } from '../trpc/procedure'

export const metricsRouter = router({
  explore: allowedOn('cluster.read')
    .input(exploreInput)
    .query(({ ctx, input }) => ctx.cluster.metrics.explore(input)),
  usage: allowedOn('cluster.read')
    .input(usageInput)
    .query(({ ctx, input }) => ctx.cluster.metrics.usage(input)),
  views: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.metrics.views()),
  saveView: allowedOn('own.write')
    .input(savedViewInput)
    .mutation(({ ctx, input }) => {
      check(ctx.signedIn, 'cluster.read', { cluster: input.cluster })
      return ctx.cluster.metrics.saveView(input.name, input.query, ctx.signedIn.me.name)
    }),
  removeView: allowedOn('own.write')
    .input(savedViewIdInput)
    .mutation(({ ctx, input }) =>
      ctx.cluster.metrics.removeView(input.id, ctx.signedIn.me.name, may(ctx.signedIn, 'console.admin')),
    ),
})
