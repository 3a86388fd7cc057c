// server/message/body/avro.ts: Avro's binary encoding as JSON text, by a schema in JSON. The schema is data and stays it:
// nothing is compiled from it, as Avro's libraries do.
import { DeskError } from '../../shared/errors'
import { BodyReader, binaryText, floatText, numberText } from './reader'

/** Reads one value. */
type Read = (r: BodyReader, depth: number) => string
interface Named {
  read: Read | undefined
}
const MOST_TYPES = 5000

/** Throws a DeskError that says where in the schema what is wrong. */
export const openAvro = (schema: string): ((bytes: Buffer) => string) => {
  let parsed: unknown
  try {
    parsed = JSON.parse(schema)
  } catch (error) {
    throw refused(`it is no JSON (${error instanceof Error ? error.message : String(error)})`, '')
  }
  const read = openSchema()(parsed, '', '')
  return (bytes) => {
    const reader = new BodyReader(bytes)
    const text = read(reader, 0)
    if (!reader.done) reader.fail(`the type ends here, and ${reader.end - reader.at} bytes follow`)
    return text
  }
}
const refused = (why: string, path: string): DeskError =>
  new DeskError('bad-input', `The Avro schema cannot be read: ${path === '' ? '' : `${path}: `}${why}.`, {
    todo: 'It is the JSON of an .avsc file.',
  })

