// server/message/mask.ts: what is hidden of a message from whoever lacks the right to see it: fields of a JSON body, whole
// bodies, user properties. What a rule may not be applied to with certainty (a body that is no JSON) is hidden whole. Texts
// are cut and joined, never parsed and written again: a 64-bit number beside a masked field stays as it was sent.
import { Property, type WireMessage } from '../admin/records'
import type { Reading } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { HIDDEN, type MaskRule } from '../shared/masks'
import { nameMatches } from '../shared/rights'

const MOST_DEPTH = 200
/** Shorter than this, the last four would tell too much. */
const LAST_FOUR_FROM = 8

/** The rules about a message: by its topic, and by the topic it had before it was retried, died or waited. */
export const rulesFor = (rules: readonly MaskRule[], message: WireMessage): readonly MaskRule[] => {
  if (rules.length === 0) return rules
  const { properties, topic } = message
  const topics = [Property.retryTopic, Property.realTopic, Property.dlqOriginTopic].flatMap(
    (name) => properties.get(name) ?? [],
  )
  return rules.filter(({ topics: pattern }) => [topic, ...topics].some((one) => nameMatches(pattern, one)))
}
export const masked = (value: string, { how }: MaskRule, digest: (text: string) => string): string => {
  if (how === 'hash') return `#${digest(value).slice(0, 12)}`
  return how === 'last4' && value.length >= LAST_FOUR_FROM ? `${HIDDEN}${value.slice(-4)}` : HIDDEN
}

export const maskProperties = (
  properties: Readonly<Record<string, string>>,
  rules: readonly MaskRule[],
  digest: (text: string) => string,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const rule = rules.find(({ part, field }) => part === 'property' && nameMatches(field, name))
      return [name, rule === undefined ? value : masked(value, rule, digest)]
    }),
  )
export const masksBody = (rules: readonly MaskRule[]): boolean => rules.some(({ part }) => part !== 'property')

/** The body as it may be shown. */
export const maskBody = (body: Buffer, rules: readonly MaskRule[], digest: (text: string) => string): Buffer => {
  const whole = rules.find(({ part }) => part === 'body')
  if (whole !== undefined)
    return Buffer.from(whole.how === 'hash' ? masked(body.toString('base64'), whole, digest) : HIDDEN)
  const fields = rules.filter(({ part }) => part === 'field')
  if (fields.length === 0 || body.length === 0) return body
  const text = body.toString('utf8')
  const shown = maskJson(text, (path) => fields.find((rule) => fits(rule.field, path)), digest)
  return Buffer.from(shown ?? HIDDEN)
}
/** What a schema has no name for stands under its number. */
const nameless = /^#\d+$/
/** A body that was read by a type: what the type has no name for may be what a rule names, and is hidden with it. */
export const maskDecoded = (json: string, rules: readonly MaskRule[], digest: (text: string) => string): string => {
  const fields = rules.filter(({ part }) => part === 'field')
  const [first] = fields
  if (first === undefined) return json
  const hidden: MaskRule = { ...first, how: 'hide' }
  const find: Find = (path) =>
    fields.find((rule) => fits(rule.field, path)) ?? (nameless.test(path.at(-1) ?? '') ? hidden : undefined)
  return maskJson(json, find, digest) ?? JSON.stringify(HIDDEN)
}
/** Topics in which brokers keep messages of others. */
export const holdsOthers = /^(%(RETRY|DLQ)%|RMQ_SYS|rmq_sys|SCHEDULE_TOPIC)/
/** Rules hide fields by name: whoever they hold for does not say what the fields of those bodies are called. */
export const mustNotName = ({ masks }: Reading, topic: string): void => {
  const isAbout = ({ part, topics }: MaskRule) =>
    part === 'field' && (nameMatches(topics, topic) || holdsOthers.test(topics))
  if (masks?.rules.some(isAbout))
    throw new DeskError(
      'not-allowed',
      'Fields of these bodies are hidden by name: to say what they are called needs the right message.unmask.',
      {
        right: 'message.unmask',
      },
    )
}
/** `phone`: a field of that name anywhere; `customer.phone`, `orders.*.iban`: from the top, lists passed through. */
const fits = (pattern: string, path: readonly string[]): boolean => {
  const parts = pattern.split('.')
  if (parts.length === 1) return path.at(-1) === pattern
  return parts.length === path.length && parts.every((part, at) => part === '*' || part === path[at])
}

type Find = (path: readonly string[]) => MaskRule | undefined
/** Null: it is no JSON, as a whole. */
export const maskJson = (text: string, find: Find, digest: (text: string) => string): string | null => {
  try {
    JSON.parse(text) // the strictest judge of what JSON is; what follows may then walk without looking twice
  } catch {
    return null
  }
  const out: string[] = []
  let copied = 0
  let at = 0
  const space = (): void => {
    while (/\s/.test(text[at] ?? '')) at += 1
  }
  const string = (): string => {
    const from = at
    at += 1
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    at += 1
    return JSON.parse(text.slice(from, at))
  }
  /** `path` null: below a field that is masked, and hidden with it. */
  const value = (path: readonly string[] | null, depth: number): void => {
    if (depth > MOST_DEPTH) throw new RangeError('too deep')
    space()
    const from = at
    const rule = path === null || path.length === 0 ? undefined : find(path)
    const below = rule === undefined ? path : null
    const first = text[at]
    let plain: string | undefined
    if (first === '"') plain = string()
    else if (first === '{' || first === '[') {
      const isObject = first === '{'
      at += 1
      space()
      while (text[at] !== '}' && text[at] !== ']') {
        if (isObject) {
          const key = string()
          space()
          at += 1 // the colon
          value(below === null ? null : [...below, key], depth + 1)
        } else value(below, depth + 1)
        space()
        if (text[at] === ',') at += 1
        space()
      }
      at += 1
    } else {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1
      plain = text.slice(from, at)
    }
    if (rule === undefined) return
    out.push(text.slice(copied, from), JSON.stringify(plain === undefined ? HIDDEN : masked(plain, rule, digest)))
    copied = at
  }
  try {
    value([], 0)
  } catch {
    return null
  }
  out.push(text.slice(copied))
  return out.join('')
}
