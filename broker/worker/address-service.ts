// broker/worker/address-service.ts: tells over HTTP which name servers there are, on a port of its own, for clients that
// know only a host (rocketmq.namesrv.domain). The console tells the same on its port.
import { createServer } from 'node:http'
import type { Admits } from '../net/types'
import { reachableFrom, unitAsked } from '../protocol/address-service'

export interface AddressService {
  readonly port: number
  close(): Promise<void>
}

/** Throws when it cannot listen. `addresses` is read at each request. */
export async function openAddressService(
  host: string,
  port: number,
  addresses: () => readonly string[],
  admits?: Admits,
): Promise<AddressService> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const isKnown = unitAsked(request.url) !== undefined && (request.method === 'GET' || request.method === 'HEAD')
    response.writeHead(isKnown ? 200 : 404, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    })
    response.end(isKnown ? reachableFrom(request.socket.localAddress, addresses()) : '')
  })
  if (admits !== undefined) server.on('connection', (socket) => void (admits(socket) || socket.destroy()))
  const bound = await new Promise<number>((listening, failed) => {
    server.once('error', (error) => failed(new Error(`--address-port ${port}: ${error.message}`, { cause: error })))
    server.listen({ host, port }, () => {
      const address = server.address()
      listening(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
  return {
    port: bound,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
