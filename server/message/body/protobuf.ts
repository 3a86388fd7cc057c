// server/message/body/protobuf.ts: Protobuf's wire format as JSON text, by the text of .proto files. The library only reads that
// text: its own decoders are compiled from it, and nothing that somebody typed is ever run here.
import { common, Enum, type Field, type FieldBase, MapField, parse, Root, Type } from 'protobufjs'
import { DeskError } from '../../shared/errors'
import { BodyReader, binaryText, floatText, numberText } from './reader'

const MOST_NAMES = 20

/** `type`: the message a body is; it may be left out when there is only one. Throws a DeskError for what cannot be read. */
export const openProtobuf = (text: string, type: string): ((bytes: Buffer) => string) => {
  const message = messageIn(text, type)
  return (bytes) => readMessage(message, new BodyReader(bytes), 0)
}
const refused = (why: string): DeskError =>
  new DeskError('bad-input', `The .proto text cannot be read: ${why}.`, {
    todo: 'Paste the text of the file that has the message, and the texts of the files it imports behind it.',
  })

const messageIn = (text: string, wanted: string): Type => {
  const root = new Root()
  try {
    for (const part of filesIn(text)) {
      const { imports = [], weakImports = [] } = parse(part, root, { keepCase: true })
      for (const name of [...imports, ...weakImports]) {
        const known = common.get(name)
        if (known?.nested != null) root.addJSON(known.nested)
      }
    }
    root.resolveAll()
  } catch (error) {
    throw refused(error instanceof Error ? error.message.replace(/\.$/, '') : String(error))
  }
  const all = messagesIn(root)
  if (wanted === '') {
    const own = all.filter((name) => !name.startsWith('google.protobuf.'))
    const [only] = own
    if (own.length === 1 && only !== undefined) return root.lookupType(only)
    throw new DeskError('bad-input', `Which message is a body? There are ${own.length}: ${namesText(own)}.`, {
      todo: 'Name one of them.',
    })
  }
  const found = root.lookup(wanted, [Type])
  if (found instanceof Type) return found
  throw new DeskError('bad-input', `There is no message ${wanted}: there are ${namesText(all)}.`, {
    todo: 'Name one of them, with its package.',
  })
}
/** Several files behind each other: each begins with its syntax. */
const filesIn = (text: string): string[] => {
  const starts = [...text.matchAll(/^[ \t]*(?:syntax|edition)[ \t]*=/gm)].map(({ index }) => index)
  return starts.length < 2
    ? [text]
    : starts.map((from, at) => text.slice(at === 0 ? 0 : from, starts[at + 1] ?? text.length))
}
const namesText = (names: readonly string[]): string =>
  names.length === 0
    ? 'none'
    : `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`
const messagesIn = (root: Root): string[] => {
  const found: string[] = []
  const walk = (space: Root | Type): void => {
    for (const one of space.nestedArray) {
      if (one instanceof Type) found.push(one.fullName.replace(/^\./, ''))
      if ('nestedArray' in one) walk(one as Type) // a namespace walks the same way
    }
  }
  walk(root)
  return found
}

const wire = { varint: 0, eight: 1, piece: 2, groupStart: 3, groupEnd: 4, four: 5 } as const
const wireNames = ['a varint', 'eight bytes', 'a length and bytes', 'a group', 'the end of a group', 'four bytes']

interface Scalar {
  wire: number
  read(r: BodyReader): string
}
const unsigned = (bits: number): Scalar => ({
  wire: wire.varint,
  read: (r) => String(BigInt.asUintN(bits, r.varint('a number'))),
})
const signed = (bits: number): Scalar => ({
  wire: wire.varint,
  read: (r) => String(BigInt.asIntN(bits, r.varint('a number'))),
})
const zigzag: Scalar = { wire: wire.varint, read: (r) => String(r.zigzag('a number')) }
const fixed = (size: 4 | 8, of: (bytes: Buffer) => string): Scalar => ({
  wire: size === 4 ? wire.four : wire.eight,
  read: (r) => of(r.bytes(size, 'a number')),
})
const scalars: Readonly<Record<string, Scalar>> = {
  uint32: unsigned(32),
  uint64: unsigned(64),
  int32: signed(32),
  int64: signed(64),
  sint32: zigzag,
  sint64: zigzag,
  bool: { wire: wire.varint, read: (r) => (r.varint('a bool') === 0n ? 'false' : 'true') },
  fixed32: fixed(4, (bytes) => String(bytes.readUInt32LE(0))),
  sfixed32: fixed(4, (bytes) => String(bytes.readInt32LE(0))),
  fixed64: fixed(8, (bytes) => String(bytes.readBigUInt64LE(0))),
  sfixed64: fixed(8, (bytes) => String(bytes.readBigInt64LE(0))),
  float: fixed(4, (bytes) => floatText(bytes.readFloatLE(0))),
  double: fixed(8, (bytes) => numberText(bytes.readDoubleLE(0))),
  string: { wire: wire.piece, read: (r) => r.string(r.text(sizeOf(r), 'a string')) },
  bytes: { wire: wire.piece, read: (r) => binaryText(r.bytes(sizeOf(r), 'bytes')) },
}
const sizeOf = (r: BodyReader): number => {
  const at = r.at
  return r.small(r.varint('a length'), 'a length', at)
}

