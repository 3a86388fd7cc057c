// server/router/other.ts: the nouns with one or two questions: clients, the doctor, dead letters, the palette, the audit log.

import {
  auditListInput,
  clientListInput,
  deadListInput,
  doctorInput,
  paletteInput,
  redriveInput,
  redrivePreviewInput,
} from '../shared/inputs'
import { allowed, allowedOn, hasOnlyOwn, may, router } from '../trpc/procedure'

export const clientRouter = router({
  list: allowedOn('cluster.read')
    .input(clientListInput)
    .query(({ ctx, input }) => ctx.cluster.clients.list(input)),
})
export const doctorRouter = router({
  examine: allowedOn('cluster.read')
    .input(doctorInput)
    .query(({ ctx, input }) => ctx.cluster.doctor.examine(input)),
})
export const deadRouter = router({
  list: allowedOn('cluster.read')
    .input(deadListInput)
    .query(({ ctx, input }) => ctx.cluster.dead.list(input)),
  redrivePreview: allowedOn('message.redrive')
    .input(redrivePreviewInput)
    .query(({ ctx, input }) => ctx.cluster.dead.redrivePreview(input)),
  redrive: allowedOn('message.redrive')
    .input(redriveInput)
    .mutation(({ ctx, input }) => ctx.cluster.dead.redrive(input)),
})
export const paletteRouter = router({
  /** Objects by part of a name, of one cluster or of all. */
  find: allowed('cluster.read')
    .input(paletteInput)
    .query(({ ctx, input }) =>
      ctx.desk.clusters
        .all()
        .filter(({ id }) => may(ctx.signedIn, 'cluster.read', { cluster: id }))
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
  /** Whether a line was changed or taken out since it was written. */
  verify: allowed('console.admin').query(({ ctx }) => ctx.desk.audit.verify()),
})
