// broker/processor/attributes.ts: attributes of topics and groups, as tools change them: `+key=value` adds or changes,
// `-key` removes. The texts of errors are those that mqadmin shows its users.

import { ResponseCode } from '../protocol/codes'
import { invalid, Refusal } from './admin-reply'

interface Attribute {
  /** Fixed once the topic exists. */
  readonly fixed?: boolean
  readonly oneOf?: readonly string[]
  readonly min?: number
  readonly max?: number
}
const long = Number.MAX_SAFE_INTEGER

export const topicAttributes: Readonly<Record<string, Attribute>> = {
  'cleanup.policy': { fixed: true, oneOf: ['DELETE', 'COMPACTION'] },
  'queue.type': { fixed: true, oneOf: ['SimpleCQ', 'BatchCQ'] },
  'message.type': {
    oneOf: ['UNSPECIFIED', 'MIXED', 'TRANSACTION', 'PRIORITY', 'FIFO', 'DELAY', 'LITE', 'NORMAL'],
  },
  'reserve.time': { min: -1, max: long },
  'lite.topic.expiration': { min: -1, max: 43_200 },
}
export const groupAttributes: Readonly<Record<string, Attribute>> = {
  'priority.factor': { min: 0, max: 100 },
  'lite.bind.topic': {},
  'lite.sub.model': { oneOf: ['Shared', 'Exclusive'] },
  'lite.sub.wildcard': {},
  'lite.sub.client.quota': { min: -1, max: long },
  'lite.sub.client.max.event.cnt': { min: 10, max: long },
  'lite.sub.reset.offset.exclusive': { oneOf: ['true', 'false'] },
  'lite.sub.reset.offset.unsubscribe': { oneOf: ['true', 'false'] },
}

/** Signed keys and values from `+a=1,-b`. */
export function parseChanges(text: string | undefined): Map<string, string> {
  const changes = new Map<string, string>()
  if (text === undefined || text === '') return changes
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const key = equals < 0 ? part : part.slice(0, equals)
    if (equals >= 0 && !key.startsWith('+')) throw wrong(`add/alter attribute format is wrong: ${key}`)
    if (equals < 0 && !key.startsWith('-')) throw wrong(`delete attribute format is wrong: ${key}`)
    if (changes.has(key)) throw wrong(`key duplication: ${key}`)
    changes.set(key, equals < 0 ? '' : part.slice(equals + 1))
  }
  return changes
}

/** What the attributes are after the changes. `held` undefined: the topic or group is new. */
export function changeAttributes(
  known: Readonly<Record<string, Attribute>>,
  held: ReadonlyMap<string, string> | undefined,
  changes: Iterable<readonly [string, string]>,
): Map<string, string> {
  const next = new Map(held)
  const seen = new Set<string>()
  for (const [signed, value] of changes) {
    const sign = signed[0]
    const key = signed.slice(1)
    if (key === '' || /[+-]/.test(key)) throw wrong('kv string format wrong.')
    if (seen.has(key)) throw wrong(`alter duplication key. key: ${key}`)
    seen.add(key)
    if (sign !== '+' && sign !== '-') throw wrong(`wrong format key: ${key}`)
    if (sign === '-' && !held) throw wrong(`only add attribute is supported while creating topic. key: ${key}`)
    if (sign === '-' && !held?.has(key)) throw wrong(`attempt to delete a nonexistent key: ${key}`)
    const rule = Object.hasOwn(known, key) ? known[key] : undefined
    if (!rule) throw wrong(`unsupported key: ${key}`)
    if (held && rule.fixed) throw wrong(`attempt to update an unchangeable attribute. key: ${key}`)
    if (sign === '-') next.delete(key)
    else next.set(key, checkValue(rule, value))
  }
  return next
}

function checkValue(rule: Attribute, value: string): string {
  if (rule.oneOf && !rule.oneOf.includes(value)) throw wrong(`value is not in set: [${rule.oneOf.join(', ')}]`)
  if (rule.min !== undefined && rule.max !== undefined) {
    if (!/^[+-]?\d{1,18}$/.test(value)) throw wrong(`For input string: "${value}"`)
    const number = Number(value)
    if (number < rule.min || number > rule.max) throw wrong(`value is not in range(${rule.min}, ${rule.max})`)
  }
  if (value.length > 1024) throw invalid('the value of an attribute is longer than 1024 characters')
  return value
}

const wrong = (text: string): Refusal => new Refusal(ResponseCode.SYSTEM_ERROR, text)
