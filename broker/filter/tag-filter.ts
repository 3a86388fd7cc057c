// broker/filter/tag-filter.ts: does a message pass by its tag? Decided from the hash in the consume queue, before the
// message is touched. Two tags may share a hash: the client, which sees the tag itself, drops what is not its own.
import { everything, type SubscriptionData } from '../protocol/subscription'

/** Asks no record. */
export interface UnitFilter {
  byUnit(tagsCode: number): boolean
}

/** undefined: everything passes. A message without a tag passes nothing but `*`. */
export function tagFilter(subscription: Pick<SubscriptionData, 'subString' | 'codeSet'>): UnitFilter | undefined {
  if (subscription.subString === everything) return undefined
  const { codeSet } = subscription
  if (codeSet.length === 1) {
    const [only] = codeSet
    return { byUnit: (tagsCode) => tagsCode === only }
  }
  const codes = new Set(codeSet)
  return { byUnit: (tagsCode) => codes.has(tagsCode) }
}
