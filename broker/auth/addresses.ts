// broker/auth/addresses.ts: which addresses a peer may come from: single ones, networks (a.b.c.d/24), and the older
// patterns of plain_acl.yml (`10.0.*`, `10.0.0.1-9`, `10.0.0.{1,2}`, lists, `*`).
import { BlockList, isIP } from 'node:net'

export interface AddressSet {
  has(address: string): boolean
}

/** `ip:port` or `[ip]:port` without its port and brackets. */
export function ipOf(remoteAddress: string): string {
  const end = remoteAddress.lastIndexOf(':')
  return (end < 0 ? remoteAddress : remoteAddress.slice(0, end)).replace(/^\[|\]$/g, '')
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether it is one address or a network. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  if (bits === undefined) return true
  // of addresses of IPv4 in the form of IPv6 (::ffff:10.0.0.0/104) all the rest is fixed
  const least = version === 6 && mapped(address) !== undefined ? mappedBits : 0
  return /^\d{1,3}$/.test(bits) && Number(bits) >= least && Number(bits) <= (version === 4 ? 32 : 128)
}

/** Before the 32 that are the address of IPv4. */
const mappedBits = 96
/** The address of IPv4 that one of IPv6 stands for, as `::ffff:10.0.0.1` does. */
function mapped(address: string): string | undefined {
  const [plain = ''] = address.split('%')
  const words = expanded(new URL(`http://[${plain}]`).hostname.slice(1, -1)) // without a tail in decimals
  const [high = 0, low = 0] = words.slice(6)
  if (words[5] !== 0xffff || words.slice(0, 5).some((word) => word !== 0)) return undefined
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** Of addresses and networks; what is neither is in no set. */
export function addressSet(texts: readonly string[]): AddressSet {
  const list = new BlockList()
  for (const text of texts) {
    if (!isAddressOrNetwork(text)) continue
    const [given = '', bits] = text.split('/')
    const asIPv4 = isIP(given) === 6 ? mapped(given) : undefined
    const address = asIPv4 ?? given
    if (bits === undefined) list.addAddress(address, family(address))
    else list.addSubnet(address, Number(bits) - (asIPv4 === undefined ? 0 : mappedBits), family(address))
  }
  return { has: (address) => isIP(address) !== 0 && list.check(address, family(address)) }
}

export const nobody: AddressSet = { has: () => false }
const everybody: AddressSet = { has: () => true }

/** A pattern of plain_acl.yml. Throws with what is wrong with it: an operator must not believe in a rule that does nothing. */
export function addressPattern(pattern: string): AddressSet {
  const text = pattern.trim()
  if (text === '') return nobody
  if (['*', '*.*.*.*', '*:*:*:*:*:*:*:*'].includes(text)) return everybody
  if (isAddressOrNetwork(text)) return addressSet([text])
  if (text.endsWith('}')) return addressSet(choices(text))
  if (text.includes(',')) return addressSet(text.split(',').map((one) => checked(one.trim(), text)))
  return text.includes(':') ? range(text, ':', 16) : range(text, '.', 10)
}

function checked(address: string, whole: string): string {
  if (isIP(address) === 0) throw new Error(`${whole}: ${address} is no address`)
  return address
}

/** `10.0.0.{1,2}` */
function choices(text: string): string[] {
  const open = text.lastIndexOf('{')
  if (open < 0) throw new Error(`${text} ends with } and has no {`)
  return text
    .slice(open + 1, -1)
    .split(',')
    .map((last) => checked(`${text.slice(0, open)}${last.trim()}`, text))
}

/** `10.0.0.*`, `10.0.*`, `10.0.0.1-9`, and the same with the words of IPv6. */
function range(text: string, divider: '.' | ':', base: 10 | 16): AddressSet {
  const words = text.split(divider)
  const most = divider === '.' ? 4 : 8
  const open = words.findIndex((word) => word === '*' || word.includes('-'))
  const [from, to] = bounds(words[open] ?? '', base)
  const rest = words.slice(open + 1)
  const isRange = open >= 1 && words.length <= most && rest.every((word) => word === '*')
  const head = words.slice(0, Math.max(open, 0)).map((word) => Number.parseInt(word, base))
  if (!isRange || from === undefined || to === undefined || from > to || head.some(Number.isNaN)) {
    throw new Error(`${text} is no address, network or range of addresses`)
  }
  return {
    has(address) {
      if (isIP(address) !== (base === 10 ? 4 : 6)) return false
      const given = base === 10 ? address.split('.').map(Number) : expanded(address)
      const value = given[open] ?? -1
      return head.every((word, at) => given[at] === word) && value >= from && value <= to
    },
  }
}

function bounds(word: string, base: 10 | 16): (number | undefined)[] {
  const most = base === 10 ? 255 : 0xffff
  if (word === '*') return [0, most]
  const numbers = word.split('-').map((one) => (/^[0-9a-f]+$/i.test(one) ? Number.parseInt(one, base) : Number.NaN))
  return numbers.length === 2 && numbers.every((one) => one >= 0 && one <= most) ? numbers : []
}

/** The eight words of an IPv6 address. */
function expanded(address: string): number[] {
  const [left = '', right] = address.split('::')
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)))
  if (right === undefined) return words(left)
  const [before, after] = [words(left), words(right)]
  return [...before, ...new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
}
