// server/http/api.ts: the API for programs: each procedure of the router under /api/v1, by the same rules, checks and audit
// as for the browser. Reads take GET or POST, changes POST; what goes on comes as a JSON value a line. A change is taken from
// a token alone, never from a cookie: a page of another site has no token.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isTrackedEnvelope, TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { createCaller } from '../root'
import type { Caller, ConsoleDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { contextFor } from '../trpc/context'
import { faultOf, trpcErrorOf } from '../trpc/faults'
import { fromQuery, type JsonSchema, type Operation, operationsOf, revived, unknownFields } from './api-table'
import { API_PATH, openApiOf } from './openapi'

export { API_PATH }
export const OPENAPI_PATH = '/api/openapi.json'
const MAX_BODY_BYTES = 16 * 1024 * 1024
const SEND_A_TOKEN = 'Make a token under Access, Tokens, and send it: authorization: Bearer rdt_...'
const STREAMS_AT_ONCE = 64
/** A stream outlives neither its token nor its session by more than this. */
const LOOK_AGAIN_MS = 5000

export interface ApiDoor {
  answer(request: IncomingMessage, response: ServerResponse): void
  openapi(request: IncomingMessage, response: ServerResponse): void
  close(): void
}
export interface ApiOptions {
  desk: ConsoleDesk
  callerOf: (request: IncomingMessage) => Caller
  onError: (path: string, error: Error) => void
  /** For the log: who was kept out, and why. */
  refused?: (request: IncomingMessage, why: string) => void
}
export const openApi = ({ desk, callerOf, onError, refused }: ApiOptions): ApiDoor => {
  const operations = operationsOf()
  const document = JSON.stringify(openApiOf(operations.values(), desk.version))
  const streams = new Set<AbortController>()

  const signedIn = async (caller: Caller): Promise<void> => {
    if ((await desk.access.who(caller)) === null)
      throw new DeskError('not-signed-in', 'This needs an API token.', { todo: SEND_A_TOKEN })
  }
  const run = async (request: IncomingMessage, response: ServerResponse, caller: Caller): Promise<void> => {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    const name = path.slice(API_PATH.length + 1).replaceAll('/', '.')
    // Whether something is there is told to whoever may ask.
    await signedIn(caller)
    const operation = operations.get(name)
    if (operation === undefined) throw new DeskError('not-found', `There is no ${path}: see ${OPENAPI_PATH}.`)
    const isRead = operation.type !== 'mutation'
    if (request.method !== 'POST' && !(isRead && request.method === 'GET'))
      throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: isRead ? 'GET or POST.' : 'POST only.' })
    if (request.method === 'POST' && caller.token == null)
      throw new DeskError('not-signed-in', 'Here a change or a POST needs an API token, not a cookie.', {
        todo: SEND_A_TOKEN,
      })
    const input = request.method === 'GET' ? asked(operation.input, query) : await bodyOf(request, operation.input)
    mustKnow(operation, input)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const context = contextFor(desk, caller, {
      once: operation.type !== 'subscription',
      setSession: () => undefined,
      drained: () => drained(response),
    })
    const answer = await call(context, operation, revived(operation.input, input), gone.signal)
    if (operation.type === 'subscription') {
      await stream(answer, response, caller, gone)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(`${json(answer)}\n`)
  }
  const stream = async (
    events: unknown,
    response: ServerResponse,
    caller: Caller,
    gone: AbortController,
  ): Promise<void> => {
    if (streams.size >= STREAMS_AT_ONCE)
      throw new DeskError('budget', `At most ${STREAMS_AT_ONCE} streams at once: end one first.`)
    streams.add(gone)
    const look = setInterval(
      () => void signedIn(caller).catch(() => gone.abort(new Error('the token or the session has ended'))),
      LOOK_AGAIN_MS,
    )
    gone.signal.addEventListener('abort', () => response.end())
    try {
      // A subscription of this router is an async iterable.
      for await (const event of events as AsyncIterable<unknown>) {
        if (gone.signal.aborted) break
        if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
        const value = isTrackedEnvelope(event) ? event[1] : event
        if (!response.write(`${json(value)}\n`)) await drained(response)
      }
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
      response.end()
    } finally {
      clearInterval(look)
      streams.delete(gone)
      gone.abort()
    }
  }
  const fail = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
    const translated = trpcErrorOf(error)
    const fault = faultOf(translated)
    if (fault.kind === 'internal') {
      onError(request.url ?? '', error instanceof Error ? error : new Error(String(error)))
    }
    if (fault.kind === 'not-signed-in' || fault.kind === 'not-allowed') refused?.(request, fault.text)
    if (response.headersSent) {
      response.end(`${json({ error: fault })}\n`)
      return
    }
    request.resume() // what of it nobody reads is let pass, or the answer would not be heard
    const { preview: _, ...told } = fault
    response
      .writeHead(getHTTPStatusCodeFromError(translated), {
        'content-type': 'application/json; charset=utf-8',
        ...(fault.kind === 'not-signed-in' ? { 'www-authenticate': 'Bearer' } : {}),
      })
      .end(`${json({ error: told })}\n`)
  }
  return {
    answer(request, response) {
      response.setHeader('cache-control', 'no-store')
      response.once('error', () => undefined) // whoever asked is gone
      run(request, response, callerOf(request)).catch((error: unknown) => fail(request, response, error))
    },
    openapi(request, response) {
      response.setHeader('cache-control', 'no-store')
      signedIn(callerOf(request)).then(
        () => response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(document),
        (error: unknown) => fail(request, response, error),
      )
    },
    close() {
      for (const one of streams) one.abort()
    },
  }
}

