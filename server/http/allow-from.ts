// server/http/allow-from.ts: whom the console's port serves (`--allow-from console=...`). A connection is judged by where it
// comes from, and what a trusted proxy passes on by the client it names.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Peers } from './peer'

/** Of the list of allowed addresses; see broker/worker/admission.ts. */
interface Allowed {
  hasAddress(address: string): boolean
  admits(socket: Pick<Socket, 'remoteAddress' | 'localAddress'>): boolean
}
export interface Doorman {
  mayConnect(socket: Socket): boolean
  mayAsk(request: IncomingMessage): boolean
}

export const doormanFor = (allowed: Allowed, peers: Peers): Doorman => ({
  mayConnect: (socket) => peers.isProxy(socket.remoteAddress ?? '') || allowed.admits(socket),
  // what comes without a proxy was judged when it connected
  mayAsk: (request) =>
    !peers.isProxy(request.socket.remoteAddress ?? '') || allowed.hasAddress(peers.addressOf(request)),
})
