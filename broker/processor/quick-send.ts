// broker/processor/quick-send.ts: a plain message from bytes to bytes: its topic is known again by its letters, and its
// properties are walked over once, on their way from the frame to where the store copies them from. What needs more than
// that (delays, transactions, retries, batches, unknown topics, odd properties) is left to send.ts, by answering undefined.
import { isForbiddenToSend, isRetryTopic } from '../protocol/names'
import { splitKeys } from '../protocol/properties'
import type { SendCommand } from '../protocol/send-command'
import { transactionType } from '../protocol/sys-flag'
import { namesThatMatter } from './send-request'

export interface QuickSend {
  readonly topic: string
  /** Valid until the next send is read: whoever keeps it longer copies it. */
  readonly properties: Buffer
  readonly uniqueKey: string
  readonly tags: string | undefined
  readonly keys: readonly string[]
  readonly waits: boolean
}
/** What the properties of one message of a batch say to the broker. */
export interface BatchedSaid {
  readonly uniqueKey: string | undefined
  readonly tags: string | undefined
  readonly keys: string | undefined
}
export interface QuickSendReader {
  /** Of a batch, whose messages are stored with the properties they have. */
  readBatched(properties: Buffer): BatchedSaid
  /** `own` is what the broker adds to the properties of every message. */
  read(send: SendCommand, own: Buffer): QuickSend | undefined
}
export const createQuickSendReader = (): QuickSendReader => new Reader()

const maxPropertiesBytes = 0x7fff
const backslash = 0x5c
const nameEnd = 1
const valueEnd = 2

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const uniqueKeyName = bytesOf('UNIQ_KEY')
const waitName = bytesOf('WAIT')
const tagsName = bytesOf('TAGS')
const keysName = bytesOf('KEYS')
const trueText = bytesOf('true')
/** First letters of the names that another reader must look at; most names of users begin otherwise. */
const firstLetters = new Set([...namesThatMatter].map((name) => name.charCodeAt(0)))
const isCareful = Uint8Array.from({ length: 128 }, (_, letter) => (firstLetters.has(letter) ? 1 : 0))

class Reader implements QuickSendReader {
  readonly #topics = new TopicNames()
  readonly #copy = Buffer.allocUnsafeSlow(2 * maxPropertiesBytes)
  /** Where the properties lie that are being read. */
  #bytes: Buffer = this.#copy
  #uniqueKeyAt = 0
  #uniqueKeyEnd = 0
  #tags: string | undefined
  #keys: string | undefined
  #waits = true

