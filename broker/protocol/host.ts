// broker/protocol/host.ts: an address as records hold it: ip (4 or 16 bytes), then its port as i32.
import { isIPv4, isIPv6 } from 'node:net'
import { ProtocolError } from './errors'

/** 8 bytes for IPv4 (also when mapped into IPv6), 20 for IPv6. */
export function encodeHost(ip: string, port: number): Buffer {
  const address = ipBytes(ip)
  const host = Buffer.allocUnsafe(address.length + 4)
  address.copy(host)
  host.writeInt32BE(port, address.length)
  return host
}

/** The 4 or 16 bytes of an ip. */
export function ipBytes(ip: string): Buffer {
  const zone = ip.indexOf('%')
  const bare = zone < 0 ? ip : ip.slice(0, zone)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  const four = mapped ?? bare
  if (isIPv4(four)) return Buffer.from(four.split('.').map(Number))
  if (!isIPv6(bare)) throw new ProtocolError('bad-field', `${ip} is no ip address`)
  return sixteen(bare)
}

function sixteen(ip: string): Buffer {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip)
  const text =
    dotted === null
      ? ip
      : `${dotted[1]}${hex(Number(dotted[2]) * 256 + Number(dotted[3]))}:${hex(Number(dotted[4]) * 256 + Number(dotted[5]))}`
  const [before = '', after] = text.split('::')
  const left = before === '' ? [] : before.split(':')
  const right = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...new Array<string>(zeros).fill('0'), ...right]
  const out = Buffer.alloc(16)
  groups.forEach((group, index) => {
    out.writeUInt16BE(Number.parseInt(group, 16), index * 2)
  })
  return out
}
const hex = (value: number): string => value.toString(16)

/** The ip of 4 or 16 bytes as text; the longest run of zero groups becomes `::`. */
export function ipText(address: Buffer): string {
  if (address.length === 4) return address.join('.')
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2) groups.push(address.readUInt16BE(at).toString(16))
  const text = groups.join(':')
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)]
  if (runs.length === 0) return text
  const longest = runs.reduce((a, b) => (b[0].length > a[0].length ? b : a))
  const before = text.slice(0, longest.index).replace(/:$/, '')
  return `${before}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}

/** `ip:port`, with IPv6 in brackets. */
export function hostText(host: Buffer): string {
  const ipSize = host.length - 4
  const ip = ipText(host.subarray(0, ipSize))
  const port = host.readInt32BE(ipSize)
  return ipSize === 4 ? `${ip}:${port}` : `[${ip}]:${port}`
}

/** Reads `ip:port` or `[ip]:port`. Throws a ProtocolError for anything else. */
export function parseHost(text: string): Buffer {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const ip = found?.[1] ?? found?.[2]
  if (ip === undefined) throw new ProtocolError('bad-field', `${text} is not of the form ip:port`)
  return encodeHost(ip, Number(found?.[3]))
}
