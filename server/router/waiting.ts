// server/router/waiting.ts: messages without an answer or before their time, as the browser sees them. What decides about one
// is shown first and compared when it is applied.
import { onCluster, waitingActInput, waitingActPreviewInput } from '../shared/inputs'
import { allowedOn, router } from '../trpc/procedure'

export const waitingRouter = router({
  transactions: allowedOn('cluster.read')
    .input(onCluster)
    .query(({ ctx }) => ctx.cluster.waiting.halves()),
  timetable: allowedOn('cluster.read')
    .input(onCluster)
    .query(({ ctx }) => ctx.cluster.waiting.timetable()),
  preview: allowedOn('message.resolve')
    .input(waitingActPreviewInput)
    .query(({ ctx, input }) => ctx.cluster.waiting.preview(input)),
  decide: allowedOn('message.resolve')
    .input(waitingActInput)
    .mutation(({ ctx, input }) =>
      ctx.cluster.waiting.apply(input, { who: ctx.signedIn.me.name, from: ctx.caller.from }),
    ),
})
