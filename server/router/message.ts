// server/router/message.ts: messages, as the browser sees them. Reading a body is a right of its own and leaves a line
// in the audit log; without it everything but body and user properties is shown.
import type { ClusterDesk, Reading, ReadingOn, SignedIn } from '../shared/desk'
import {
  bodyTypeSetInput,
  consumeDirectlyInput,
  messageAt,
  messageByIdInput,
  messageByKeyInput,
  messageGetInput,
  onTopic,
  resendInput,
  scanInput,
  sendBatchInput,
  sendInput,
  tailInput,
  templatePutInput,
  templateRemoveInput,
  templatesInput,
  traceInput,
} from '../shared/inputs'
import type { Context } from '../trpc/context'
import { allowed, allowedOn, check, readingFor, router, streaming } from '../trpc/procedure'

interface Reader extends Context {
  signedIn: SignedIn
  cluster: ClusterDesk
}
/** One line for the bodies a call showed; nothing without the right, since then none was shown. */
const note = async (
  ctx: Reader,
  { bodies }: Reading,
  action: string,
  object: string,
  count: number,
  began: number,
): Promise<void> => {
  if (!bodies || count === 0) return
  await ctx.desk.audit.write({
    who: ctx.signedIn.me.name,
    from: ctx.caller.from,
    cluster: ctx.cluster.id,
    action,
    object,
    after: `${count} shown`,
    result: 'ok',
    tookMs: performance.now() - began,
  })
}

const readingOn =
  (ctx: Reader): ReadingOn =>
  (topic) =>
    readingFor(ctx, topic)

export const messageRouter = router({
  /** An offset id may lead to any topic: its body needs the right on all of them. */
  byId: allowedOn('cluster.read')
    .input(messageByIdInput)
    .query(async ({ ctx, input }) => {
      const began = performance.now()
      const reading = readingFor(ctx, null)
      const found = await ctx.cluster.messages.byId(input, reading)
      await note(ctx, reading, 'message.read', input.id, found.rows.length, began)
      return found
    }),
  byKey: allowedOn('cluster.read')
    .input(messageByKeyInput)
    .query(async ({ ctx, input }) => {
      const began = performance.now()
      const reading = readingFor(ctx, input.topic ?? null)
      const found = await ctx.cluster.messages.byKey(input, reading)
      await note(ctx, reading, 'message.read', `${input.topic ?? '*'} key ${input.key}`, found.rows.length, began)
      return found
    }),
  byOffset: allowedOn('cluster.read')
    .input(messageAt)
    .query(async ({ ctx, input }) => {
      const began = performance.now()
      const reading = readingFor(ctx, input.topic)
      const view = await ctx.cluster.messages.at(input, reading)
      await note(ctx, reading, 'message.read', view.row.offsetId, 1, began)
      return view
    }),
  get: allowedOn('cluster.read')
    .input(messageGetInput)
    .query(async ({ ctx, input }) => {
      const began = performance.now()
      const reading = readingFor(ctx, null)
      const view = await ctx.cluster.messages.get(input, reading)
      await note(ctx, reading, 'message.read', input.offsetId, 1, began)
      return view
    }),
  track: allowedOn('cluster.read')
    .input(messageGetInput)
    .query(({ ctx, input }) => ctx.cluster.messages.track(input.offsetId)),
  /** By topic and time: streams what matches, merged over queues by store time, and always ends with an `end`. */
  scan: allowedOn('cluster.read')
    .input(scanInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        const began = performance.now()
        const reading = readingFor(ctx, input.topic)
        let shown = 0
        try {
          for await (const event of ctx.cluster.messages.scan(input, reading, signal)) {
            if (event.type === 'rows') shown += event.rows.length
            await ctx.drained()
            yield event
          }
        } finally {
          await note(ctx, reading, 'message.read', `${input.topic} scan`, shown, began)
        }
      }),
    ),
  /** The same search, with whole messages, for a file. */
  export: allowedOn('message.export')
    .input(scanInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        const began = performance.now()
        check(ctx.signedIn, 'message.read', { cluster: input.cluster, name: input.topic })
        const reading = readingFor(ctx, input.topic)
        let shown = 0
        try {
          for await (const event of ctx.cluster.messages.export(input, reading, signal)) {
            if (event.type === 'rows') shown += event.rows.length
            await ctx.drained()
            yield event
          }
        } finally {
          await note(ctx, { bodies: true }, 'message.export', input.topic, shown, began)
        }
      }),
    ),
  tail: allowedOn('cluster.read')
    .input(tailInput)
    .subscription(
      streaming(async function* ({ ctx, input, signal }) {
        const began = performance.now()
        const reading = readingFor(ctx, input.topic)
        let shown = 0
        try {
          for await (const event of ctx.cluster.messages.tail(input, reading, signal)) {
            shown += event.rows.length
            await ctx.drained()
            yield event
          }
        } finally {
          await note(ctx, reading, 'message.read', `${input.topic} tail`, shown, began)
        }
      }),
    ),
  /** Who sent it, which broker keeps it, who was given it and with what end. Shows no body. */
  traces: allowedOn('cluster.read')
    .input(traceInput)
    .query(({ ctx, input }) => ctx.cluster.messages.traces(input)),
  send: allowedOn('message.send')
    .input(sendInput)
    .mutation(({ ctx, input }) => ctx.cluster.messages.send(input)),
  sendBatch: allowedOn('message.send')
    .input(sendBatchInput)
    .mutation(({ ctx, input }) => ctx.cluster.messages.sendBatch(input)),
  templates: allowed('own.write')
    .input(templatesInput)
    .query(({ ctx, input }) => ctx.desk.templates.list(ctx.signedIn.userId, input.kind)),
  putTemplate: allowed('own.write')
    .input(templatePutInput)
    .mutation(({ ctx, input }) => ctx.desk.templates.put(ctx.signedIn.userId, input)),
  removeTemplate: allowed('own.write')
    .input(templateRemoveInput)
    .mutation(({ ctx, input }) => ctx.desk.templates.remove(ctx.signedIn.userId, input.id)),
  consumeDirectly: allowedOn('message.redrive')
    .input(consumeDirectlyInput)
    .mutation(({ ctx, input }) => ctx.cluster.messages.consumeDirectly(input, readingOn(ctx))),
  /** To one group: into its retry topic, without touching other groups. */
  resend: allowedOn('message.redrive')
    .input(resendInput)
    .mutation(({ ctx, input }) => ctx.cluster.messages.resend(input, readingOn(ctx))),
  /** What the bodies of a topic are: Protobuf or Avro by a schema, or MessagePack. Says nothing of any message. */
  bodyType: allowedOn('cluster.read')
    .input(onTopic)
    .query(({ ctx, input }) => ctx.cluster.messages.bodyType(input.topic)),
  setBodyType: allowedOn('topic.write')
    .input(bodyTypeSetInput)
    .mutation(({ ctx, input }) =>
      ctx.cluster.messages.setBodyType(input, readingFor(ctx, input.topic), ctx.signedIn.me.name),
    ),
})
