// server/router/other.ts: the nouns with few questions: clients, the doctor, dead letters, jobs, the palette, the audit log.
import {
  auditExportInput,
  auditListInput,
  clientListInput,
  deadListInput,
  deadMarksInput,
  doctorInput,
  jobActInput,
  jobItemsInput,
  onCluster,
  onJob,
  paletteInput,
  redriveInput,
  redrivePreviewInput,
} from '../shared/inputs'
import { DLQ_PREFIX } from '../shared/names'
import { nameMatches } from '../shared/rights'
import { allowed, allowedOn, auditViewOf, check, may, readingFor, router, streaming } from '../trpc/procedure'

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
  /** Of these messages those that were put back; many ids come by POST. */
  marks: allowedOn('cluster.read')
    .input(deadMarksInput)
    .query(({ ctx, input }) => ctx.cluster.dead.marks(input)),
  redrivePreview: allowedOn('message.redrive')
    .input(redrivePreviewInput)
    .query(({ ctx, input }) => {
      mayPutInto(ctx, input.group, input.toTopic ?? null)
      return ctx.cluster.dead.redrivePreview(input, readingFor(ctx, DLQ_PREFIX + input.group))
    }),
  /** Answers with the job that does it. */
  redrive: allowedOn('message.redrive')
    .input(redriveInput)
    .mutation(({ ctx, input }) => {
      mayPutInto(ctx, input.group, ctx.cluster.dead.redriveTo(input.preview))
      return ctx.cluster.dead.redrive(input, { who: ctx.signedIn.me.name, from: ctx.caller.from })
    }),
})
/**
 * Into a topic that the messages never were in, only whoever may send there puts them, and may see all of them here: who reads
 * that topic reads them, and rules that go by the topic they came from hide nothing of them there.
 */
const mayPutInto = (ctx: Parameters<typeof readingFor>[0], group: string, topic: string | null): void => {
  if (topic === null) return
  const { signedIn, cluster } = ctx
  const dead = { cluster: cluster.id, name: DLQ_PREFIX + group }
  check(signedIn, 'message.send', { cluster: cluster.id, name: topic })
  check(signedIn, 'message.read', dead)
  if (readingFor(ctx, dead.name).masks?.rules.some(({ topics }) => !nameMatches(topics, topic)))
    check(signedIn, 'message.unmask', dead)
}
export const jobRouter = router({
  list: allowedOn('cluster.read')
    .input(onCluster)
    .query(({ ctx }) => ctx.cluster.jobs.list()),
  get: allowedOn('cluster.read')
    .input(onJob)
    .query(({ ctx, input }) => ctx.cluster.jobs.get(input.job)),
  items: allowedOn('cluster.read')
    .input(jobItemsInput)
    .query(({ ctx, input }) => ctx.cluster.jobs.items(input)),
  act: allowedOn('message.redrive')
    .input(jobActInput)
    .mutation(({ ctx, input }) => ctx.cluster.jobs.act(input)),
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
    .query(({ ctx, input }) => ctx.desk.audit.list(input, auditViewOf(ctx.signedIn))),
  /** Every line that matches, newest first, one after the other; that it was taken away is a line itself. */
  export: allowed('audit.read')
    .input(auditExportInput)
    .subscription(
      streaming(async function* ({ ctx, input }) {
        const { me } = ctx.signedIn
        const began = performance.now()
        let lines = 0
        try {
          for await (const row of ctx.desk.audit.lines(input, auditViewOf(ctx.signedIn))) {
            lines += 1
            await ctx.drained()
            yield row
          }
        } finally {
          await ctx.desk.audit.write({
            who: me.name,
            from: ctx.caller.from,
            cluster: input.cluster ?? null,
            action: 'audit.export',
            object: null,
            after: `${lines} lines`,
            result: 'ok',
            tookMs: performance.now() - began,
          })
        }
      }),
    ),
  /** Whether a line was changed or taken out since it was written. */
  verify: allowed('console.admin').query(({ ctx }) => ctx.desk.audit.verify()),
})
