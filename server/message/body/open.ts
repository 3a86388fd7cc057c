// server/message/body/open.ts: a body by the type that was set for its topic. A reader is made once for a type and kept while it
// is used; whatever goes wrong is told beside the body, and never hides it.
import { createHash } from 'node:crypto'
import type { BodyType, DecodedBody } from '../../shared/body-types'
import { DeskError } from '../../shared/errors'
import { openAvro } from './avro'
import { messagePackToJson } from './message-pack'
import { openProtobuf } from './protobuf'
import { NotOfTypeError } from './reader'

/** What is larger is not looked into: it would hold the process. No stock broker takes more. */
const MOST_BYTES = 4 * 1024 * 1024
const MOST_KEPT = 64

export interface BodyDecoder {
  /** Throws a DeskError when nothing can be read by it. */
  check(type: BodyType): void
  decode(bytes: Buffer, type: BodyType): DecodedBody
}
type ToJson = (bytes: Buffer) => string
const opened: Readonly<Record<BodyType['kind'], (type: BodyType) => ToJson>> = {
  protobuf: ({ definition, message }) => openProtobuf(definition, message),
  avro: ({ definition }) => openAvro(definition),
  messagePack: () => messagePackToJson,
}
const open = (type: BodyType): ToJson => {
  try {
    return opened[type.kind](type)
  } catch (error) {
    // nested deeper than the stack is
    if (error instanceof RangeError) throw new DeskError('bad-input', 'The schema is nested too deep to be read.')
    throw error
  }
}

export const openBodyDecoder = (): BodyDecoder => {
  const kept = new Map<string, ToJson>()
  const toJson = (type: BodyType): ToJson => {
    const key = createHash('sha256')
      .update(JSON.stringify([type.kind, type.message, type.definition]))
      .digest('base64')
    const held = kept.get(key) ?? open(type)
    kept.delete(key)
    kept.set(key, held)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    return held
  }
  return {
    check: (type) => void open(type),
    decode(bytes, type) {
      const none = { kind: type.kind, json: null, at: null }
      if (bytes.length > MOST_BYTES)
        return { ...none, failed: `it has ${bytes.length} bytes, and at most ${MOST_BYTES} are looked into` }
      if (type.skipBytes > bytes.length)
        return { ...none, failed: `${type.skipBytes} bytes are to be passed over, and it has ${bytes.length}` }
      try {
        return { kind: type.kind, json: toJson(type)(bytes.subarray(type.skipBytes)), failed: null, at: null }
      } catch (error) {
        if (error instanceof NotOfTypeError) return { ...none, failed: error.message, at: error.at + type.skipBytes }
        if (error instanceof DeskError) return { ...none, failed: error.message }
        if (error instanceof RangeError) return { ...none, failed: 'it is nested too deep' }
        throw error
      }
    },
  }
}
