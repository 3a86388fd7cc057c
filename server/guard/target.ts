// server/guard/target.ts: whom the console may speak to. An address comes from a person, so it could be one of the
// console's own network: private ones are refused unless an admin named the host. A name is looked up once, every answer
// is checked, and the connection goes to the checked address, so that a second look-up cannot lead elsewhere.
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

export class TargetError extends Error {
  override readonly name = 'TargetError'
}
/** What an admin's list of hosts does not let through, as opposed to a host that is not found. */
export class RefusedTargetError extends TargetError {
  readonly fact: string
  constructor(fact: string, todo = '') {
    super(`${fact}${todo}`)
    this.fact = fact
  }
}
export interface Target {
  host: string
  port: number
  /** Where to connect. */
  address: string
  family: 4 | 6
}
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>

/** Not on the public internet, or not one machine. */
// One list per family: Node takes an IPv4 address for its mapped IPv6 form, and that whole range is closed.
const closed = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed.ipv4.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  closed.ipv6.addSubnet(net, bits, 'ipv6')
export const isPublic = (address: string): boolean => {
  const family = isIP(address)
  if (family === 0) return false
  return family === 6 ? !closed.ipv6.check(address, 'ipv6') : !closed.ipv4.check(address, 'ipv4')
}

/** `hooks.example.org`, `*.example.org`, `10.0.0.5:8080`; without a port every port is meant. */
export const isNamed = (hosts: readonly string[], host: string, port: number): boolean =>
  hosts.some((entry) => {
    const named = entry.trim().toLowerCase()
    const at = /^(.*):(\d+)$/.exec(named)
    const bare = named.startsWith('[') ? /^\[([^\]]+)\](?::(\d+))?$/.exec(named) : null
    const [name, wanted] =
      bare !== null ? [bare[1], bare[2]] : at !== null && !named.includes('::') ? [at[1], at[2]] : [named, undefined]
    if (name === undefined || (wanted !== undefined && Number(wanted) !== port)) return false
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : host === name
  })

const resolveAll: Resolve = (host) => lookup(host, { all: true, verbatim: true })

export const checkTarget = async (
  given: string,
  port: number,
  hosts: readonly string[],
  resolve: Resolve = resolveAll,
): Promise<Target> => {
  const host = given
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  const named = isNamed(hosts, host, port)
  if (hosts.length > 0 && !named)
    throw new RefusedTargetError(`${host}:${port} is not among the hosts this console may speak to`)
  const found = isIP(host) !== 0 ? [{ address: host, family: isIP(host) }] : await resolve(host)
  const first = found[0]
  if (first === undefined) throw new TargetError(`${host} has no address`)
  const inside = found.find(({ address }) => !isPublic(address))
  if (inside !== undefined && !named)
    throw new RefusedTargetError(
      `${host} is ${inside.address === host ? '' : `${inside.address}, `}a private address`,
      ': an admin must name it among the hosts first',
    )
  return { host, port, address: first.address, family: first.family === 6 ? 6 : 4 }
}

/** `10.0.0.0/8`, `fd00::/8`: whether the address is one of that network. */
const isInside = (entry: string, address: string): boolean => {
  const [net, bits] = entry.trim().split('/')
  const family = isIP(net ?? '')
  if (net === undefined || bits === undefined || family === 0 || family !== isIP(address)) return false
  const list = new BlockList()
  const kind = family === 6 ? 'ipv6' : 'ipv4'
  list.addSubnet(net, Number(bits), kind)
  return list.check(address, kind)
}

/**
 * Where a server of a cluster is reached. A name server may tell any address as a broker's, so private ones are reached
 * only where somebody named the host or its network; public ones always. The connection goes to what was checked.
 */
export const checkServer = async (
  server: string,
  hosts: readonly string[],
  resolve: Resolve = resolveAll,
): Promise<{ address: string; host: string }> => {
  const at = server.lastIndexOf(':')
  const host = server
    .slice(0, at)
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
  const port = Number(server.slice(at + 1))
  if (at <= 0 || !Number.isInteger(port) || port < 1 || port > 65_535)
    throw new TargetError(`${server} is not of the form host:port`)
  const found = isIP(host) !== 0 ? [{ address: host, family: isIP(host) }] : await namesOf(host, resolve)
  const first = found[0]
  if (first === undefined) throw new TargetError(`${host} has no address`)
  const named = isNamed(hosts, host, port)
  const inside = found.find(
    ({ address }) => !isPublic(address) && !named && !hosts.some((entry) => isInside(entry, address)),
  )
  if (inside !== undefined) {
    const which = inside.address === host ? '' : ` (${inside.address})`
    throw new TargetError(`${host}${which} is a private address that is not among this cluster's networks`)
  }
  return { address: first.family === 6 ? `[${first.address}]:${port}` : `${first.address}:${port}`, host }
}
const namesOf = async (host: string, resolve: Resolve): ReturnType<Resolve> => {
  try {
    return await resolve(host)
  } catch (error) {
    throw new TargetError(`${host} cannot be resolved: ${error instanceof Error ? error.message : error}`)
  }
}
