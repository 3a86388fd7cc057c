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

export type BodyFault = 'empty' | 'json' | 'hex' | 'base64'
export const bodyFault = ({ kind, body }: SendDraft): BodyFault | null => {
  if (body.trim() === '') return 'empty'
  if (kind === 'json') return parseJson(body) === undefined ? 'json' : null
  if (kind === 'hex') return isHex(body) ? null : 'hex'
  return kind === 'base64' && !isBase64(body) ? 'base64' : null
}

export const bodyInput = ({ kind, body }: SendDraft): SendInput['body'] =>
  kind === 'hex'
    ? { kind: 'hex', value: body.replaceAll(/\s/g, '') }
    : kind === 'base64'
      ? { kind: 'base64', value: body.replaceAll(/\s/g, '') }
      : { kind: 'text', value: body }

/** How large the body will be on the wire. */
export const bytesOf = ({ kind, body }: SendDraft): number => {
  const bare = body.replaceAll(/\s/g, '')
  if (kind === 'hex') return Math.floor(bare.length / 2)
  if (kind === 'base64') return Math.floor((bare.replaceAll('=', '').length * 3) / 4)
  return new TextEncoder().encode(body).length
}
