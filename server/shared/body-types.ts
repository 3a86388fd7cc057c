// server/shared/body-types.ts: what the bodies of a topic are, where that was set. Types and pure data: components look in here.
export const bodyKinds = ['protobuf', 'avro', 'messagePack'] as const
export type BodyKind = (typeof bodyKinds)[number]

export interface BodyType {
  kind: BodyKind
  /** The text of .proto files, or an Avro schema in JSON; empty for MessagePack. */
  definition: string
  /** Protobuf: the full name of the message; empty where there is only one. */
  message: string
  /** In front of the value: what a schema registry puts there. */
  skipBytes: number
}
/** As it was set, by whom and when. */
export interface BodyTypeSet extends BodyType {
  who: string
  at: number
}
/** A body by its type, or why it is none. */
export interface DecodedBody {
  kind: BodyKind
  json: string | null
  failed: string | null
  /** The byte at which it could not be read further. */
  at: number | null
}
