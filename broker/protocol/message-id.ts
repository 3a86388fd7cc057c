// broker/protocol/message-id.ts: the two ids of a message. offsetMsgId says where it is stored and changes with each
// re-store; UNIQ_KEY is made once, by the client (or by the broker for a client that makes none), and stays.
import { randomBytes } from 'node:crypto'
import { ProtocolError } from './errors'
import { hostText, ipText } from './host'
import { readLong, writeLong } from './layout'

/** Upper-case hex of the store host (ip, port as i32) and the commit-log offset: 32 characters, 56 for IPv6. */
export function createOffsetId(storeHost: Buffer, commitLogOffset: number): string {
  const bytes = Buffer.allocUnsafe(storeHost.length + 8)
  bytes.set(storeHost)
  writeLong(bytes, commitLogOffset, storeHost.length)
  return bytes.toString('hex').toUpperCase()
}
/** The same from the host's upper-case hex: for who makes many. */
export const offsetIdText = (hostHex: string, commitLogOffset: number): string => hostHex + hex(commitLogOffset, 16)

export interface OffsetId {
  /** ip (4 or 16 bytes) and port as i32. */
  storeHost: Buffer
  /** `ip:port`, IPv6 in brackets. */
  storeAddress: string
  commitLogOffset: number
}
/** Throws a ProtocolError for what is no offset id. A unique key of the same length reads as one: only a look-up tells. */
export function parseOffsetId(id: string): OffsetId {
  if ((id.length !== 32 && id.length !== 56) || !/^[0-9A-Fa-f]+$/.test(id)) {
    throw new ProtocolError('bad-id', `not a message id of 32 or 56 hex digits: ${id.slice(0, 60)}`)
  }
  const bytes = Buffer.from(id, 'hex')
  const storeHost = bytes.subarray(0, bytes.length - 8)
  return { storeHost, storeAddress: hostText(storeHost), commitLogOffset: readLong(bytes, bytes.length - 8) }
}

/** Makes unique keys for one sender. Each maker has its own random part, so several may live in one process. */
export interface UniqueKeys {
  next(): string
}
/** `ip` is 4 or 16 bytes. The key holds its time as ms since the month began, in local time as Java's clients do. */
export function openUniqueKeys(ip: Buffer, clock: () => number, pid: number = process.pid): UniqueKeys {
  const fixed = Buffer.allocUnsafe(ip.length + 6)
  fixed.set(ip)
  fixed.writeUInt16BE(pid & 0xffff, ip.length)
  randomBytes(4).copy(fixed, ip.length + 2)
  const prefix = fixed.toString('hex').toUpperCase()
  let monthStartMs = 0
  let monthEndMs = 0
  let counter = 0
  return {
    next() {
      const nowMs = clock()
      if (nowMs < monthStartMs || nowMs >= monthEndMs) {
        const now = new Date(nowMs)
        monthStartMs = new Date(now.getFullYear(), now.getMonth(), 1).getTime()
        monthEndMs = new Date(now.getFullYear(), now.getMonth() + 1, 1).getTime()
      }
      counter = (counter + 1) & 0xffff
      return prefix + hex(nowMs - monthStartMs, 8) + hex(counter, 4)
    },
  }
}
const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')

/** Clocks of two machines may differ by so much without a key counting as one of last month. */
const clockSkewMs = 3_600_000

export interface UniqueKey {
  ip: string
  pid: number
  /** When it was made, to the ms; the month is the newest that does not lie in the future. */
  createdAtMs: number
  counter: number
}
/** Reads the parts of a unique key, or undefined when it is none: clients may set any text. */
export function parseUniqueKey(key: string, nowMs: number): UniqueKey | undefined {
  if ((key.length !== 32 && key.length !== 56) || !/^[0-9A-Fa-f]+$/.test(key)) return undefined
  const bytes = Buffer.from(key, 'hex')
  const ipBytes = bytes.length - 12
  const sinceMonthMs = bytes.readUInt32BE(ipBytes + 6)
  const now = new Date(nowMs)
  const thisMonthMs = new Date(now.getFullYear(), now.getMonth(), 1).getTime()
  const lastMonthMs = new Date(now.getFullYear(), now.getMonth() - 1, 1).getTime()
  const startMs = thisMonthMs + sinceMonthMs > nowMs + clockSkewMs ? lastMonthMs : thisMonthMs
  return {
    ip: ipText(bytes.subarray(0, ipBytes)),
    pid: bytes.readUInt16BE(ipBytes),
    createdAtMs: startMs + sinceMonthMs,
    counter: bytes.readUInt16BE(bytes.length - 2),
  }
}
