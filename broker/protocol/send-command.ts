// broker/protocol/send-command.ts: a send (310, 320) whose header was walked over once, in either form. Its numbers are read;
// its texts are places in the frame, and become texts only when somebody asks: most of what it costs to read a send is
// making texts and naming them. Whatever is not spelled as the stock clients spell it is left to the general readers.
import type { LanguageName } from './codes'
import type { Command, ExtFields, HeaderForm } from './command'

/** Reads all the fields of a header, in the general way. */
export type ReadFields = (frame: Buffer, from: number, end: number, body: Buffer) => ExtFields

export class SendCommand implements Command {
  code = 0
  language: LanguageName = 'JAVA'
  version = 0
  opaque = 0
  flag = 0
  readonly remark: string | null = null
  readonly body: Buffer
  readonly form: HeaderForm
  readonly frame: Buffer
  readonly #from: number
  readonly #end: number
  readonly #readFields: ReadFields
  #ext: ExtFields | undefined
  /** b: where the topic lies. Plain ASCII, as all texts here. */
  topicAt = 0
  topicEnd = 0
  /** c: the topic to make it from. */
  defaultTopicAt = 0
  defaultTopicEnd = 0
  /** d to h, j; -1 for one that did not come. */
  defaultTopicQueueNums = -1
  queueId = -1
  sysFlag = -1
  bornTimestampMs = -1
  messageFlag = -1
  reconsumeTimes = 0
  /** i: in JSON its dividers are spelled as escapes of six letters. */
  propertiesAt = 0
  propertiesEnd = 0
  unitMode = false
  batch = false
  /** l: -1 when it did not come. */
  maxReconsumeTimes = -1

  constructor(frame: Buffer, from: number, end: number, body: Buffer, form: HeaderForm, readFields: ReadFields) {
    this.frame = frame
    this.#from = from
    this.#end = end
    this.body = body
    this.form = form
    this.#readFields = readFields
  }

  get ext(): ExtFields {
    this.#ext ??= this.#readFields(this.frame, this.#from, this.#end, this.body)
    return this.#ext
  }
  get topic(): string {
    return this.frame.toString('latin1', this.topicAt, this.topicEnd)
  }
  get defaultTopic(): string {
    return this.frame.toString('latin1', this.defaultTopicAt, this.defaultTopicEnd)
  }
  get properties(): string {
    const text = this.frame.toString('latin1', this.propertiesAt, this.propertiesEnd)
    return this.form === 0 && text.includes('\\')
      ? text.replaceAll('\\u0001', '\u0001').replaceAll('\\u0002', '\u0002')
      : text
  }

  /**
   * Takes the field with this letter, frame[at, end). False when the general reader must judge it. In the binary form an
   * empty value is none.
   */
  take(letter: number, at: number, end: number): boolean {
    switch (letter) {
      case 0x62: // b
        this.topicAt = at
        this.topicEnd = end
        return true
      case 0x63: // c
        this.defaultTopicAt = at
        this.defaultTopicEnd = end
        return true
      case 0x64: // d
        this.defaultTopicQueueNums = wholeNumber(this.frame, at, end)
        return this.defaultTopicQueueNums >= 0
      case 0x65: // e
        this.queueId = wholeNumber(this.frame, at, end)
        return this.queueId >= 0
      case 0x66: // f
        this.sysFlag = wholeNumber(this.frame, at, end)
        return this.sysFlag >= 0
      case 0x67: // g
        this.bornTimestampMs = wholeNumber(this.frame, at, end, maxLongDigits)
        return this.bornTimestampMs >= 0
      case 0x68: // h
        this.messageFlag = wholeNumber(this.frame, at, end)
        return this.messageFlag >= 0
      case 0x69: // i
        this.propertiesAt = at
        this.propertiesEnd = end
        return true
      case 0x6a: // j
        this.reconsumeTimes = wholeNumber(this.frame, at, end)
        return this.reconsumeTimes >= 0
      case 0x6b: // k
        this.unitMode = isTrue(this.frame, at, end)
        return true
      case 0x6c: // l
        this.maxReconsumeTimes = wholeNumber(this.frame, at, end)
        return this.maxReconsumeTimes >= 0
      case 0x6d: // m
        this.batch = isTrue(this.frame, at, end)
        return true
      case 0x61: // a, the producer's group
      case 0x6e: // n, the broker's name
        return true
      default:
        return false
    }
  }

  /** Whether all that a send must have has come. */
  get isWhole(): boolean {
    const { defaultTopicQueueNums, queueId, sysFlag, bornTimestampMs, messageFlag } = this
    return defaultTopicQueueNums >= 0 && queueId >= 0 && sysFlag >= 0 && bornTimestampMs >= 0 && messageFlag >= 0
  }
}

const maxDigits = 9
const maxLongDigits = 15

/** The number in frame[at, end), without sign or leading zero; -1 when it is none or a long one. */
export function wholeNumber(frame: Buffer, at: number, end: number, atMostDigits = maxDigits): number {
  if (at >= end || end - at > atMostDigits || (frame[at] === 0x30 && end - at > 1)) return -1
  let value = 0
  for (let place = at; place < end; place++) {
    const digit = (frame[place] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
const isTrue = (frame: Buffer, at: number, end: number): boolean =>
  end - at === 4 && frame[at] === 0x74 && frame[at + 1] === 0x72 && frame[at + 2] === 0x75 && frame[at + 3] === 0x65
