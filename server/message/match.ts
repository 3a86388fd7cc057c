// server/message/match.ts: whether a message passes the filters of a search. The broker filters by tag (by hash, so the
// tag is compared again here); the rest is read from properties and body, within a bound for each message.
import { RE2JS, RE2JSException } from 're2js'
import { compileSql, FilterSyntaxError } from '../../broker/filter/sql'
import { type Glance, isCompressedAt, type WireMessage } from '../admin/records'
import type { Reading } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { ScanInput } from '../shared/inputs'
import type { MaskRule } from '../shared/masks'
import { nameMatches } from '../shared/rights'
import { holdsOthers } from './mask'
import { SEARCHED_BYTES, unpack } from './unpack'

export type MessageFilter = Pick<ScanInput, 'tag' | 'key' | 'property' | 'body' | 'sql' | 'regex'>
/** How much of a body an expression or a pattern looks into: both cost more than looking for words. */
const READ_BYTES = 256 * 1024
/** Time grows with the text times the pattern, and one message cannot be interrupted: so many take a second at the worst. */
const PATTERN_STEPS = 8_000_000

/** `onUnread`: a body was not looked into, or not to its end; it counts as no match. */
export const openMatch = (
  { tag, key, property, body, sql, regex }: MessageFilter,
  onUnread: () => void = () => undefined,
): ((message: WireMessage) => boolean) => {
  const needle = body === undefined || body === '' ? null : Buffer.from(body, 'utf8')
  const expression = sql === undefined || sql.trim() === '' ? null : expressionOf(sql)
  const pattern = regex === undefined || regex === '' ? null : patternOf(regex)
  const patternBytes = Math.min(READ_BYTES, Math.floor(PATTERN_STEPS / Math.max(1, pattern?.programSize() ?? 1)))
  return (message) => {
    if (tag && !tag.split('||').some((one) => one.trim() === message.tag)) return false
    if (key && !message.keys.includes(key) && message.uniqueId !== key) return false
    if (property !== undefined) {
      const value = message.properties.get(property.name)
      if (value === undefined) return false
      if (property.how === 'is' ? value !== property.value : !value.includes(property.value)) return false
    }
    if (needle === null && expression === null && pattern === null) return true
    const read = openBody(message)
    const passes =
      (needle === null || read.bytes(SEARCHED_BYTES).includes(needle)) &&
      (pattern === null || pattern.test(read.bytes(patternBytes).toString('utf8'))) &&
      (expression === null || expression((name) => fieldOf(message, read, name)))
    if (!passes && read.unread) onUnread()
    return passes
  }
}
/**
 * What can be told without reading a record: bytes that each match has somewhere in it. Looking for them costs a hundredth of
 * reading the message, and most of a search is passing over. What passes may still be none; what does not is none.
 */
export const openGlance = ({ tag, key, property, body }: MessageFilter): Glance => {
  const tags = tag === undefined ? [] : tag.split('||')
  const plain = [key, property?.value, tags.length === 1 ? tags[0]?.trim() : undefined]
    .filter((text) => text !== undefined && text !== '' && text !== '*')
    .map((text) => openSeeker(text ?? ''))
  const inBody = body === undefined || body === '' ? null : openSeeker(body)
  return (records, from, to) =>
    plain.every((seek) => seek(records, from, to)) &&
    (inBody === null || isCompressedAt(records, from) || inBody(records, from, to))
}
/** Are some bytes in a part of a buffer? Parts come in ascending order, so each place of the buffer is looked at once. */
const openSeeker = (text: string): Glance => {
  const needle = Buffer.from(text, 'utf8')
  let at = -1
  let seen: Buffer | undefined
  let seenFrom = 0
  return (records, from, to) => {
    if (seen !== records || from < seenFrom) {
      seen = records
      at = records.indexOf(needle, from)
    } else if (at >= 0 && at < from) at = records.indexOf(needle, from)
    seenFrom = from
    return at >= 0 && at + needle.length <= to
  }
}
/** `topic` left out: whichever. */
type Looked = MessageFilter & { topic?: string | undefined }
/** What a search looks into is shown by what it finds. */
export const mustRead = (reading: Reading, filter: Looked): void => {
  const { body, property, sql, regex } = filter
  if (!reading.bodies && [body, property, sql, regex].some((one) => one !== undefined))
    throw new DeskError('not-allowed', 'A search in bodies or properties needs the right message.read.', {
      right: 'message.read',
    })
  mustNotTell(reading, filter)
}

