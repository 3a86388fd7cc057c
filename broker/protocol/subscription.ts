// broker/protocol/subscription.ts: what a consumer wants of a topic, as heartbeats and pulls say it.
import { ProtocolError } from './errors'
import { javaHash } from './java-hash'

export const everything = '*'
export type ExpressionType = 'TAG' | 'SQL92'

export interface SubscriptionData {
  topic: string
  subString: string
  tagsSet: string[]
  codeSet: number[]
  subVersion: number
  expressionType: string
  classFilterMode: boolean
  filterClassSource?: string | undefined
}

export const isTagType = (type: string | undefined): boolean => type === undefined || type === '' || type === 'TAG'

/** Reads `a || b`. An empty or missing expression, or `*`, means everything. */
export function parseTagExpression(topic: string, expression: string | undefined, subVersion = 0): SubscriptionData {
  const data: SubscriptionData = {
    topic,
    subString: expression === undefined || expression === '' ? everything : expression,
    tagsSet: [],
    codeSet: [],
    subVersion,
    expressionType: 'TAG',
    classFilterMode: false,
  }
  if (data.subString === everything) return data
  const pieces = splitTags(data.subString)
  if (pieces.length === 0) throw new ProtocolError('bad-field', 'subString split error')
  const tags = new Set(pieces.map((piece) => piece.trim()).filter((tag) => tag !== ''))
  return { ...data, tagsSet: [...tags], codeSet: [...new Set([...tags].map((tag) => javaHash(tag)))] }
}
/** As Java splits at `\|\|`: empty pieces at the end are dropped. */
function splitTags(text: string): string[] {
  const pieces = text.split('||')
  while (pieces.at(-1) === '') pieces.pop()
  return pieces
}

/** Reads an expression of any type; only tags are taken apart here. */
export function parseExpression(
  topic: string,
  expression: string | undefined,
  type: string | undefined,
  subVersion = 0,
): SubscriptionData {
  if (isTagType(type)) return parseTagExpression(topic, expression, subVersion)
  if (expression === undefined || expression === '') {
    throw new ProtocolError('bad-field', `Expression can't be null! ${type}`)
  }
  return {
    topic,
    subString: expression,
    tagsSet: [],
    codeSet: [],
    subVersion,
    expressionType: type ?? 'TAG',
    classFilterMode: false,
  }
}
