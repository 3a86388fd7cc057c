// broker/worker/metrics-service.ts: /metrics, /healthz and /readyz of a process without a console, on a port of its own. Brokers
// are asked over the wire at each scrape, like by a tool; what one does not say has no line, never a zero.
import { createServer, type ServerResponse } from 'node:http'
import { openDialer } from '../net/dial'
import type { Admits } from '../net/types'
import { RequestCode } from '../protocol/codes'
import { sign } from '../protocol/signature'
import type { ClusterHandle, PartStatus } from '../types'

const ASK_MS = 3000

export interface MetricsService {
  readonly port: number
  close(): Promise<void>
}

type Labels = Readonly<Record<string, string>>
interface Metric {
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly lines: { labels: Labels; value: number }[]
}
/** Of the runtime table (28): its key, our name, and by what a figure is multiplied. */
const runtimeFigures: readonly (readonly [string, string, Metric['type'], string, number?])[] = [
  ['msgPutTotalTodayNow', 'rocketdeck_broker_messages_in_total', 'counter', 'Messages put since the broker began.'],
  ['msgGetTotalTodayNow', 'rocketdeck_broker_messages_out_total', 'counter', 'Messages read since the broker began.'],
  ['putMessageSizeTotal', 'rocketdeck_broker_bytes_in_total', 'counter', 'Bytes of messages put.'],
  ['putMessageFailedTimes', 'rocketdeck_broker_put_failures_total', 'counter', 'Puts that failed.'],
  ['putLatency99', 'rocketdeck_broker_put_p99_milliseconds', 'gauge', 'Time to store a message.'],
  [
    'flushLatency99',
    'rocketdeck_broker_flush_p99_milliseconds',
    'gauge',
    'Time the disk takes for a flush of the log.',
  ],
  ['connectionCount', 'rocketdeck_broker_connections', 'gauge', 'Sockets that are open at the ports for clients.'],
  ['commitLogDiskRatio', 'rocketdeck_broker_disk_ratio', 'gauge', 'How full the disk of the commit log is.'],
  ['commitLogMaxOffset', 'rocketdeck_broker_commit_log_end_bytes', 'gauge', 'Where the commit log ends.'],
  ['commitLogMinOffset', 'rocketdeck_broker_commit_log_begin_bytes', 'gauge', 'Where what is kept begins.'],
  ['dispatchBehindBytes', 'rocketdeck_broker_dispatch_behind_bytes', 'gauge', 'What consumers cannot see yet.'],
  ['timerReadBehind', 'rocketdeck_broker_timer_behind_seconds', 'gauge', 'How late timed messages are.'],
]

/** Throws when it cannot listen. */
export async function openMetricsService(
  handle: ClusterHandle,
  options: { host: string; port: number; admits?: Admits | undefined },
): Promise<MetricsService> {
  const { admits } = options
  const { credentials, tls } = handle
  const parts = (): readonly PartStatus[] => handle.parts
  const dialer = openDialer({
    ...(tls === undefined ? {} : { tls }),
    ...(credentials === undefined ? {} : { sign: (_code, ext, body) => sign(credentials, ext, body) }),
  })
  const runtimeOf = async ({ address }: PartStatus): Promise<Record<string, unknown>> => {
    const reply = await dialer.request(address, RequestCode.GET_BROKER_RUNTIME_INFO, {}, undefined, ASK_MS)
    const { table }: { table?: Record<string, unknown> } = JSON.parse(reply.body?.toString() ?? '{}') // a broker of this process
    return table ?? {}
  }
  const scrape = async (): Promise<string> => {
    const metrics = new Map<string, Metric>()
    const add = (name: string, type: Metric['type'], help: string, labels: Labels, value: number | null) => {
      const held = metrics.get(name) ?? { type, help, lines: [] }
      metrics.set(name, held)
      if (value !== null && Number.isFinite(value)) held.lines.push({ labels, value })
    }
    await Promise.all(
      parts().map(async (part) => {
        const of = { part: part.name, kind: part.kind }
        const isUp = part.state === 'running'
        add('rocketdeck_part_up', 'gauge', 'Whether the part runs.', of, Number(isUp))
        add('rocketdeck_part_restarts_total', 'counter', 'How often it was started again.', of, part.restarts)
        add('rocketdeck_part_heap_used_bytes', 'gauge', 'Heap of its thread.', of, part.heapUsedBytes)
        const delay = part.eventLoopDelayP99Ms
        add(
          'rocketdeck_part_event_loop_delay_p99_seconds',
          'gauge',
          'How late timers of its thread come.',
          of,
          delay === null ? null : delay / 1000,
        )
        if (part.kind !== 'broker' || !isUp) return
        const table = await runtimeOf(part).catch(() => ({})) // it has no lines then
        const labels = { node_type: 'broker', node_id: part.name }
        for (const [key, name, type, help] of runtimeFigures)
          add(name, type, help, labels, key in table ? Number(table[key as keyof typeof table]) : null)
      }),
    )
    return [...metrics].map(([name, metric]) => written(name, metric)).join('')
  }
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]
    if (path === '/healthz') answer(response, 200, 'ok\n')
    else if (path === '/readyz') {
      const missing = parts().filter(({ state }) => state !== 'running')
      if (missing.length === 0) answer(response, 200, 'ready\n')
      else answer(response, 503, missing.map(({ name, state }) => `${name} ${state}\n`).join(''))
    } else if (path === '/metrics')
      void scrape().then(
        (text) => answer(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8'),
        () => answer(response, 500, 'The metrics could not be written.\n'),
      )
    else answer(response, 404, 'There are /metrics, /healthz and /readyz.\n')
  })
  if (admits !== undefined) server.on('connection', (socket) => void (admits(socket) || socket.destroy()))
  const port = await new Promise<number>((listening, failed) => {
    server.once('error', (error) =>
      failed(new Error(`--metrics-port ${options.port}: ${error.message}`, { cause: error })),
    )
    server.listen({ host: options.host, port: options.port }, () => {
      const address = server.address()
      listening(typeof address === 'object' && address !== null ? address.port : options.port)
    })
  }).catch((error: unknown) => {
    dialer.close()
    throw error
  })
  return {
    port,
    close: () =>
      new Promise((closed) => {
        dialer.close()
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
const answer = (response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
}
const written = (name: string, { type, help, lines }: Metric): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...lines.map(
      ({ labels, value }) =>
        `${name}{${Object.entries(labels)
          .map(
            ([label, text]) =>
              `${label}="${text.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`,
          )
          .join(',')}} ${value}`,
    ),
    '',
  ].join('\n')