const expressionOf = (sql: string): ReturnType<typeof compileSql> => {
  try {
    return compileSql(sql, { paths: true, whole: true })
  } catch (error) {
    if (error instanceof FilterSyntaxError)
      throw new DeskError('bad-input', `The expression cannot be read: ${error.message}.`, {
        todo: "Write it like body.amount > 100 AND region = 'eu'.",
      })
    throw error
  }
}
/** In time that grows with the text and not with what the pattern could try; without back-references, which have no such way. */
const patternOf = (regex: string): RE2JS => {
  try {
    return RE2JS.compile(regex)
  } catch (error) {
    if (error instanceof RE2JSException)
      throw new DeskError('bad-input', `The pattern cannot be read: ${error.message}.`, {
        todo: 'Back-references and look-around are not known here: they cannot be searched in bounded time.',
      })
    throw error
  }
}

interface OpenBody {
  /** The body, unpacked; cut at the bound. */
  bytes(most: number): Buffer
  json(): unknown
  /** Some of it was not looked into. */
  readonly unread: boolean
}
/** Unpacked and read as JSON at most once, and only when it is asked for. */
const openBody = (message: WireMessage): OpenBody => {
  let unpacked: ReturnType<typeof unpack> | undefined
  let json: { value: unknown } | undefined
  let unread = false
  const bytes = (most: number): Buffer => {
    unpacked ??= unpack(message, SEARCHED_BYTES)
    if (unpacked.failed !== null || unpacked.bytes.length > most) unread = true
    return unpacked.bytes.subarray(0, most)
  }
  return {
    bytes,
    json() {
      if (json !== undefined) return json.value
      const text = bytes(READ_BYTES)
      try {
        json = { value: JSON.parse(text.toString('utf8')) }
      } catch {
        json = { value: undefined } // no JSON, or too long to be read whole: it has no fields
      }
      return json.value
    },
    get unread() {
      return unread
    },
  }
}

/** `body.order.items[0].price` is in the body's JSON; other names are properties, then what a message has besides. */
const fieldOf = (message: WireMessage, body: OpenBody, name: string): string | number | boolean | undefined => {
  const property = message.properties.get(name)
  if (property !== undefined) return property
  if (name === 'body' || name.startsWith('body.') || name.startsWith('body[')) {
    const found = at(body.json(), name.slice('body'.length))
    if (found === undefined || found === null) return undefined
    return typeof found === 'object' ? JSON.stringify(found) : plain(found)
  }
  return Object.hasOwn(besides, name) ? besides[name]?.(message) : undefined
}
const plain = (value: unknown): string | number | boolean | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
const besides: Readonly<Record<string, (message: WireMessage) => string | number | undefined>> = {
  tag: ({ tag }) => tag ?? undefined,
  key: ({ keys }) => keys[0],
  size: ({ body }) => body.length,
  tries: ({ reconsumeTimes }) => reconsumeTimes,
  host: ({ bornHost }) => bornHost,
}
const at = (value: unknown, path: string): unknown => {
  let found = value
  for (const [, field, index] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof found !== 'object' || found === null) return undefined
    const key = field ?? index ?? ''
    found = Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : undefined // its own, as JSON made it
  }
  return found
}

/**
 * A search in what is masked would tell by what it finds: it is refused for topics that a rule may be about, and for every
 * expression there, which may look at anything.
 */
const mustNotTell = ({ masks }: Reading, { topic, body, property, sql, regex }: Looked): void => {
  const isAbout = ({ topics }: MaskRule) => topic === undefined || holdsOthers.test(topic) || nameMatches(topics, topic)
  const rules = (masks?.rules ?? []).filter(isAbout)
  const hidden =
    (sql !== undefined && rules.length > 0) ||
    ((Boolean(body) || regex !== undefined) && rules.some(({ part }) => part !== 'property')) ||
    (property !== undefined &&
      rules.some(({ part, field }) => part === 'property' && nameMatches(field, property.name)))
  if (hidden)
    throw new DeskError('not-allowed', 'What is looked for may be masked here: this needs the right message.unmask.', {
      right: 'message.unmask',
    })
}
