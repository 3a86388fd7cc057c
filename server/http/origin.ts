// server/http/origin.ts: whether a request may come in at all. A name in Host that nobody gave this console may be
// somebody else's name pointed at our address (DNS rebinding); an Origin of another site is that site's script.
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export interface OriginRules {
  /** Names, with or without port, besides `localhost` and bare addresses. */
  allowedHosts: readonly string[]
}
export type OriginFault = 'host' | 'origin'

const nameOf = (host: string): string =>
  host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()

/** Null: let it in. `told`: the name a trusted proxy was asked for; what it passes on may be anybody's word as well. */
export const originFault = (
  request: Pick<IncomingMessage, 'headers' | 'method'>,
  rules: OriginRules,
  told?: string,
): OriginFault | null => {
  const { host, origin } = request.headers
  if (host === undefined || !hostAllowed(host, rules)) return 'host'
  if (told !== undefined && !hostAllowed(told, rules)) return 'host'
  if (origin !== undefined)
    return sameSite(origin, host, rules) || (told !== undefined && sameSite(origin, told, rules)) ? null : 'origin'
  // Without an Origin only what a browser sends across sites on its own is refused: it is never a change.
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  return changes && request.headers['sec-fetch-site'] === 'cross-site' ? 'origin' : null
}
const hostAllowed = (host: string, { allowedHosts }: OriginRules): boolean => {
  const name = nameOf(host)
  if (name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0) return true
  return allowedHosts.some((allowed) => allowed.toLowerCase() === host.toLowerCase() || nameOf(allowed) === name)
}
const sameSite = (origin: string, host: string, { allowedHosts }: OriginRules): boolean => {
  const at = origin.indexOf('://')
  if (at < 0) return false // `null`: a sandboxed frame or a file
  const from = origin.slice(at + 3).toLowerCase()
  return from === host.toLowerCase() || allowedHosts.some((allowed) => allowed.toLowerCase() === from)
}
