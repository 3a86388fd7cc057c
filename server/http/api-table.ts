// server/http/api-table.ts: every procedure of the router as an operation over plain HTTP, with its input as JSON schema.
// Nothing is listed by hand: what the router gains, this gains. Signing in and out stays with the browser.
import { z } from 'zod'
import { appRouter } from '../root'
import type { Rule } from '../trpc/procedure'

export interface JsonSchema {
  type?: string | string[]
  format?: string
  const?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  [key: string]: unknown
}
export interface Operation {
  /** `topic.list`. */
  path: string
  type: 'query' | 'mutation' | 'subscription'
  rule: Rule
  input: JsonSchema
}
/** Cookies are the browser's: a program has its token. */
const isBrowsers = (path: string): boolean => path.startsWith('auth.')

/** 64-bit numbers are text in JSON: no reader may round an offset. */
const INT64 = 'int64'
const schemaOf = (input: z.ZodType): JsonSchema =>
  z.toJSONSchema(input, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') Object.assign(jsonSchema, { type: 'string', format: INT64 })
    },
  }) as JsonSchema // zod's own type of the same document

const inputOf = (inputs: readonly z.ZodType[]): JsonSchema => {
  const schemas = inputs.map((one) => {
    const { $schema: _, ...schema } = schemaOf(one)
    return schema
  })
  const last = schemas.at(-1)
  if (last === undefined) return { type: 'object', properties: {} }
  const held = new Set(Object.keys(last.properties ?? {}))
  const isWhole = schemas.every(({ properties }) => Object.keys(properties ?? {}).every((key) => held.has(key)))
  return isWhole ? last : { allOf: schemas }
}

interface Procedure {
  _def: { type: Operation['type']; meta?: Rule; inputs: z.ZodType[] }
}
export const operationsOf = (): ReadonlyMap<string, Operation> => {
  // tRPC keeps a router's procedures by their path: there is no public list of them.
  const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>
  return new Map(
    Object.entries(procedures).flatMap(([path, { _def }]): [string, Operation][] => {
      // One without a rule is no operation, whatever it would answer.
      if (isBrowsers(path) || _def.meta === undefined || _def.meta.right === 'open') return []
      return [[path, { path, type: _def.type, rule: _def.meta, input: inputOf(_def.inputs) }]]
    }),
  )
}

const partsOf = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether it may be this one of a union: told by the fields that have one value only. */
const fits = (part: JsonSchema, value: unknown): boolean =>
  !isRecord(value) ||
  Object.entries(part.properties ?? {}).every(([key, one]) => one.const === undefined || one.const === value[key])

/** A value of JSON as the procedure takes it: 64-bit numbers become such. Whatever is odd is left to the procedure's own check. */
export const revived = (schema: JsonSchema, value: unknown): unknown => {
  if (schema.format === INT64) {
    const isNumber = typeof value === 'string' ? /^-?\d{1,19}$/.test(value) : Number.isSafeInteger(value)
    return isNumber ? BigInt(value as string | number) : value // one of the two, by the line above
  }
  const parts = partsOf(schema)
  if (schema.allOf !== undefined) return parts.reduce((held, part) => revived(part, held), value)
  if (parts.length > 0) {
    return revived(parts.find((part) => fits(part, value)) ?? {}, value)
  }
  if (Array.isArray(value)) return value.map((one) => revived(schema.items ?? {}, one))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const known = schema.properties?.[key]
      return [key, known === undefined ? one : revived(known, one)]
    }),
  )
}

const typesOf = (schema: JsonSchema): readonly string[] => [
  ...[schema.type ?? []].flat(),
  ...partsOf(schema).flatMap(typesOf),
]
const namesOf = (schema: JsonSchema): readonly string[] => [
  ...Object.keys(schema.properties ?? {}),
  ...partsOf(schema).flatMap(namesOf),
]
/** What an operation takes. A change on a cluster may carry the cluster's name besides, for one marked production. */
export const fieldsOf = ({ input, rule, type }: Omit<Operation, 'path'>): ReadonlySet<string> =>
  new Set([...namesOf(input), ...(type === 'mutation' && rule.scope === 'cluster' ? ['production'] : [])])