  read(send: SendCommand, own: Buffer): QuickSend | undefined {
    if (send.batch || send.body.length === 0 || transactionType(send.sysFlag) !== 0) return undefined
    const topic = this.#topics.of(send)
    if (topic === undefined) return undefined
    this.#begin(this.#copy)
    const end = this.#walk(send)
    if (end < 0 || this.#uniqueKeyEnd === 0 || own.length > this.#bytes.length - end) return undefined
    this.#bytes.set(own, end)
    const uniqueKey = this.#text(this.#uniqueKeyAt, this.#uniqueKeyEnd)
    return {
      topic,
      properties: this.#bytes.subarray(0, end + own.length),
      uniqueKey,
      tags: this.#tags,
      keys: this.#keys === undefined ? [uniqueKey] : [uniqueKey, ...splitKeys(this.#keys)],
      waits: this.#waits,
    }
  }

  readBatched(properties: Buffer): BatchedSaid {
    this.#begin(properties)
    let nameAt = 0
    let split = -1
    for (let at = 0; at < properties.length; at++) {
      const byte = properties[at]
      if (byte === nameEnd && split < 0) split = at
      if (byte !== valueEnd) continue
      this.#take(nameAt, split, at)
      nameAt = at + 1
      split = -1
    }
    this.#take(nameAt, split, properties.length)
    const uniqueKey = this.#uniqueKeyEnd === 0 ? undefined : this.#text(this.#uniqueKeyAt, this.#uniqueKeyEnd)
    return { uniqueKey, tags: this.#tags, keys: this.#keys }
  }

  #begin(bytes: Buffer): void {
    this.#bytes = bytes
    this.#uniqueKeyEnd = 0
    this.#tags = undefined
    this.#keys = undefined
    this.#waits = true
  }

  /** Copies the properties, the last one ended too; answers with their size, or -1. */
  #walk({ frame, form, propertiesAt, propertiesEnd }: SendCommand): number {
    if (propertiesEnd - propertiesAt > maxPropertiesBytes) return -1
    const bytes = this.#bytes
    const isEscaped = form === 0
    let out = 0
    let nameAt = 0
    let split = -1
    for (let at = propertiesAt; at < propertiesEnd; at++) {
      let byte = frame[at] ?? 0
      if (byte === backslash && isEscaped) {
        at += 5 // an escaped divider: the header's reader has let nothing else pass
        byte = (frame[at] ?? 0) - 0x30
      }
      if (byte === nameEnd && split < 0) split = out
      else if (byte === valueEnd) {
        if (!this.#take(nameAt, split, out)) return -1
        nameAt = out + 1
        split = -1
      }
      bytes[out++] = byte
    }
    if (out === nameAt) return out
    if (!this.#take(nameAt, split, out)) return -1
    bytes[out] = valueEnd
    return out + 1
  }

  /** The property bytes[nameAt, end). False when it is none, or when it matters to somebody else. */
  #take(nameAt: number, split: number, end: number): boolean {
    if (end === nameAt) return true
    if (split <= nameAt || split === end - 1) return false
    const nameBytes = split - nameAt
    if (nameBytes === 8 && this.#has(nameAt, uniqueKeyName)) {
      this.#uniqueKeyAt = split + 1
      this.#uniqueKeyEnd = end
    } else if (nameBytes === 4 && this.#has(nameAt, waitName)) {
      const isTrue = end - split === 5 && this.#has(split + 1, trueText)
      this.#waits = isTrue || this.#text(split + 1, end).toLowerCase() !== 'false'
    } else if (nameBytes === 4 && this.#has(nameAt, tagsName)) {
      this.#tags = this.#text(split + 1, end)
    } else if (nameBytes === 4 && this.#has(nameAt, keysName)) {
      this.#keys = this.#text(split + 1, end)
    } else if (isCareful[this.#bytes[nameAt] ?? 0] === 1) {
      return !namesThatMatter.has(this.#text(nameAt, split))
    }
    return true
  }

  #has(at: number, name: Uint8Array): boolean {
    for (let index = 0; index < name.length; index++) if (this.#bytes[at + index] !== name[index]) return false
    return true
  }
  #text(at: number, end: number): string {
    return this.#bytes.toString('utf8', at, end)
  }
}

const maxNames = 16_384

/** Topics that were sent to, by their letters: a text is made and looked at once for each, not once for each message. */
class TopicNames {
  #byHash = new Map<number, { readonly name: string; readonly bytes: Buffer }>()

  /** Undefined for a topic that is no plain one. */
  of({ frame, topicAt, topicEnd }: SendCommand): string | undefined {
    let hash = 0
    for (let at = topicAt; at < topicEnd; at++) hash = (Math.imul(31, hash) + (frame[at] ?? 0)) | 0
    const known = this.#byHash.get(hash)
    if (known !== undefined && isSame(known.bytes, frame, topicAt, topicEnd)) return known.name
    const name = frame.toString('latin1', topicAt, topicEnd)
    if (name === '' || isForbiddenToSend(name) || isRetryTopic(name)) return undefined
    if (this.#byHash.size >= maxNames) this.#byHash.clear()
    this.#byHash.set(hash, { name, bytes: Buffer.from(name, 'latin1') })
    return name
  }
}
function isSame(bytes: Buffer, frame: Buffer, from: number, end: number): boolean {
  if (bytes.length !== end - from) return false
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== frame[from + index]) return false
  return true
}
