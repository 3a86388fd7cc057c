// server/message/trace-records.ts: what clients write into the trace topic, read leniently: records end with 0x02, fields
// with 0x01, and clients of other years wrote more or fewer of them. What makes no sense is passed over.

export type TraceRecord =
  | {
      kind: 'pub'
      at: number
      group: string
      topic: string
      messageId: string
      tag: string | null
      keys: string[]
      storeHost: string
      sizeBytes: number
      tookMs: number
      type: number
      offsetId: string | null
      ok: boolean
      /** Old clients name themselves. */
      client: string | null
    }
  | { kind: 'before'; at: number; group: string; requestId: string; messageId: string; retries: number; keys: string[] }
  | {
      kind: 'after'
      requestId: string
      messageId: string
      tookMs: number
      ok: boolean
      keys: string[]
      code: number | null
      at: number | null
      group: string | null
    }
  | {
      kind: 'end'
      at: number
      group: string
      topic: string
      messageId: string
      tag: string | null
      keys: string[]
      state: string
      fromCheck: boolean
    }
  | { kind: 'recall'; at: number; group: string; topic: string; messageId: string; ok: boolean }

const RECORD_END = '\u0002'
const FIELD_END = '\u0001'

export const traceRecordsOf = (text: string): TraceRecord[] =>
  text.split(RECORD_END).flatMap((line) => {
    const [name = '', ...fields] = line.split(FIELD_END)
    // Own rows only: a name comes from the wire.
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    const record = read?.(fields)
    return record === undefined || record === null || record.messageId === '' ? [] : [record]
  })

type Read = (fields: readonly string[]) => TraceRecord | null
const text = (field: string | undefined): string => (field === undefined || field === 'null' ? '' : field)
const orNull = (field: string | undefined): string | null => text(field) || null
const words = (field: string | undefined): string[] => text(field).split(' ').filter(Boolean)
const number = (field: string | undefined): number => {
  const value = Number(field)
  return Number.isFinite(value) ? value : 0
}
/** How a record begins that tells of a message's own topic. */
const origin = (f: readonly string[]) => ({
  at: number(f[0]),
  group: text(f[2]),
  topic: text(f[3]),
  messageId: text(f[4]),
})
const readers: Readonly<Record<string, Read>> = {
  Pub: (f) => {
    if (f.length < 11) return null
    // The oldest clients had no offset id: what stands in its place says whether it went well.
    const short = f.length === 11 || f[11] === undefined || f[11] === ''
    return {
      kind: 'pub',
      ...origin(f),
      tag: orNull(f[5]),
      keys: words(f[6]),
      storeHost: text(f[7]),
      sizeBytes: number(f[8]),
      tookMs: number(f[9]),
      type: number(f[10]),
      offsetId: short ? null : orNull(f[11]),
      ok: short ? true : f[12] === undefined || f[12] === '' ? f[11] !== 'false' : f[12] === 'true',
      client: orNull(f[13]),
    }
  },
  SubBefore: (f) =>
    f.length < 5
      ? null
      : {
          kind: 'before',
          at: number(f[0]),
          group: text(f[2]),
          requestId: text(f[3]),
          messageId: text(f[4]),
          retries: number(f[5]),
          keys: words(f[6]),
        },
  SubAfter: (f) =>
    f.length < 4
      ? null
      : {
          kind: 'after',
          requestId: text(f[0]),
          messageId: text(f[1]),
          tookMs: number(f[2]),
          ok: f[3] === 'true',
          keys: words(f[4]),
          code: f[5] === undefined || f[5] === '' ? null : number(f[5]),
          at: f[6] === undefined || f[6] === '' ? null : number(f[6]),
          group: orNull(f[7]),
        },
  EndTransaction: (f) =>
    f.length < 12
      ? null
      : {
          kind: 'end',
          ...origin(f),
          tag: orNull(f[5]),
          keys: words(f[6]),
          state: text(f[10]),
          fromCheck: f[11] === 'true',
        },
  Recall: (f) =>
    f.length < 6
      ? null
      : {
          kind: 'recall',
          ...origin(f),
          ok: f[5] === 'true',
        },
}
