// server/guard/http.ts: HTTP to an address that a person typed: to where it was checked to lead, without redirects, within a
// time and up to a size. Every connection is checked anew and none is kept, or it would outlive its check.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { checkTarget, type Resolve, type Target } from './target'

export interface Asking {
  method: string
  headers: Record<string, string>
  body?: string
}
export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}
export interface HttpLimits {
  /** Hosts an admin has named; with none every public one is let through. */
  hosts: readonly string[]
  resolve?: Resolve | undefined
  withinMs: number
  /** What comes beyond is left out; much beyond, the connection is ended. */
  mostBytes: number
}
/** The address of the lookup is the one that was checked, whatever name the request carries. */
const pinned =
  ({ address, family }: Target): LookupFunction =>
  (_host, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family)

/** Throws TargetError where it may not go, and what the network says. */
export const askHttp = async (url: URL, { method, headers, body }: Asking, limits: HttpLimits): Promise<Answer> => {
  const secure = url.protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const target = await checkTarget(url.hostname, port, limits.hosts, limits.resolve)
  return new Promise((resolve, reject) => {
    const asked = (secure ? httpsRequest : httpRequest)(
      {
        host: target.host,
        port,
        path: url.pathname + url.search,
        method,
        lookup: pinned(target),
        agent: false,
        headers: {
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          'user-agent': 'rocketdeck',
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          if (size < limits.mostBytes) chunks.push(chunk)
          size += chunk.length
          if (size > limits.mostBytes * 16) response.destroy()
        })
        response.once('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).subarray(0, limits.mostBytes),
          }),
        )
        response.once('error', () => undefined) // what was read until then is the answer
      },
    )
    // The whole of it, not only silence: a trickle must not hold whoever waits.
    const late = setTimeout(
      () => asked.destroy(new Error(`no answer within ${limits.withinMs / 1000} s`)),
      limits.withinMs,
    )
    asked.once('close', () => clearTimeout(late))
    asked.once('error', reject)
    asked.end(body)
  })
}
