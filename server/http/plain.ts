// server/http/plain.ts: the few addresses for machines that need no session: is the process alive, is it ready, which
// name servers should a client use (what Java clients ask for at /rocketmq/nsaddr).
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ConsoleDesk } from '../shared/desk'

const text = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(body)
}
/** False: none of these. */
export const answerPlain = (request: IncomingMessage, response: ServerResponse, desk: ConsoleDesk): boolean => {
  const path = (request.url ?? '').split('?', 1)[0]
  if (path === '/healthz') text(response, 200, 'ok\n')
  else if (path === '/readyz') {
    const waiting = desk.clusters.all().filter((cluster) => cluster.card().at === 0)
    text(
      response,
      waiting.length === 0 ? 200 : 503,
      waiting.length === 0 ? 'ready\n' : `no sample yet: ${waiting.map(({ id }) => id).join(', ')}\n`,
    )
  } else if (path === '/rocketmq/nsaddr') {
    const first = desk.clusters.all()[0]?.card()
    text(response, first === undefined ? 404 : 200, first === undefined ? '' : first.namesrv.join(';'))
  } else return false
  return true
}
