// server/http/peer.ts: who asks, and how they reach the console. A reverse proxy says it in headers that anybody can write:
// they count only where the connection comes from a proxy that the start names.
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

export interface Peers {
  /** Whether a proxy of ours has this address. */
  isProxy(address: string): boolean
  /** The client's address: the last one in `x-forwarded-for` that is no proxy of ours. */
  addressOf(request: IncomingMessage): string
  /** The browser speaks TLS, to us or to the proxy. */
  isSecure(request: IncomingMessage): boolean
  /** The name the browser asked a proxy of ours for, where it says so. */
  hostTold(request: IncomingMessage): string | undefined
  /** The console's address as the browser has it, without a slash at its end: `https://console.example.org/mq`. */
  outsideOf(request: IncomingMessage): string
}
/** `proxies`: addresses and networks, `127.0.0.1`, `10.0.0.0/8`; throws on anything else. */
export const openPeers = (proxies: readonly string[], basePath = ''): Peers => {
  const trusted = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const entry of proxies) {
    const [net = '', bits] = entry.split('/')
    const family = isIP(net)
    const most = family === 6 ? 128 : 32
    if (family === 0 || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most)))
      throw new Error(`--trusted-proxy: ${entry} is no address and no network such as 10.0.0.0/8`)
    const kind = family === 6 ? 'ipv6' : 'ipv4'
    trusted[kind].addSubnet(net, bits === undefined ? most : Number(bits), kind)
  }
  const isTrusted = (address: string): boolean => {
    const family = isIP(address)
    if (family === 0) return false
    return family === 6 ? trusted.ipv6.check(address, 'ipv6') : trusted.ipv4.check(address, 'ipv4')
  }
  const peerOf = ({ socket }: IncomingMessage): string => plain(socket.remoteAddress ?? '')
  /** What the nearest proxy added stands last; of what came before, anybody may have written it. */
  const told = (request: IncomingMessage, name: string): string[] => {
    if (!isTrusted(peerOf(request))) return []
    const value = request.headers[name]
    return [value ?? []]
      .flat()
      .join(',')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
  }
  const hostTold = (request: IncomingMessage): string | undefined => told(request, 'x-forwarded-host').at(-1)
  const isSecure = (request: IncomingMessage): boolean => told(request, 'x-forwarded-proto').at(-1) === 'https'
  return {
    isProxy: (address) => isTrusted(plain(address)),
    addressOf(request) {
      const chain = [...told(request, 'x-forwarded-for').map(bare), peerOf(request)]
      const client = chain.findLast((address) => isIP(address) !== 0 && !isTrusted(address))
      return client ?? chain.find((address) => isIP(address) !== 0) ?? ''
    },
    hostTold,
    isSecure,
    outsideOf(request) {
      const host = hostTold(request) ?? request.headers.host ?? ''
      return `${isSecure(request) ? 'https' : 'http'}://${host}${basePath}`
    },
  }
}
const plain = (address: string): string => address.replace(/^::ffff:/, '')
/** `10.0.0.1:4711` and `[::1]:4711`, as some proxies write them. */
const bare = (address: string): string =>
  plain(address.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1'))