/** Fields in the order in which they first came; those that the type does not know under `#number`. */
const readMessage = (type: Type, r: BodyReader, depth: number): string => {
  r.begin(depth)
  const single = new Map<string, string>()
  const many = new Map<string, string[]>()
  const maps = new Map<string, Map<string, string>>()
  const unknown = new Map<number, string[]>()
  while (!r.done) {
    const at = r.at
    const tag = r.varint('a field')
    const id = Number(tag >> 3n)
    const how = Number(tag & 7n)
    if (id === 0 || id > 0x1fff_ffff) r.fail(`a field with the number ${id}`, at)
    const field: Field | undefined = type.fieldsById[id]
    if (field === undefined) {
      const held = unknown.get(id)
      const text = unknownValue(r, how, at)
      if (held === undefined) unknown.set(id, [text])
      else held.push(text)
    } else if (field instanceof MapField) {
      if (how !== wire.piece) mismatch(r, field, how, at)
      const { key, value } = readEntry(field, r.piece(sizeOf(r), field.name), depth + 1)
      const held = maps.get(field.name)
      if (held === undefined) maps.set(field.name, new Map([[key, value]]))
      else held.set(key, value)
    } else if (field.repeated) {
      const held = many.get(field.name) ?? []
      many.set(field.name, held)
      const packs = how === wire.piece && wireOf(field) !== wire.piece
      const piece = packs ? r.piece(sizeOf(r), field.name) : null
      if (piece === null) held.push(readField(field, r, how, at, depth + 1))
      else while (!piece.done) held.push(readField(field, piece, wireOf(field), at, depth + 1))
    } else single.set(field.name, readField(field, r, how, at, depth + 1))
  }
  const fields = new Map<string, string>(single)
  for (const [name, values] of many) fields.set(name, `[${values.join(',')}]`)
  for (const [id, [first = '', ...more]] of unknown)
    fields.set(`#${id}`, more.length === 0 ? first : `[${[first, ...more].join(',')}]`)
  for (const [name, entries] of maps)
    fields.set(name, `{${[...entries].map(([key, value]) => `${key}:${value}`).join(',')}}`)
  return `{${[...fields].map(([name, value]) => `${r.out(JSON.stringify(name))}:${value}`).join(',')}}`
}
const isMessage = (field: FieldBase): boolean => field.resolvedType instanceof Type
const wireOf = (field: FieldBase): number => {
  if (isMessage(field)) return wire.piece
  return field.resolvedType instanceof Enum ? wire.varint : (scalars[field.type]?.wire ?? wire.varint)
}
const mismatch = (r: BodyReader, field: FieldBase, how: number, at: number): never =>
  r.fail(
    `${field.name} (field ${field.id}) is ${field.type}, and ${wireNames[how] ?? `wire type ${how}`} stands there`,
    at,
  )
const readField = (field: FieldBase, r: BodyReader, how: number, at: number, depth: number): string => {
  if (how !== wireOf(field)) mismatch(r, field, how, at)
  const { resolvedType } = field
  if (resolvedType instanceof Type) return readMessage(resolvedType, r.piece(sizeOf(r), field.name), depth)
  r.begin(depth)
  if (resolvedType instanceof Enum) {
    const value = Number(BigInt.asIntN(32, r.varint('an enum')))
    const name = resolvedType.valuesById[value]
    return name === undefined ? r.out(String(value)) : r.string(name)
  }
  const scalar = scalars[field.type]
  return scalar === undefined ? r.fail(`${field.name} is of no type that can be read`, at) : r.out(scalar.read(r))
}
/** An entry of a map is a message of two fields. */
const readEntry = (field: MapField, r: BodyReader, depth: number): { key: string; value: string } => {
  r.begin(depth)
  let key: string | undefined
  let value: string | undefined
  while (!r.done) {
    const at = r.at
    const tag = r.varint('a field')
    const how = Number(tag & 7n)
    const keys = scalars[field.keyType]
    if (tag >> 3n === 1n && keys !== undefined) {
      if (how !== keys.wire) mismatch(r, field, how, at)
      const text = keys.read(r)
      key = text.startsWith('"') ? text : JSON.stringify(text)
    } else if (tag >> 3n === 2n) value = readField(field, r, how, at, depth + 1)
    else unknownValue(r, how, at)
  }
  // what is left out is the type's zero
  const isText = field.keyType === 'string'
  return {
    key: r.out(key ?? (isText ? '""' : field.keyType === 'bool' ? '"false"' : '"0"')),
    value: value ?? zeroOf(field),
  }
}
const zeroOf = (field: FieldBase): string => {
  if (isMessage(field)) return '{}'
  if (field.resolvedType instanceof Enum) return JSON.stringify(field.resolvedType.valuesById[0] ?? 0)
  if (field.type === 'bool') return 'false'
  return field.type === 'string' || field.type === 'bytes' ? '""' : '0'
}
/** What the type does not know is not lost: it may be of a newer one. */
const unknownValue = (r: BodyReader, how: number, at: number): string => {
  r.begin(0)
  switch (how) {
    case wire.varint:
      return r.out(String(r.varint('a number')))
    case wire.eight:
      return r.out(String(r.bytes(8, 'eight bytes').readBigUInt64LE(0)))
    case wire.four:
      return r.out(String(r.bytes(4, 'four bytes').readUInt32LE(0)))
    case wire.piece:
      return r.out(binaryText(r.bytes(sizeOf(r), 'bytes')))
    case wire.groupStart:
    case wire.groupEnd:
      return r.fail('a group, which is not read here', at)
    default:
      return r.fail(`wire type ${how}, which there is not`, at)
  }
}
