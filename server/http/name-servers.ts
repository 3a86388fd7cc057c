// server/http/name-servers.ts: what Java clients ask for at /rocketmq/nsaddr and its forms: which name servers to use. No
// session is needed, and any name of this machine will do; whether the process lives and is ready is told by
// server/main.ts, which knows more than the console.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { reachableFrom, unitAsked } from '../../broker/protocol/address-service'
import type { ConsoleDesk } from '../shared/desk'

/** False: not this address. A unit is a cluster's id or name; without one the first cluster is meant. */
export const answerNameServers = (request: IncomingMessage, response: ServerResponse, desk: ConsoleDesk): boolean => {
  const asked = unitAsked(request.url)
  if (asked === undefined) return false
  const cards = desk.clusters.all().map((cluster) => cluster.card())
  const card = cards.find(({ id, name }) => asked.unit === id || asked.unit === name) ?? cards[0]
  response.writeHead(card === undefined ? 404 : 200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(card === undefined ? '' : reachableFrom(request.socket.localAddress, card.namesrv))
  return true
}
