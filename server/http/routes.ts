// server/http/routes.ts: every address the console answers itself, each with the rule that guards it. What is not in this
// table goes to the pages, which ask through the same router. A test asks each of them as nobody.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { unitAsked } from '../../broker/protocol/address-service'
import type { ConsoleDesk } from '../shared/desk'
import { API_PATH, type ApiDoor, OPENAPI_PATH } from './api'
import { answerNameServers } from './name-servers'
import { METRICS_PATH, type MetricsDoor } from './prometheus'
import { TRPC_PATH, type TrpcDoor } from './trpc'

/**
 * open: for everybody. procedure: the rule of the procedure that is asked. signed-in: a session or a token of any right.
 * metrics-token: the token the start names.
 */
export type RouteRule = 'open' | 'procedure' | 'signed-in' | 'metrics-token'
export interface Route {
  readonly path: string
  readonly rule: RouteRule
  /** Also for clients that know this machine by another name. */
  readonly anyHost?: true
  owns(url: string): boolean
  answer(request: IncomingMessage, response: ServerResponse): void
}
export interface RouteDoors {
  desk: ConsoleDesk
  trpc: TrpcDoor
  api: ApiDoor
  metrics: MetricsDoor
}
/** The path itself or below it, not a longer word that begins alike. */
export const isUnder = (url: string | undefined, path: string): boolean => {
  const asked = (url ?? '').split('?', 1)[0] ?? ''
  return asked === path || asked.startsWith(`${path}/`)
}

export const routesOf = ({ desk, trpc, api, metrics }: RouteDoors): readonly Route[] => [
  {
    path: '/rocketmq/nsaddr',
    rule: 'open',
    anyHost: true,
    owns: (url) => unitAsked(url) !== undefined,
    answer: (request, response) => answerNameServers(request, response, desk),
  },
  {
    path: METRICS_PATH,
    rule: 'metrics-token',
    owns: (url) => url.split('?', 1)[0] === METRICS_PATH,
    answer: (request, response) => metrics.answer(request, response),
  },
  { path: TRPC_PATH, rule: 'procedure', owns: (url) => isUnder(url, TRPC_PATH), answer: trpc.http },
  { path: API_PATH, rule: 'procedure', owns: (url) => isUnder(url, API_PATH), answer: api.answer },
  { path: OPENAPI_PATH, rule: 'signed-in', owns: (url) => isUnder(url, OPENAPI_PATH), answer: api.openapi },
]
