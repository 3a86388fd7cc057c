// server/router/other.ts: the nouns with one or two questions: clients, the palette, the audit log.
import { auditListInput, clientListInput, paletteInput } from '../shared/inputs'
import { allowed, allowedOn, hasOnlyOwn, router } from '../trpc/procedure'

export const clientRouter = router({
  list: allowedOn('cluster.read')
    .input(clientListInput)
    .query(({ ctx, input }) => ctx.cluster.clients.list(input)),
})
export const paletteRouter = router({
  /** Objects by part of a name, of one cluster or of all. */
  find: allowed('cluster.read')
    .input(paletteInput)
    .query(({ ctx, input }) =>
      ctx.desk.clusters
        .all()
        .filter((cluster) => input.cluster === undefined || cluster.id === input.cluster)
        .flatMap((cluster) => cluster.find(input))
        .slice(0, input.limit),
    ),
})
export const auditRouter = router({
  list: allowed('audit.read')
    .input(auditListInput)
    .query(({ ctx, input }) =>
      ctx.desk.audit.list(input, hasOnlyOwn(ctx.signedIn, 'audit.read') ? ctx.signedIn.me.name : null),
    ),
})
