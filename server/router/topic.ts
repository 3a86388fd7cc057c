// server/router/topic.ts: topics, as the browser sees them.
import { tracked } from '@trpc/server'
import {
  onTopic,
  topicCreateInput,
  topicDeleteInput,
  topicHistoryInput,
  topicListInput,
  topicLiveInput,
  topicUpdateInput,
} from '../shared/inputs'
import { allowedOn, router, streaming } from '../trpc/procedure'

export const topicRouter = router({
  list: allowedOn('cluster.read')
    .input(topicListInput)
    .query(({ ctx, input }) => ctx.cluster.topics.list(input)),
  names: allowedOn('cluster.read').query(({ ctx }) => ctx.cluster.topics.names()),
  get: allowedOn('cluster.read')
    .input(onTopic)
    .query(({ ctx, input }) => ctx.cluster.topics.get(input.topic)),
  history: allowedOn('cluster.read')
    .input(topicHistoryInput)
    .query(({ ctx, input }) => ctx.cluster.topics.history(input.topic, input, input.group)),
  live: allowedOn('cluster.read')
    .input(topicLiveInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        for await (const view of ctx.cluster.topics.watch(input.topic, {
          signal,
          after: Number(input.lastEventId ?? 0),
        }))
          yield tracked(String(view.at), view)
      }),
    ),
  producers: allowedOn('cluster.read')
    .input(onTopic)
    .query(({ ctx, input }) => ctx.cluster.topics.producers(input.topic)),
  tags: allowedOn('cluster.read')
    .input(onTopic)
    .query(({ ctx, input }) => ctx.cluster.topics.tags(input.topic)),
  create: allowedOn('topic.write')
    .input(topicCreateInput)
    .mutation(({ ctx, input }) => ctx.cluster.topics.create(input)),
  update: allowedOn('topic.write')
    .input(topicUpdateInput)
    .mutation(({ ctx, input }) => ctx.cluster.topics.update(input)),
  deletePreview: allowedOn('topic.delete')
    .input(onTopic)
    .query(({ ctx, input }) => ctx.cluster.topics.deletePreview(input.topic)),
  delete: allowedOn('topic.delete')
    .input(topicDeleteInput)
    .mutation(({ ctx, input }) => ctx.cluster.topics.delete(input)),
})