const simple: Readonly<Record<string, Read>> = {
  null: (r) => r.out('null'),
  boolean: (r) => {
    const byte = r.u8('a boolean')
    if (byte > 1) r.fail(`0x${byte.toString(16)} is no boolean`, r.at - 1)
    return r.out(byte === 1 ? 'true' : 'false')
  },
  int: (r) => {
    const at = r.at
    return r.out(String(r.small(r.zigzag('an int'), 'an int', at)))
  },
  long: (r) => r.out(String(r.zigzag('a long'))),
  float: (r) => r.out(floatText(r.bytes(4, 'a float').readFloatLE(0))),
  double: (r) => r.out(numberText(r.bytes(8, 'a double').readDoubleLE(0))),
  bytes: (r) => r.out(binaryText(blob(r, 'bytes'))),
  string: (r) => {
    const at = r.at
    return r.string(r.text(r.small(r.zigzag('a length'), 'a length', at), 'a string'))
  },
}
const blob = (r: BodyReader, what: string): Buffer => {
  const at = r.at
  return r.bytes(r.small(r.zigzag('a length'), 'a length', at), what)
}
const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Compile = (schema: unknown, space: string, path: string) => Read
const openSchema = (): Compile => {
  const names = new Map<string, Named>()
  let types = 0
  const define = (schema: Readonly<Record<string, unknown>>, space: string, path: string) => {
    const name = schema.name
    if (typeof name !== 'string' || name === '') throw refused('a named type without a name', path)
    const own = typeof schema.namespace === 'string' ? schema.namespace : space
    const full = name.includes('.') || own === '' ? name : `${own}.${name}`
    if (names.has(full)) throw refused(`${full} is there twice`, path)
    const named: Named = { read: undefined }
    names.set(full, named)
    return { named, space: full.includes('.') ? full.slice(0, full.lastIndexOf('.')) : '', full }
  }
  const reference = (name: string, space: string, path: string): Read => {
    if (Object.hasOwn(simple, name)) return simple[name] as Read // it has it
    const named = names.get(name.includes('.') || space === '' ? name : `${space}.${name}`) ?? names.get(name)
    if (named === undefined) throw refused(`${name} is no type that stands before it`, path)
    // one that holds itself is not there yet
    return (r, depth) => (named.read ?? r.fail(`${name} was never finished`))(r, depth)
  }
  const compile: Compile = (schema, space, path) => {
    types += 1
    if (types > MOST_TYPES) throw refused(`more than ${MOST_TYPES} types`, path)
    const read = readerOf(schema, space, path)
    return (r, depth) => {
      r.begin(depth)
      return read(r, depth)
    }
  }
  const readerOf: Compile = (schema, space, path) => {
    if (typeof schema === 'string') return reference(schema, space, path)
    if (Array.isArray(schema)) return union(schema, space, path)
    if (!isFields(schema)) throw refused('a type is a name, a list or an object', path)
    const { type } = schema
    if (typeof type !== 'string') return compile(type, space, path)
    const complex = Object.hasOwn(complexTypes, type) ? complexTypes[type] : undefined
    if (complex !== undefined) return complex(schema, space, path)
    return type === 'bytes' && schema.logicalType === 'decimal'
      ? decimal(schema, (r) => blob(r, 'a decimal'))
      : reference(type, space, path)
  }
  const union = (branches: readonly unknown[], space: string, path: string): Read => {
    const reads = branches.map((one, at) => compile(one, space, `${path}[${at}]`))
    return (r, depth) => {
      const at = r.at
      const chosen = r.zigzag('a branch of a union')
      const read = reads[chosen >= 0n && chosen < BigInt(reads.length) ? Number(chosen) : -1]
      return read === undefined ? r.fail(`branch ${chosen} of a union of ${reads.length}`, at) : read(r, depth + 1)
    }
  }
  /** Arrays and maps come in blocks, each with its count; a negative one is followed by the block's size. */
  const blocks = (r: BodyReader, one: () => string): string[] => {
    const parts: string[] = []
    for (;;) {
      const at = r.at
      let count = r.small(r.zigzag('a count'), 'a count', at)
      if (count === 0) return parts
      if (count < 0) {
        count = -count
        r.zigzag('a size')
      }
      for (let left = count; left > 0; left--) parts.push(one())
    }
  }
  const complexTypes: Readonly<
    Record<string, (schema: Readonly<Record<string, unknown>>, space: string, path: string) => Read>
  > = {
    record(schema, outer, path) {
      const { named, space, full } = define(schema, outer, path)
      if (!Array.isArray(schema.fields)) throw refused(`${full} has no fields`, path)
      const fields = schema.fields.map((field: unknown, at) => {
        if (!isFields(field) || typeof field.name !== 'string') throw refused(`field ${at} has no name`, full)
        return {
          key: JSON.stringify(field.name),
          read: compile(field.type, space, `${full}.${field.name}`),
        }
      })
      named.read = (r, depth) => `{${fields.map(({ key, read }) => `${r.out(key)}:${read(r, depth + 1)}`).join(',')}}`
      return named.read
    },
    enum(schema, outer, path) {
      const { named, full } = define(schema, outer, path)
      const symbols: readonly unknown[] = Array.isArray(schema.symbols) ? schema.symbols : []
      if (symbols.length === 0 || symbols.some((one) => typeof one !== 'string'))
        throw refused(`${full} has no symbols`, path)
      named.read = (r) => {
        const at = r.at
        const symbol = symbols[r.small(r.zigzag('a symbol'), 'a symbol', at)]
        return typeof symbol === 'string' ? r.string(symbol) : r.fail(`no symbol of ${full}`, at)
      }
      return named.read
    },
    fixed(schema, outer, path) {
      const { named, full } = define(schema, outer, path)
      const { size } = schema
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) throw refused(`${full} has no size`, path)
      named.read =
        schema.logicalType === 'decimal'
          ? decimal(schema, (r) => r.bytes(size, full))
          : (r) => r.out(binaryText(r.bytes(size, full)))
      return named.read
    },
    array(schema, space, path) {
      const read = compile(schema.items, space, `${path}[]`)
      return (r, depth) => `[${blocks(r, () => read(r, depth + 1)).join(',')}]`
    },
    map(schema, space, path) {
      const read = compile(schema.values, space, `${path}{}`)
      const key = simple.string as Read // it is in the table above
      return (r, depth) => `{${blocks(r, () => `${key(r, depth)}:${read(r, depth + 1)}`).join(',')}}`
    },
  }
  return compile
}
/** A number with a point in it, told by its digits: no double holds it. */
const decimal = (schema: Readonly<Record<string, unknown>>, take: (r: BodyReader) => Buffer): Read => {
  const scale = typeof schema.scale === 'number' && schema.scale >= 0 && schema.scale < 1000 ? schema.scale : 0
  return (r) => {
    const bytes = take(r)
    if (bytes.length === 0) return r.out('0')
    if (bytes.length > 256) return r.out(binaryText(bytes))
    const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    return r.out(`${value < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`)
  }
}
