// server/http/cookies.ts: the cookies the console sets: no script reads them, no other site sends them along with a change, and
// they are kept to TLS where the browser speaks it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Peers } from './peer'

/** `null` takes it away. `below`: only for addresses under that path. */
export type CookieWriter = (name: string, value: string | null, options?: { seconds?: number; below?: string }) => void
const SESSION_SECONDS = 30 * 86_400

export const cookieWriters =
  (peers: Pick<Peers, 'isSecure'>, basePath: string) =>
  (request: IncomingMessage, response: ServerResponse): CookieWriter => {
    // A browser writes the origin itself, so it knows what it speaks; a proxy is asked where it is trusted.
    const secure = peers.isSecure(request) || request.headers.origin?.startsWith('https:') === true
    return (name, value, { seconds = SESSION_SECONDS, below = '' } = {}) => {
      const path = `${basePath}${below}` || '/'
      const age = value === null ? 0 : seconds
      response.appendHeader(
        'set-cookie',
        `${name}=${value ?? ''}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? '; Secure' : ''}`,
      )
    }
  }
