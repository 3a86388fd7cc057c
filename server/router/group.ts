// server/router/group.ts: consumer groups, as the browser sees them. What re-delivers or skips is previewed first;
// the server holds the preview and compares when it is applied.
import { tracked } from '@trpc/server'
import { DeskError } from '../shared/errors'
import {
  groupCreateInput,
  groupDeleteInput,
  groupFilterInput,
  groupFilterRemoveInput,
  groupFilterTryInput,
  groupHistoryInput,
  groupListInput,
  groupLiveInput,
  groupUpdateInput,
  onGroup,
  resetInput,
  resetPreviewInput,
  runningInput,
} from '../shared/inputs'
import { isKnown } from '../shared/known'
import { HIDDEN } from '../shared/masks'
import type { GroupFilterRow } from '../shared/views'
import { allowedOn, check, readingFor, router, streaming } from '../trpc/procedure'

/** A script can throw what it read: its words are for whoever may see all of every message that the group may get. */
const withoutThrown = (row: GroupFilterRow): GroupFilterRow =>
  isKnown(row.filter) && row.filter.value !== null && row.filter.value.lastFault !== null
    ? { ...row, filter: { ...row.filter, value: { ...row.filter.value, lastFault: HIDDEN } } }
    : row

/** What a script lets pass, and how much, tells what is in bodies, those included that masking rules hide. */
const mustSeeAll = ({ bodies, masks }: ReturnType<typeof readingFor>): void => {
  if (bodies && masks === undefined) return
  const right = bodies ? 'message.unmask' : 'message.read'
  const text = `A filter script tells by what it lets pass what is in messages: it needs the right ${right} for all topics.`
  throw new DeskError('not-allowed', text, { right })
}

export const groupRouter = router({
  list: allowedOn('cluster.read')
    .input(groupListInput)
    .query(({ ctx, input }) => ctx.cluster.groups.list(input)),
  names: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.groups.names()),
  get: allowedOn('cluster.read')
    .input(onGroup)
    .query(({ ctx, input }) => ctx.cluster.groups.get(input.group)),
  history: allowedOn('cluster.read')
    .input(groupHistoryInput)
    .query(({ ctx, input }) => ctx.cluster.groups.history(input.group, input, input.topic)),
  live: allowedOn('cluster.read')
    .input(groupLiveInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        for await (const view of ctx.cluster.groups.watch(input.group, {
          signal,
          after: Number(input.lastEventId ?? 0),
        }))
          yield tracked(String(view.at), view)
      }),
    ),
  clients: allowedOn('cluster.read')
    .input(onGroup)
    .query(({ ctx, input }) => ctx.cluster.groups.clients(input.group)),
  running: allowedOn('cluster.read')
    .input(runningInput)
    .query(async ({ ctx, input }) => {
      if (!input.stack) return ctx.cluster.groups.running(input)
      check(ctx.signedIn, 'client.inspect', { cluster: input.cluster, name: input.group })
      const began = performance.now()
      const found = await ctx.cluster.groups.running(input)
      await ctx.desk.audit.write({
        who: ctx.signedIn.me.name,
        from: ctx.caller.from,
        cluster: ctx.cluster.id,
        action: 'client.stack',
        object: input.clientId,
        after: input.group,
        result: 'ok',
        tookMs: performance.now() - began,
      })
      return found
    }),
  subscriptions: allowedOn('cluster.read')
    .input(onGroup)
    .query(({ ctx, input }) => ctx.cluster.groups.subscriptions(input.group)),
  create: allowedOn('group.write')
    .input(groupCreateInput)
    .mutation(({ ctx, input }) => ctx.cluster.groups.create(input)),
  update: allowedOn('group.write')
    .input(groupUpdateInput)
    .mutation(({ ctx, input }) => ctx.cluster.groups.update(input)),
  filter: allowedOn('cluster.read')
    .input(onGroup)
    .query(async ({ ctx, input }) => {
      const rows = await ctx.cluster.groups.filter(input.group)
      const { bodies, masks } = readingFor(ctx, null)
      return bodies && masks === undefined ? rows : rows.map(withoutThrown)
    }),
  setFilter: allowedOn('group.write')
    .input(groupFilterInput)
    .mutation(({ ctx, input }) => {
      mustSeeAll(readingFor(ctx, null))
      return ctx.cluster.groups.setFilter(input)
    }),
  removeFilter: allowedOn('group.write')
    .input(groupFilterRemoveInput)
    .mutation(({ ctx, input }) => ctx.cluster.groups.removeFilter(input.group)),
  /** Changes nothing (so also where nothing may be changed), but for whoever may save it. What it says of a message tells of all that lies in it. */
  tryFilter: allowedOn('group.write')
    .input(groupFilterTryInput)
    .mutation(({ ctx, input }) => {
      mustSeeAll(readingFor(ctx, null))
      return ctx.cluster.groups.tryFilter(input)
    }),
  deletePreview: allowedOn('group.delete')
    .input(onGroup)
    .query(({ ctx, input }) => ctx.cluster.groups.deletePreview(input.group)),
  delete: allowedOn('group.delete')
    .input(groupDeleteInput)
    .mutation(({ ctx, input }) => ctx.cluster.groups.delete(input)),
  /** A query by nature; the target can be large, so the browser may send it by POST. */
  resetPreview: allowedOn('offset.reset')
    .input(resetPreviewInput)
    .query(({ ctx, input }) => ctx.cluster.groups.resetPreview(input)),
  reset: allowedOn('offset.reset')
    .input(resetInput)
    .mutation(({ ctx, input }) => ctx.cluster.groups.reset(input, ctx.signedIn.me.name)),
  snapshots: allowedOn('cluster.read')
    .input(onGroup)
    .query(({ ctx, input }) => ctx.cluster.groups.snapshots(input.group)),
  /** Moves nothing: what is kept can be put back later. */
  keepOffsets: allowedOn('offset.reset')
    .input(onGroup)
    .mutation(({ ctx, input }) => ctx.cluster.groups.keepOffsets(input.group, ctx.signedIn.me.name)),
})
