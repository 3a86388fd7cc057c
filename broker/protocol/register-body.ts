// broker/protocol/register-body.ts: the compressed form of a broker's registration (103 with compressed=true). One zlib
// stream: i32 + version JSON | i32 topics, each i32 + text | i32 + filter servers JSON | from 5.0 on: i32 mappings, each
// i32 + JSON. A topic's text: name, read queues, write queues, perm, filter type and attributes JSON, blanks between.
import { deflateSync, inflateSync } from 'node:zlib'
import {
  dataVersion,
  type RegisterBrokerBody,
  readBody,
  registerBrokerBody,
  type TopicConfig,
  topicConfig,
  topicQueueMappingInfo,
  writeBody,
  writeBodyText,
} from './bodies'
import { dict, list, text } from './body-table'
import { excerpt, ProtocolError } from './errors'
import { parseLoose } from './json'

/** The MQVersion ordinal from which on static topics' mappings follow. */
const version5 = 413
/** More than any registration: 100,000 topics take some 10 MB. */
const maxInflatedBytes = 256 * 1024 * 1024

/** Reads either form. Some senders compress without saying so, which a first byte that is no `{` gives away. */
export function decodeRegisterBody(body: Buffer, compressed: boolean, brokerVersion: number): RegisterBrokerBody {
  if (!compressed && body[0] !== zlibStart) return readBody(registerBrokerBody, body)
  let plain: Buffer
  try {
    plain = inflateSync(body, { maxOutputLength: maxInflatedBytes })
  } catch (cause) {
    throw new ProtocolError('bad-body', 'the registration is no zlib stream', { cause })
  }
  const from = new Pieces(plain)
  const version = readBody(dataVersion, from.piece())
  const topics = new Map<string, TopicConfig>()
  for (let left = from.count(); left > 0; left--) {
    const topic = readTopic(from.piece().toString('utf8'))
    topics.set(topic.topicName, topic)
  }
  const filterServerList = readBody(list(text), from.piece())
  const mappings: RegisterBrokerBody['topicConfigSerializeWrapper']['topicQueueMappingInfoMap'] = new Map()
  if (brokerVersion >= version5) {
    for (let left = from.count(); left > 0; left--) {
      const info = readBody(topicQueueMappingInfo, from.piece())
      if (info.topic !== undefined) mappings.set(info.topic, info)
    }
  }
  return {
    filterServerList,
    topicConfigSerializeWrapper: { dataVersion: version, topicConfigTable: topics, topicQueueMappingInfoMap: mappings },
  }
}
const zlibStart = 0x78

/** The compressed form. */
export function encodeCompressedRegisterBody(body: RegisterBrokerBody): Buffer {
  const { topicConfigSerializeWrapper: wrapper, filterServerList } = body
  const parts: Buffer[] = []
  const piece = (bytes: Buffer) => parts.push(i32(bytes.length), bytes)
  piece(writeBody(dataVersion, wrapper.dataVersion))
  parts.push(i32(wrapper.topicConfigTable.size))
  for (const topic of wrapper.topicConfigTable.values()) piece(Buffer.from(topicText(topic), 'utf8'))
  piece(writeBody(list(text), filterServerList))
  parts.push(i32(wrapper.topicQueueMappingInfoMap.size))
  for (const info of wrapper.topicQueueMappingInfoMap.values()) piece(writeBody(topicQueueMappingInfo, info))
  return deflateSync(Buffer.concat(parts), { level: 9 })
}
const i32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

const topicText = (topic: TopicConfig): string =>
  [
    topic.topicName,
    topic.readQueueNums,
    topic.writeQueueNums,
    topic.perm,
    topic.topicFilterType,
    writeBodyText(dict(text), topic.attributes),
  ].join(' ')

function readTopic(line: string): TopicConfig {
  const [topicName, readQueueNums, writeQueueNums, perm, topicFilterType, attributes] = line.split(' ')
  if (topicFilterType === undefined) throw new ProtocolError('bad-body', `no topic: ${excerpt(line)}`)
  return topicConfig.read(
    {
      topicName,
      readQueueNums,
      writeQueueNums,
      perm,
      topicFilterType,
      attributes: attributes === undefined || attributes === '' ? undefined : parseLoose(attributes),
    },
    topicName ?? '',
  )
}

/** Sized pieces, one after the other. */
class Pieces {
  readonly #bytes: Buffer
  #next = 0
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  count(): number {
    if (this.#bytes.length - this.#next < 4) throw new ProtocolError('truncated', 'the registration ends too early')
    const value = this.#bytes.readInt32BE(this.#next)
    this.#next += 4
    // each of what is counted takes at least its own four bytes
    if (value < 0 || value > this.#bytes.length) throw new ProtocolError('bad-body', `a count of ${value}`)
    return value
  }
  piece(): Buffer {
    const size = this.count()
    if (size > this.#bytes.length - this.#next) throw new ProtocolError('truncated', 'the registration ends too early')
    this.#next += size
    return this.#bytes.subarray(this.#next - size, this.#next)
  }
}
