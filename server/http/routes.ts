// server/http/routes.ts: every address the console answers itself, each with the rule that guards it. What is not in this
// table goes to the pages, which ask through the same router. A test asks each of them as nobody.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { unitAsked } from '../../broker/protocol/address-service'
import type { ConsoleDesk } from '../shared/desk'
import { API_PATH, type ApiDoor, OPENAPI_PATH } from './api'
import { BACKUP_PATH, type BackupDoor } from './backup'
import { answerNameServers } from './name-servers'
import { METRICS_PATH, type MetricsDoor } from './prometheus'
import { SIGN_ON_BACK_PATH, SIGN_ON_PATH, type SignOnDoor } from './sign-on'
import { TRPC_PATH, type TrpcDoor } from './trpc'

/**
 * open: for everybody. sign-on: for whoever has no session yet; what the provider sends is checked. procedure: the rule of the procedure that is asked. signed-in: a session or a token of any right.
 * admin: the right to keep the console.
 * metrics-token: the token the start names.
 */
export type RouteRule = 'open' | 'sign-on' | 'procedure' | 'signed-in' | 'admin' | 'metrics-token'
export interface Route {
  readonly path: string
  readonly rule: RouteRule
  /** Also for clients that know this machine by another name. */
  readonly anyHost?: true
  /** Answered without the base path too. */
  readonly besideBase?: true
  owns(url: string): boolean
  answer(request: IncomingMessage, response: ServerResponse): void
}
export interface RouteDoors {
  desk: ConsoleDesk
  trpc: TrpcDoor
  api: ApiDoor
  metrics: MetricsDoor
  signOn: SignOnDoor
  backup: BackupDoor
}
/** The path itself or below it, not a longer word that begins alike. */
export const isUnder = (url: string | undefined, path: string): boolean => {
  const asked = (url ?? '').split('?', 1)[0] ?? ''
  return asked === path || asked.startsWith(`${path}/`)
}

export const routesOf = ({ desk, trpc, api, metrics, signOn, backup }: RouteDoors): readonly Route[] => [
  {
    path: '/rocketmq/nsaddr',
    rule: 'open',
    anyHost: true,
    besideBase: true,
    owns: (url) => unitAsked(url) !== undefined,
    answer: (request, response) => answerNameServers(request, response, desk),
  },
  {
    path: METRICS_PATH,
    rule: 'metrics-token',
    besideBase: true,
    owns: (url) => url.split('?', 1)[0] === METRICS_PATH,
    answer: (request, response) => metrics.answer(request, response),
  },
  ...(
    [
      [SIGN_ON_PATH, signOn.begin],
      [SIGN_ON_BACK_PATH, signOn.back],
    ] as const
  ).map(
    ([path, answer]): Route => ({
      path,
      rule: 'sign-on',
      owns: (url) => url.split('?', 1)[0] === path,
      answer,
    }),
  ),
  { path: TRPC_PATH, rule: 'procedure', owns: (url) => isUnder(url, TRPC_PATH), answer: trpc.http },
  { path: API_PATH, rule: 'procedure', owns: (url) => isUnder(url, API_PATH), answer: api.answer },
  { path: BACKUP_PATH, rule: 'admin', owns: (url) => url.split('?', 1)[0] === BACKUP_PATH, answer: backup.answer },
  { path: OPENAPI_PATH, rule: 'signed-in', owns: (url) => isUnder(url, OPENAPI_PATH), answer: api.openapi },
]
