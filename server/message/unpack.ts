// server/message/unpack.ts: bodies as their producers compressed them, unpacked within a bound that is kept while unpacking:
// some bytes on the wire can stand for gigabytes, and a page of messages must cost the same whatever they hold.
import { constants, inflateSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import type { WireMessage } from '../admin/records'
import { type Head, lz4Head } from './lz4'

/** For one message that somebody opens; no broker's maxMessageSize is near it. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024
/** For a search in bodies: what a stock client sends is 4 MiB at most before it is packed. */
export const SEARCHED_BYTES = 8 * 1024 * 1024
/** zlib makes at most 1032 bytes of one. */
const ZLIB_HEAD_BYTES = 1024

export interface Unpacked {
  bytes: Buffer
  failed: string | null
}
type Packed = Pick<WireMessage, 'compression' | 'body'>

/** A body that does not unpack within the bound is handed on as it is stored, with the reason. */
export const unpack = ({ compression, body }: Packed, mostBytes = MAX_UNPACKED_BYTES): Unpacked => {
  try {
    switch (compression) {
      case 'none':
        return { bytes: body, failed: null }
      case 'zlib':
        return { bytes: inflateSync(body, { maxOutputLength: mostBytes }), failed: null }
      case 'lz4':
        return whole(lz4Head(body, mostBytes), mostBytes)
      case 'zstd':
        return whole(zstdHead(body, mostBytes), mostBytes)
      default:
        return { bytes: body, failed: 'compressed in a way this console does not know' }
    }
  } catch (error) {
    const failed =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge(mostBytes)
        : error instanceof Error
          ? error.message
          : String(error)
    return { bytes: body, failed }
  }
}
const tooLarge = (mostBytes: number): string => `more than ${mostBytes / 1024 / 1024} MiB when unpacked`
const whole = ({ bytes, cut }: Head, mostBytes: number): Unpacked => {
  if (cut) throw new Error(tooLarge(mostBytes))
  return { bytes, failed: null }
}

/** The first bytes of a body, for a line of a list; as stored when they do not unpack. */
export const unpackHead = ({ compression, body }: Packed, mostBytes: number): Buffer => {
  try {
    switch (compression) {
      case 'zlib':
        // Only so much goes in that little can come out, and the missing end is no fault.
        return inflateSync(body.subarray(0, ZLIB_HEAD_BYTES), { finishFlush: constants.Z_SYNC_FLUSH })
      case 'lz4':
        return lz4Head(body, mostBytes).bytes
      case 'zstd':
        return zstdHead(body, mostBytes).bytes
      default:
        return body
    }
  } catch {
    return body
  }
}

/** Ends the unpacking from within: the library hands out block by block and cannot be asked to stop. */
class Enough extends Error {}
const zstdHead = (body: Buffer, mostBytes: number): Head => {
  if (zstdWindow(body) > MAX_UNPACKED_BYTES) throw new Error('a zstd frame that wants more memory than is given')
  const parts: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((part) => {
    parts.push(part)
    size += part.length
    if (size > mostBytes) throw new Enough()
  })
  try {
    stream.push(body, true)
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return { bytes: Buffer.concat(parts).subarray(0, mostBytes), cut: size > mostBytes }
}
/** How much a frame says it needs: the library takes that at once, and a frame of a few bytes may say anything. */
const zstdWindow = (body: Buffer): number => {
  if (body.length < 6 || body.readUInt32LE(0) !== 0xfd2f_b528) return 0
  const descriptor = body.readUInt8(4)
  if ((descriptor & 0x20) === 0) {
    const window = body.readUInt8(5)
    const base = 2 ** (10 + (window >> 3))
    return base + (base / 8) * (window & 7)
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const bytes = 1 << (descriptor >> 6)
  if (at + bytes > body.length) return 0
  if (bytes === 8) return Number(body.readBigUInt64LE(at))
  return bytes === 2 ? body.readUInt16LE(at) + 256 : body.readUIntLE(at, bytes)
}
