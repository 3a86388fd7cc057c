// components/message/send-draft.ts: what stands in the form for sending, checked, and as the server takes it. Pure.
import type { SendInput } from '../../server/shared/inputs'
import { isBase64, isHex } from './hex'
import { parseJson } from './json-lines'

export type BodyKind = 'json' | 'text' | 'hex' | 'base64'
export interface SendDraft {
  readonly tag: string
  readonly keys: string
  readonly kind: BodyKind
  readonly body: string
  readonly properties: readonly { readonly name: string; readonly value: string }[]
  /** `broker-a/3`, or empty: the console chooses as a producer does. */
  readonly queue: string
  readonly shardingKey: string
  readonly delayLevel: number
  /** As it was typed; empty: at once, or after the delay. */
  readonly deliverAt: string
  readonly priority: string
  readonly transaction: 'none' | 'commit' | 'rollback' | 'unknown'
  readonly producerGroup: string
  /** One message, or a line each. */
  readonly many: boolean
}
export const emptyDraft: SendDraft = {
  tag: '',
  keys: '',
  kind: 'json',
  body: '{\n  "hello": "world"\n}',
  properties: [],
  queue: '',
  shardingKey: '',
  delayLevel: 0,
  deliverAt: '',
  priority: '',
  transaction: 'none',
  producerGroup: '',
  many: false,
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** messageDelayLevel as every broker has it unless told otherwise; 0 is at once. */
export const delayLevels: readonly number[] = [
  0,
  SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  3 * MINUTE,
  4 * MINUTE,
  5 * MINUTE,
  6 * MINUTE,
  7 * MINUTE,
  8 * MINUTE,
  9 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
]

export type BodyFault = 'empty' | 'json' | 'hex' | 'base64' | 'tooMany'
/** `line`: of many, which one, counted from 1 as the text box shows them. */
export interface FaultAt {
  readonly fault: BodyFault
  readonly line: number | null
}
export const MOST_LINES = 1000
/** The messages of a text with a line each; blank lines are none. */
export const linesOf = (body: string): string[] => body.split(/\r?\n/).filter((line) => line.trim() !== '')

export const bodyFault = (draft: SendDraft): FaultAt | null => {
  const whole = (fault: BodyFault | null): FaultAt | null => (fault === null ? null : { fault, line: null })
  if (!draft.many) return whole(faultOf(draft.kind, draft.body))
  const { length } = linesOf(draft.body)
  if (length === 0 || length > MOST_LINES) return whole(length === 0 ? 'empty' : 'tooMany')
  for (const [index, line] of draft.body.split(/\r?\n/).entries()) {
    const fault = line.trim() === '' ? null : faultOf(draft.kind, line)
    if (fault !== null) return { fault, line: index + 1 }
  }
  return null
}
const faultOf = (kind: BodyKind, body: string): Exclude<BodyFault, 'tooMany'> | null => {
  if (body.trim() === '') return 'empty'
  if (kind === 'json') return parseJson(body) === undefined ? 'json' : null
  if (kind === 'hex') return isHex(body) ? null : 'hex'
  return kind === 'base64' && !isBase64(body) ? 'base64' : null
}

export const bodyInput = ({ kind, body }: Pick<SendDraft, 'kind' | 'body'>): SendInput['body'] =>
  kind === 'hex'
    ? { kind: 'hex', value: body.replaceAll(/\s/g, '') }
    : kind === 'base64'
      ? { kind: 'base64', value: body.replaceAll(/\s/g, '') }
      : { kind: 'text', value: body }

/** A template, as it was kept; null: it is of another version, or damaged. */
export const draftOf = (text: string): { topic: string; draft: SendDraft } | null => {
  try {
    const held: unknown = JSON.parse(text)
    if (typeof held !== 'object' || held === null || !('topic' in held) || !('draft' in held)) return null
    const { topic, draft } = held
    if (typeof topic !== 'string' || typeof draft !== 'object' || draft === null) return null
    const known = Object.entries(emptyDraft).map(([name, value]) => {
      const found: unknown = Object.getOwnPropertyDescriptor(draft, name)?.value
      return [name, typeof found === typeof value && Array.isArray(found) === Array.isArray(value) ? found : value]
    })
    return { topic, draft: Object.fromEntries(known) as SendDraft } // every field of it, each of its own type
  } catch {
    return null
  }
}

/** A file as a body: text where it is text in UTF-8, else base64. */
export const bodyOfFile = (bytes: Uint8Array): Pick<SendDraft, 'kind' | 'body'> => {
  try {
    const body = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { kind: parseJson(body) === undefined ? 'text' : 'json', body }
  } catch {
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return { kind: 'base64', body: btoa(binary) }
  }
}

/** How large the body will be on the wire. */
export const bytesOf = ({ kind, body }: SendDraft): number => {
  const bare = body.replaceAll(/\s/g, '')
  if (kind === 'hex') return Math.floor(bare.length / 2)
  if (kind === 'base64') return Math.floor((bare.replaceAll('=', '').length * 3) / 4)
  return new TextEncoder().encode(body).length
}
