// broker/filter/message-filter.ts: a subscription as the store asks it: first by the tag's hash in the consume queue, then,
// for SQL92 alone, by the record's properties. A body is never looked at.
import { PropertyReader } from '../protocol/properties'
import { peek } from '../protocol/record'
import { isTagType, type SubscriptionData } from '../protocol/subscription'
import { compileSql, FilterSyntaxError } from './sql'
import { tagFilter } from './tag-filter'

/** The store's MessageFilter. */
export interface MessageFilter {
  byUnit(tagsCode: number): boolean
  byRecord?(record: Buffer): boolean
}

export const sqlType = 'SQL92'

/** undefined: everything passes. Throws a FilterSyntaxError for an expression that nobody can read. */
export function messageFilter(
  subscription: Pick<SubscriptionData, 'subString' | 'codeSet' | 'expressionType'>,
): MessageFilter | undefined {
  if (isTagType(subscription.expressionType)) return tagFilter(subscription)
  if (subscription.expressionType !== sqlType) {
    throw new FilterSyntaxError(`there are no expressions of type ${subscription.expressionType}`)
  }
  const passes = compileSql(subscription.subString)
  const properties = new PropertyReader()
  return {
    byUnit: () => true,
    byRecord(record) {
      properties.begin(peek.propertyLetters(record, 0))
      return passes(properties.of)
    },
  }
}