const call = (
  context: ReturnType<typeof contextFor>,
  { path }: Operation,
  input: unknown,
  signal: AbortSignal,
): Promise<unknown> => {
  // A caller is a tree of functions by the parts of a path.
  let target: unknown = createCaller(context, { signal })
  for (const part of path.split('.')) target = (target as Record<string, unknown>)[part]
  return (target as (input: unknown) => Promise<unknown>)(input)
}
const asked = (schema: JsonSchema, query: string): Record<string, unknown> => {
  try {
    return fromQuery(schema, new URLSearchParams(query))
  } catch (error) {
    throw new DeskError('bad-input', `A field is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}
const MAX_TOLD_CHARACTERS = 600
const mustKnow = (operation: Operation, input: unknown): void => {
  const unknown = unknownFields(operation, input)
  const [first] = unknown
  if (first === undefined) return
  const named = unknown.map(({ name }) => JSON.stringify(name)).join(', ')
  const fields = first.takes.join(', ')
  const around = first.name.split('.').slice(0, -1).join('.')
  throw new DeskError(
    'bad-input',
    `${operation.path} takes no ${named}`.slice(0, MAX_TOLD_CHARACTERS) +
      `${fields === '' ? '' : `. ${around === '' ? 'It' : JSON.stringify(around)} takes ${fields}`}: see ${OPENAPI_PATH}.`,
  )
}
const json = (value: unknown): string =>
  JSON.stringify(value ?? null, (key, one: unknown) => {
    if (typeof one === 'number') return key.endsWith('Ms') ? shortened(one) : one
    return typeof one === 'bigint' ? one.toString() : one instanceof Map || one instanceof Set ? [...one] : one
  })
/** A clock of this machine tells more digits of a millisecond than it knows. */
const shortened = (ms: number): number => (Math.abs(ms) < 10 ? Math.round(ms * 100) / 100 : Math.round(ms))
const bodyOf = async (request: IncomingMessage, schema: JsonSchema): Promise<unknown> => {
  const chunks: Buffer[] = []
  let size = 0
  // Left before its end the request stays open: who sends too much is told so.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: 'At most 16 MiB.' })
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8').trim()
  if (text === '') return (schema.required ?? []).length === 0 ? {} : undefined
  return parsed(text)
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new DeskError('bad-input', 'The body is not JSON.')
  }
}
/** Who reads nothing for so long is let go: a search that waits for them holds the turn of another. */
const READ_WITHIN_MS = 60_000
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (!response.writableNeedDrain || response.destroyed) return resolve()
    const late = setTimeout(() => response.destroy(), READ_WITHIN_MS)
    const done = () => {
      clearTimeout(late)
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
