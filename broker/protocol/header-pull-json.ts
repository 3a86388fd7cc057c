// broker/protocol/header-pull-json.ts: a fast way to read the JSON header of a pull (11), as the stock Java client writes it.
// Whatever is not spelled so is left to header-json.ts and the table of the header, which this may never contradict: a test
// holds them against each other.
import type { LanguageName } from './codes'
import type { Command, ExtFields, HeaderForm } from './command'
import { holds, takeEnd, textEnd } from './header-send-json'
import type { PullMessageHeader } from './headers'
import { letters } from './plain-bytes'
import { type ReadFields, wholeNumber } from './send-command'

const start = letters('{"code":11,"extFields":{')
const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const closingBrace = 0x7d
const maxInt = 0x7fff_ffff
/** Of a number that is exact. */
const mostDigits = 15

/** A pull whose fields are numbers and texts already. Its `ext` is read by the general reader when somebody asks. */
export class PullCommand implements Command {
  readonly code = 11
  readonly language: LanguageName = 'JAVA'
  version = 0
  opaque = 0
  flag = 0
  readonly remark: string | null = null
  readonly form: HeaderForm = 0
  readonly body: Buffer
  readonly header: PullMessageHeader
  readonly #frame: Buffer
  readonly #from: number
  readonly #end: number
  readonly #readFields: ReadFields
  #ext: ExtFields | undefined

  constructor(frame: Buffer, from: number, end: number, body: Buffer, header: PullMessageHeader, read: ReadFields) {
    this.#frame = frame
    this.#from = from
    this.#end = end
    this.body = body
    this.header = header
    this.#readFields = read
  }

  get ext(): ExtFields {
    this.#ext ??= this.#readFields(this.#frame, this.#from, this.#end, this.body)
    return this.#ext
  }
}

const numbers = {
  queueId: maxInt,
  queueOffset: Number.MAX_SAFE_INTEGER,
  maxMsgNums: maxInt,
  sysFlag: maxInt,
  commitOffset: Number.MAX_SAFE_INTEGER,
  suspendTimeoutMillis: Number.MAX_SAFE_INTEGER,
  subVersion: Number.MAX_SAFE_INTEGER,
  maxMsgBytes: maxInt,
  requestSource: maxInt,
} as const
const texts = [
  'consumerGroup',
  'topic',
  'subscription',
  'expressionType',
  'proxyFrowardClientId',
  'liteTopic',
  'bname',
] as const
type NumberName = keyof typeof numbers
type TextName = (typeof texts)[number]
type Field = { readonly letters: Uint8Array } & (
  | { readonly number: NumberName; readonly atMost: number }
  | { readonly text: TextName }
)

/** No two of them share both their length and their first letter. */
const placeOf = (length: number, first: number): number => (length << 8) | first
const fields = new Map<number, Field>()
for (const name of Object.keys(numbers) as NumberName[]) add(name, { number: name, atMost: numbers[name] }) // its own keys
for (const name of texts) add(name, { text: name })
function add(name: string, field: { number: NumberName; atMost: number } | { text: TextName }): void {
  fields.set(placeOf(name.length, name.charCodeAt(0)), { letters: letters(name), ...field })
}

const missing = -1
class Fields implements PullMessageHeader {
  consumerGroup = ''
  topic = ''
  queueId = missing
  queueOffset = missing
  maxMsgNums = missing
  sysFlag = missing
  commitOffset = missing
  suspendTimeoutMillis = missing
  subVersion = missing
  subscription: string | undefined = undefined
  expressionType: string | undefined = undefined
  maxMsgBytes: number | undefined = undefined
  requestSource: number | undefined = undefined
  proxyFrowardClientId: string | undefined = undefined
  liteTopic: string | undefined = undefined
  bname: string | undefined = undefined
}
const isWhole = (header: Fields): boolean =>
  header.consumerGroup !== '' &&
  header.topic !== '' &&
  header.queueId >= 0 &&
  header.queueOffset >= 0 &&
  header.maxMsgNums >= 0 &&
  header.sysFlag >= 0 &&
  header.commitOffset >= 0 &&
  header.suspendTimeoutMillis >= 0 &&
  header.subVersion >= 0

/** The pull in frame[from, end), or undefined when its header is spelled in any other way. */
export function readPullJson(
  frame: Buffer,
  from: number,
  end: number,
  body: Buffer,
  readFields: ReadFields,
): PullCommand | undefined {
  if (!holds(frame, from, end, start)) return undefined
  const header = new Fields()
  const fieldsEnd = takeFields(header, frame, from + start.length, end)
  if (fieldsEnd < 0 || !isWhole(header)) return undefined
  const pull = new PullCommand(frame, from, end, body, header, readFields)
  return takeEnd(pull, frame, fieldsEnd, end) ? pull : undefined
}

/** Reads `"name":"...","name":"..."}`; answers with the place after the brace, or -1. */
function takeFields(header: Fields, frame: Buffer, from: number, end: number): number {
  for (let at = from; ; ) {
    if (frame[at] !== quote) return -1
    const nameAt = at + 1
    const nameEnd = textEnd(frame, nameAt, end, false)
    if (nameEnd < 0 || frame[nameEnd + 1] !== colon || frame[nameEnd + 2] !== quote) return -1
    const valueAt = nameEnd + 3
    const valueEnd = textEnd(frame, valueAt, end, false)
    if (valueEnd < 0 || !take(header, frame, nameAt, nameEnd, valueAt, valueEnd)) return -1
    const next = frame[valueEnd + 1]
    if (next === closingBrace) return valueEnd + 2
    if (next !== comma) return -1
    at = valueEnd + 2
  }
}

/** False when the general reader must judge it. */
function take(
  header: Fields,
  frame: Buffer,
  nameAt: number,
  nameEnd: number,
  valueAt: number,
  valueEnd: number,
): boolean {
  const field = fields.get(placeOf(nameEnd - nameAt, frame[nameAt] ?? 0))
  if (field === undefined || !holds(frame, nameAt, nameEnd, field.letters)) return false
  if ('text' in field) {
    header[field.text] = frame.toString('latin1', valueAt, valueEnd)
    return true
  }
  const value = wholeNumber(frame, valueAt, valueEnd, mostDigits)
  if (value < 0 || value > field.atMost) return false
  header[field.number] = value
  return true
}