export interface UnknownField {
  /** `select.tags`. */
  readonly name: string
  /** What is taken where it stands. */
  readonly takes: readonly string[]
}
/** A filter whose name is not right would be none, and read everything: it is told instead of passed over. */
export const unknownFields = (operation: Omit<Operation, 'path'>, given: unknown): UnknownField[] => {
  if (!isRecord(given)) return []
  const names = fieldsOf(operation)
  const atTop = Object.keys(given).filter((key) => !names.has(key))
  if (atTop.length > 0) return atTop.map((name) => ({ name, takes: [...names] }))
  const { production: _, ...rest } = given
  return strangers([operation.input], names.has('production') ? rest : given, '')
}
/** The plain schemas that a value may be of: all parts of what is all of them, of a union those that fit, or all where none does. */
const plainOnes = (schema: JsonSchema, value: unknown): readonly JsonSchema[] => {
  const parts = partsOf(schema)
  if (parts.length === 0) return [schema]
  const fitting = schema.allOf === undefined ? parts.filter((part) => fits(part, value)) : parts
  return (fitting.length > 0 ? fitting : parts).flatMap((part) => plainOnes(part, value))
}
/** Fields that none of the schemas knows, at any depth. What is of another kind than they say is left to the procedure's own check. */
const strangers = (schemas: readonly JsonSchema[], value: unknown, at: string): UnknownField[] => {
  const found = schemas.flatMap((schema) => plainOnes(schema, value))
  if (Array.isArray(value)) {
    const items = found.flatMap(({ items }): JsonSchema[] => (items === undefined ? [] : [items]))
    return value.flatMap((one, place) => strangers(items, one, `${at}${place}.`))
  }
  if (!isRecord(value)) return []
  const objects = found.filter(({ properties, additionalProperties }) => properties ?? additionalProperties)
  // A record takes any name, and a schema that says nothing takes anything.
  const isOpen =
    objects.length === 0 || objects.some(({ additionalProperties: more }) => more !== undefined && more !== false)
  const takes = [...new Set(objects.flatMap(({ properties }) => Object.keys(properties ?? {})))]
  return Object.entries(value).flatMap(([key, one]): UnknownField[] => {
    const known = objects.flatMap(({ properties, additionalProperties: more }): JsonSchema[] => {
      const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : more
      return typeof own === 'object' ? [own] : []
    })
    if (known.length > 0) return strangers(known, one, `${at}${key}.`)
    return isOpen ? [] : [{ name: `${at}${key}`, takes }]
  })
}
/** Fields of an address (`?size=50&names=a&names=b`) as values; `input` may carry the whole as JSON. */
export const fromQuery = (schema: JsonSchema, query: URLSearchParams): Record<string, unknown> => {
  const whole = query.get('input')
  const fields: Record<string, unknown> = {}
  if (whole !== null) {
    const given: unknown = JSON.parse(whole)
    if (isRecord(given)) Object.assign(fields, given)
  }
  for (const key of new Set(query.keys())) {
    if (key === 'input') continue
    const known =
      (schema.properties ?? schema.allOf?.find(({ properties }) => properties?.[key])?.properties)?.[key] ?? {}
    const types = typesOf(known)
    const texts = query.getAll(key)
    fields[key] = types.includes('array')
      ? texts.map((text) => plain(typesOf(known.items ?? {}), text))
      : plain(types, texts[0] ?? '')
  }
  return fields
}
const plain = (types: readonly string[], text: string): unknown => {
  if (types.includes('string')) return text
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if ((types.includes('number') || types.includes('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return types.includes('object') ? JSON.parse(text) : text
}
