// server/message/tail.ts: what arrives now, newest first. One call a second per broker says which queues grew; past
// 200 messages a second it samples and says how many it left out.
import type { Admin } from '../admin/open'
import { messagesOf, type WireMessage } from '../admin/records'
import type { Reading } from '../shared/desk'
import type { TailInput } from '../shared/inputs'
import { brokerKey } from '../shared/names'
import type { Missing, TailEvent } from '../shared/views'
import { rowOf } from './decode'
import { mustRead, openMatch } from './match'

const STEP_MS = 1000
const MOST_PER_STEP = 200
const PULL_MESSAGES = 32

export async function* tail(
  admin: Admin,
  input: TailInput,
  reading: Reading,
  signal: AbortSignal | undefined,
): AsyncIterable<TailEvent> {
  // Without the right to bodies the words are left out below; with it they must not tell what is masked.
  if (reading.bodies)
    mustRead(reading, { topic: input.topic, tag: undefined, key: undefined, property: undefined, body: input.body })
  const passes = openMatch({
    tag: input.tag,
    body: reading.bodies ? input.body : undefined,
    key: undefined,
    property: undefined,
  })
  const brokers = await admin.brokersOfTopic(input.topic)
  /** Queue to the next offset to read; the first look sets it to the end. */
  const next = new Map<string, bigint>()
  while (signal?.aborted !== true) {
    const began = performance.now()
    const found: { message: WireMessage; broker: string }[] = []
    const missing: Missing[] = []
    let grown = 0
    let read = 0
    for (const broker of brokers)
      try {
        for (const queue of await admin.brokers.topicStats(broker.address, input.topic)) {
          const key = `${queue.broker}\n${queue.queueId}`
          const from = next.get(key)
          next.set(key, queue.max)
          if (from === undefined || queue.max <= from) continue
          grown += Number(queue.max - from)
          if (found.length >= MOST_PER_STEP) continue
          // The newest of what came: a flood is sampled from its end.
          const start = queue.max - from > BigInt(PULL_MESSAGES) ? queue.max - BigInt(PULL_MESSAGES) : from
          const pulled = await admin.messages.pull(broker.address, {
            group: 'TOOLS_CONSUMER',
            topic: input.topic,
            queueId: queue.queueId,
            offset: start,
            max: PULL_MESSAGES,
          })
          for (const message of messagesOf(pulled.records)) {
            if (message.queueOffset >= queue.max) next.set(key, message.queueOffset + 1n)
            read += 1
            if (passes(message)) found.push({ message, broker: broker.name })
          }
        }
      } catch {
        missing.push({ who: brokerKey(broker.name, broker.id), reason: 'broker-silent', sinceMs: null, touches: 0 })
      }
    const rows = found
      .sort((a, b) => b.message.storedAt - a.message.storedAt)
      .slice(0, MOST_PER_STEP)
      .map(({ message, broker }) => rowOf(message, broker, reading))
    yield { rows, perSecond: (grown * 1000) / STEP_MS, dropped: Math.max(0, grown - read), missing }
    await pause(STEP_MS - (performance.now() - began), signal)
  }
}
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(50, ms))
    signal?.addEventListener('abort', done, { once: true })
  })
