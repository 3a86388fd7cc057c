// server/router/cluster.ts: clusters and their overview, as the browser sees them.
import { tracked } from '@trpc/server'
import { DeskError } from '../shared/errors'
import {
  clusterAddInput,
  clusterHistoryInput,
  clusterLiveInput,
  clusterRemoveInput,
  clusterTestInput,
  clusterUpdateInput,
} from '../shared/inputs'
import { allowed, allowedOn, may, router, streaming } from '../trpc/procedure'

export const clusterRouter = router({
  list: allowed('cluster.read').query(({ ctx }) =>
    ctx.desk.clusters
      .all()
      .filter(({ id }) => may(ctx.signedIn, 'cluster.read', { cluster: id }))
      .map((cluster) => cluster.card()),
  ),
  info: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.info()),
  overview: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.overview()),
  history: allowedOn('cluster.read')
    .input(clusterHistoryInput)
    .query(({ ctx, input }) => ctx.cluster.history(input)),
  live: allowedOn('cluster.read')
    .input(clusterLiveInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        for await (const overview of ctx.cluster.watch({ signal, after: Number(input.lastEventId ?? 0) }))
          yield tracked(String(overview.at), overview)
      }),
    ),
  /** How each is reached, for whoever may change it. */
  settings: allowed('console.admin').query(({ ctx }) => ctx.desk.clusters.settings()),
  add: allowed('console.admin')
    .input(clusterAddInput)
    .mutation(({ ctx, input }) => ctx.desk.clusters.add(input)),
  update: allowed('console.admin')
    .input(clusterUpdateInput)
    .mutation(({ ctx, input }) => ctx.desk.clusters.update(input)),
  remove: allowed('console.admin')
    .input(clusterRemoveInput)
    .mutation(({ ctx, input }) => {
      if (input.confirm !== input.id) throw new DeskError('confirm-mismatch', `The name typed is not ${input.id}.`)
      return ctx.desk.clusters.remove(input.id)
    }),
  test: allowed('console.admin')
    .input(clusterTestInput)
    .mutation(({ ctx, input }) => ctx.desk.clusters.test(input)),
})
