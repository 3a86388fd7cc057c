// server/shared/inputs/trace.ts: what is asked of traces. Pure.
import { z } from '../zod'
import { name, onCluster } from './common'

/** Where clients trace unless they are told another topic. */
export const TRACE_TOPIC = 'RMQ_SYS_TRACE_TOPIC'
export const traceInput = onCluster.extend({
  q: z.string().min(1).max(255),
  /** A message by its id of either kind, by one of its keys, or all messages that one trace record tells of. */
  by: z.enum(['id', 'key', 'trace']).default('id'),
  traceTopic: name.default(TRACE_TOPIC),
  /** Of the message, when its producer did not trace and so nobody tells it. */
  topic: name.optional(),
})
export type TraceInput = z.infer<typeof traceInput>
