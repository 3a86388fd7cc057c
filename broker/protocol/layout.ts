// broker/protocol/layout.ts: places of fields in bytes. A layout is a table of fields in their order; each gets its
// offset, the whole its size. Reading and writing is done with plain functions, so that a loop makes no objects.

/** A field of fixed size. */
export interface Field {
  readonly size: number
}
export const u8: Field = { size: 1 }
export const i16: Field = { size: 2 }
export const i32: Field = { size: 4 }
export const i64: Field = { size: 8 }
export const bytes = (size: number): Field => ({ size })

export interface Layout<T> {
  readonly at: { readonly [K in keyof T]: number }
  readonly size: number
}
/** Gives each field its offset. `from` is where the first one lies. */
export function layout<T extends Record<string, Field>>(fields: T, from = 0): Layout<T> {
  let next = from
  const at: Record<string, number> = {}
  for (const [name, field] of Object.entries(fields)) {
    at[name] = next
    next += field.size
  }
  // every key of T was just filled in
  return { at: at as { [K in keyof T]: number }, size: next - from }
}

const two32 = 0x1_0000_0000

/** An i64 as a number: exact up to 2^53, the nearest number beyond. */
export const readLong = (buffer: Buffer, at: number): number =>
  buffer.readInt32BE(at) * two32 + buffer.readUInt32BE(at + 4)

/** Byte by byte, which costs a fraction of `writeInt32BE`. Neither value nor place is checked. */
export function writeInt(bytes: Uint8Array, value: number, at: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** A number as i64, clamped to its range. */
export function writeLong(buffer: Buffer, value: number, at: number): void {
  if (value >= 0x7fff_ffff_ffff_fc00) {
    writeInt(buffer, 0x7fff_ffff, at)
    writeInt(buffer, value >= 2 ** 63 ? 0xffff_ffff : 0xffff_fc00, at + 4)
    return
  }
  if (value <= -(2 ** 63)) {
    writeInt(buffer, -0x8000_0000, at)
    writeInt(buffer, 0, at + 4)
    return
  }
  const high = Math.floor(value / two32)
  writeInt(buffer, high, at)
  writeInt(buffer, value - high * two32, at + 4)
}
