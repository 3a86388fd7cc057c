// broker/filter/message-filter.ts: a subscription as the store asks it: first by the tag's hash in the consume queue, then,
// for SQL92 alone, by the record's properties. A body is never looked at.
import { PropertyReader } from '../protocol/properties'
import { peek } from '../protocol/record'
import { isTagType, type SubscriptionData } from '../protocol/subscription'
import { compileFilter, FilterSyntaxError } from './sql'
import { tagFilter } from './tag-filter'

/** The store's MessageFilter. */
export interface MessageFilter {
  byUnit(tagsCode: number): boolean
  byRecord?(record: Buffer): boolean
}

export const sqlType = 'SQL92'

type Wanted = Pick<SubscriptionData, 'subString' | 'codeSet' | 'expressionType'>
/** Reads an expression once, however many pulls and groups bring it along. */
export interface MessageFilters {
  /** As `messageFilter`. */
  of(subscription: Wanted): MessageFilter | undefined
}
const keptExpressions = 1000
/** A longer one is read each time: a thousand of them would fill the memory. */
const maxKeptLetters = 4096

export function createMessageFilters(): MessageFilters {
  /** By its text; the one that was not asked for the longest comes first. */
  const compiled = new Map<string, MessageFilter>()
  return {
    of(subscription) {
      const { expressionType, subString } = subscription
      if (expressionType !== sqlType || subString.length > maxKeptLetters) return messageFilter(subscription)
      const held = compiled.get(subString)
      const filter = held ?? messageFilter(subscription)
      if (filter === undefined) return undefined
      compiled.delete(subString)
      compiled.set(subString, filter)
      const [oldest] = compiled.keys()
      if (compiled.size > keptExpressions && oldest !== undefined) compiled.delete(oldest)
      return filter
    },
  }
}

/** undefined: everything passes. Throws a FilterSyntaxError for an expression that nobody can read. */
export function messageFilter(subscription: Wanted): MessageFilter | undefined {
  if (isTagType(subscription.expressionType)) return tagFilter(subscription)
  if (subscription.expressionType !== sqlType) {
    throw new FilterSyntaxError(`there are no expressions of type ${subscription.expressionType}`)
  }
  const passes = compileFilter(subscription.subString)
  const properties = new PropertyReader()
  return {
    byUnit: () => true,
    byRecord(record) {
      const from = peek.propertiesAt(record, 0)
      properties.begin(record, from, from + peek.propertiesBytes(record, from))
      return passes(properties)
    },
  }
}
