// broker/protocol/plain-bytes.ts: numbers and short plain texts into bytes, one by one: for a dozen bytes that is cheaper
// than a call out of JavaScript. For the heads that leave most often. Places must have room: none is checked.
import { writeInt } from './layout'

export const letters = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

/** Answers with where they end. */
export function writeBytes(into: Uint8Array, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < bytes.length; index++) into[at + index] = bytes[index] ?? 0
  return at + bytes.length
}

/** How many decimal digits a whole number has that is not negative. */
function digitsOf(value: number): number {
  let size = 1
  for (let bound = 10; bound <= value; bound *= 10) size++
  return size
}

/** A whole number that is not negative; answers with where its digits end. */
export function writeDigits(into: Uint8Array, value: number, at: number): number {
  const end = at + digitsOf(value)
  let left = value
  for (let digit = end - 1; digit >= at; digit--) {
    const rest = Math.floor(left / 10)
    into[digit] = 0x30 + (left - rest * 10) // in this order: near 2^53 the sum would be rounded
    left = rest
  }
  return end
}

/** Sixteen upper-case digits. */
export function writeHex16(into: Uint8Array, value: number, at: number): void {
  // the low 32 bits by themselves: whole numbers beyond them know no shifts
  let half = (value % 0x1_0000_0000) >>> 0
  for (let digit = at + 15; digit >= at + 8; digit--) {
    into[digit] = hexDigits[half & 15] ?? 0
    half >>>= 4
  }
  half = Math.floor(value / 0x1_0000_0000)
  for (let digit = at + 7; digit >= at; digit--) {
    into[digit] = hexDigits[half & 15] ?? 0
    half >>>= 4
  }
}
const hexDigits = letters('0123456789ABCDEF')

/** False when something in the text must be written otherwise between quotes, or takes more than a byte. */
export function writePlain(into: Uint8Array, text: string, at: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false
    into[at + index] = unit
  }
  return true
}

/** A field's name as the binary form has it: its size in front. */
export const entryName = (name: string): Uint8Array => letters(`\0${String.fromCharCode(name.length)}${name}`)
/** A field of the binary form with digits for a value; answers with where it ends. */
export function writeNumberEntry(into: Uint8Array, name: Uint8Array, value: number, at: number): number {
  const valueAt = writeBytes(into, name, at) + 4
  const end = writeDigits(into, value, valueAt)
  writeInt(into, end - valueAt, valueAt - 4)
  return end
}
