// server/http/name-servers.ts: what Java clients ask for at /rocketmq/nsaddr: which name servers to use. No session is needed;
// whether the process lives and is ready is told by server/main.ts, which knows more than the console.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ConsoleDesk } from '../shared/desk'

/** False: not this address. */
export const answerNameServers = (request: IncomingMessage, response: ServerResponse, desk: ConsoleDesk): boolean => {
  if ((request.url ?? '').split('?', 1)[0] !== '/rocketmq/nsaddr') return false
  const first = desk.clusters.all()[0]?.card()
  response.writeHead(first === undefined ? 404 : 200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
  response.end(first?.namesrv.join(';') ?? '')
  return true
}
