// broker/processor/get-for.ts: reads messages for a consumer group: as the store does and, where the group has a filter
// script, without those that it leaves out. What comes again after a failure passed it before, and is not asked about.
import { isRetryTopic } from '../protocol/names'
import { areWhole, piecesOf } from '../protocol/record'
import type { GetQuery, GetResult } from '../store/types'
import type { BrokerContext } from './context'

export function getFor(broker: BrokerContext, group: string, query: GetQuery): GetResult | Promise<GetResult> {
  const script = broker.filterScripts.get(group)
  if (script === undefined || isRetryTopic(query.topic)) return broker.store.get(query)
  return judged(broker, script, query)
}

async function judged(
  { store, scripts }: BrokerContext,
  script: Parameters<BrokerContext['scripts']['judge']>[0],
  query: GetQuery,
): Promise<GetResult> {
  let result = await store.get(query)
  let pieces = piecesOf(result.records)
  if (!areWhole(pieces)) {
    // what lies beside a damaged one is judged by itself
    result.release()
    result = await store.get({ ...query, maxMessages: 1 })
    pieces = piecesOf(result.records)
  }
  if (result.status !== 'found') return result
  let passes: readonly boolean[]
  try {
    passes = await scripts.judge(script, pieces)
  } catch (error) {
    result.release()
    throw error
  }
  if (passes.every((one) => one)) return result
  const records = pieces.filter((_, index) => passes[index])
  if (records.length > 0) {
    const sizeBytes = records.reduce((sum, record) => sum + record.length, 0)
    return { ...result, records, sizeBytes, messageCount: records.length, release: () => result.release() }
  }
  result.release()
  const none = { status: 'no-matched-message', records, sizeBytes: 0, messageCount: 0, release: () => {} } as const
  return { ...result, ...none }
}
