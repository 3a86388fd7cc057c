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
  if (zstdWindows(body).some((window) => window > MAX_UNPACKED_BYTES))
    throw new Error('a zstd frame that wants more memory than is given')
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
const zstdMagic = 0xfd2f_b528
const skippableMagic = 0x184d_2a50
/**
 * How much each frame says it needs: the library takes that at once, and a frame of a few bytes may say anything. Frames
 * follow each other until the end or the first byte that begins none (RFC 8878).
 */
const zstdWindows = (body: Buffer): number[] => {
  const windows: number[] = []
  let at = 0
  while (at + 6 <= body.length) {
    const magic = body.readUInt32LE(at)
    if ((magic & 0xffff_fff0) >>> 0 === skippableMagic) {
      if (at + 8 > body.length) break
      at += 8 + body.readUInt32LE(at + 4)
      continue
    }
    if (magic !== zstdMagic) break
    const head = frameHead(body, at)
    if (head === undefined) break
    windows.push(head.window)
    at = frameEnd(body, head.blocksAt, head.hasChecksum)
  }
  return windows
}
const frameHead = (
  body: Buffer,
  at: number,
): { window: number; blocksAt: number; hasChecksum: boolean } | undefined => {
  const descriptor = body.readUInt8(at + 4)
  const isSingle = (descriptor & 0x20) !== 0
  const sizeAt = at + 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0)
  const sizeBytes = descriptor >> 6 === 0 ? (isSingle ? 1 : 0) : 1 << (descriptor >> 6)
  const blocksAt = sizeAt + sizeBytes
  if (blocksAt > body.length) return undefined
  const hasChecksum = (descriptor & 4) !== 0
  if (!isSingle) {
    const window = body.readUInt8(at + 5)
    const base = 2 ** (10 + (window >> 3))
    return { window: base + (base / 8) * (window & 7), blocksAt, hasChecksum }
  }
  const size =
    sizeBytes === 8
      ? Number(body.readBigUInt64LE(sizeAt))
      : sizeBytes === 2
        ? body.readUInt16LE(sizeAt) + 256
        : body.readUIntLE(sizeAt, sizeBytes)
  return { window: size, blocksAt, hasChecksum }
}
/** Behind the last block; the body's end when it is cut. */
const frameEnd = (body: Buffer, blocksAt: number, hasChecksum: boolean): number => {
  let at = blocksAt
  for (let isLast = false; !isLast; ) {
    if (at + 3 > body.length) return body.length
    const block = body.readUIntLE(at, 3)
    isLast = (block & 1) !== 0
    const isRepeated = ((block >> 1) & 3) === 1
    at += 3 + (isRepeated ? 1 : block >> 3)
  }
  return at + (hasChecksum ? 4 : 0)
}
