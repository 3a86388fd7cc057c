// server/http/prometheus.ts: /metrics for Prometheus, under the names Apache RocketMQ 5 gives them where the console
// knows the same thing. Built from the last sample at each scrape: no broker is asked. What is unknown has no line,
// never a zero. Only who sends the token gets it: names of topics and groups are nobody else's business.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Registry } from 'prom-client'
import type { ClusterDesk, ConsoleDesk } from '../shared/desk'
import { groupListInput } from '../shared/inputs'
import { isKnown, type Known } from '../shared/known'
import type { Behind, Total } from '../shared/views'

export const METRICS_PATH = '/metrics'
/** More groups than this and the rest is left out, and said so by rocketdeck_metrics_groups_left_out. */
const MOST_GROUPS = 20_000

export interface MetricsDoor {
  /** False: not this address. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  close(): void
}
/** Without a token nothing is served. */
export const openMetrics = (
  desk: ConsoleDesk,
  token: string | undefined,
  refused: (request: IncomingMessage) => void = () => undefined,
): MetricsDoor => {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  return {
    answer(request, response) {
      const [path, query] = (request.url ?? '').split('?', 2) // an address may be none at all, such as `//`
      if (path !== METRICS_PATH) return false
      response.setHeader('cache-control', 'no-store')
      if (token === undefined) response.writeHead(404).end('Start with --metrics-token TOKEN to serve metrics.\n')
      else if (!holds(request.headers.authorization, token)) {
        refused(request)
        response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('The token is missing or wrong.\n')
      } else void scrape(desk, new URLSearchParams(query), delay, response)
      return true
    },
    close: () => delay.disable(),
  }
}
const holds = (header: string | undefined, token: string): boolean => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

const scrape = async (
  desk: ConsoleDesk,
  asked: URLSearchParams,
  delay: ReturnType<typeof monitorEventLoopDelay>,
  response: ServerResponse,
): Promise<void> => {
  try {
    const registry = new Registry()
    const page = openPage(registry)
    for (const cluster of desk.clusters.all())
      writeCluster(page, cluster, { topics: asked.get('topics') !== 'no', groups: asked.get('groups') !== 'no' })
    page.gauge(
      'rocketdeck_event_loop_delay_p99_seconds',
      'How late timers of the console come.',
      [],
      {},
      delay.percentile(99) / 1e9,
    )
    const text = await registry.metrics()
    response.writeHead(200, { 'content-type': registry.contentType }).end(text)
  } catch {
    response.writeHead(500).end('The metrics could not be written.\n')
  }
}

interface MetricsPage {
  gauge(name: string, help: string, labels: readonly string[], of: Record<string, string>, value: number | null): void
  counter(name: string, help: string, labels: readonly string[], of: Record<string, string>, value: number | null): void
}
const openPage = (registry: Registry): MetricsPage => {
  const gauges = new Map<string, Gauge>()
  const counters = new Map<string, Counter>()
  return {
    gauge(name, help, labels, of, value) {
      // Named also while nothing is known of it: a dashboard finds what it may ask for.
      const held = gauges.get(name) ?? new Gauge({ name, help, labelNames: [...labels], registers: [registry] })
      gauges.set(name, held)
      if (value !== null) held.set(of, value)
    },
    counter(name, help, labels, of, value) {
      const held = counters.get(name) ?? new Counter({ name, help, labelNames: [...labels], registers: [registry] })
      counters.set(name, held)
      if (value !== null) held.inc(of, value)
    },
  }
}
/** A lower bound is no measurement: a graph would show a fall that never was. */
const plain = (figure: Known<number> | Total | Behind): number | null =>
  isKnown(figure) && !('missing' in figure && figure.missing > 0) ? figure.value : null

const writeCluster = (page: MetricsPage, cluster: ClusterDesk, detail: { topics: boolean; groups: boolean }): void => {
  const overview = cluster.overview()
  const own = { cluster: cluster.id }
  page.gauge(
    'rocketdeck_cluster_sample_age_seconds',
    'Age of the last sample.',
    ['cluster'],
    own,
    overview.at === 0 ? null : (Date.now() - overview.at) / 1000,
  )
  page.gauge('rocketmq_topic_number', 'Topics of users.', ['cluster'], own, overview.topics)
  page.gauge('rocketmq_consumer_group_number', 'Consumer groups.', ['cluster'], own, overview.groups)
  for (const severity of ['critical', 'warning'] as const)
    page.gauge(
      'rocketdeck_alarms_firing',
      'Alarms that fire and are not silenced.',
      ['cluster', 'severity'],
      { ...own, severity },
      overview.alarms[severity],
    )
  for (const broker of overview.brokers) {
    const labels = ['cluster', 'node_type', 'node_id'] as const
    const of = { ...own, node_type: 'broker', node_id: broker.key }
    page.gauge(
      'rocketdeck_broker_up',
      'Whether the broker answers.',
      labels,
      of,
      broker.state === 'unknown' ? null : Number(broker.state === 'ok'),
    )
    page.gauge('rocketdeck_broker_in_messages_per_second', 'Messages in.', labels, of, plain(broker.inPerSecond))
    page.gauge('rocketdeck_broker_out_messages_per_second', 'Messages out.', labels, of, plain(broker.outPerSecond))
    page.gauge('rocketdeck_broker_put_p99_milliseconds', 'Time to store a message.', labels, of, plain(broker.putP99Ms))
    page.gauge(
      'rocketdeck_broker_disk_ratio',
      'How full the disk of the commit log is.',
      labels,
      of,
      plain(broker.diskRatio),
    )
    page.gauge(
      'rocketdeck_slave_behind_bytes',
      'What a slave lacks.',
      labels,
      of,
      broker.role === 'slave' ? plain(broker.slaveBehindBytes) : null,
    )
  }
  const counters = cluster.counters()
  if (detail.topics)
    for (const { topic, messages } of counters.in)
      page.counter(
        'rocketmq_messages_in_total',
        'Messages put into the topic, by its offsets.',
        ['cluster', 'topic'],
        { ...own, topic },
        messages,
      )
  if (!detail.groups) return
  for (const { topic, group, messages } of counters.out)
    page.counter(
      'rocketmq_messages_out_total',
      'Messages the group has consumed, by its offsets.',
      ['cluster', 'topic', 'consumer_group'],
      { ...own, topic, consumer_group: group },
      messages,
    )
  const { rows, matched } = cluster.groups.list({ ...groupListInput.parse({ cluster: cluster.id }), size: MOST_GROUPS })
  page.gauge(
    'rocketdeck_metrics_groups_left_out',
    'Groups for which there is no line.',
    ['cluster'],
    own,
    matched - rows.length,
  )
  for (const row of rows) {
    const labels = ['cluster', 'consumer_group'] as const
    const of = { ...own, consumer_group: row.name }
    page.gauge('rocketmq_consumer_lag_messages', 'Unread messages.', labels, of, plain(row.lag))
    page.gauge(
      'rocketmq_consumer_lag_latency',
      'Age of the oldest unread message in milliseconds.',
      labels,
      of,
      plain(row.behind),
    )
    page.gauge('rocketmq_consumer_connections', 'Clients of the group.', labels, of, plain(row.clients))
    page.gauge('rocketdeck_dead_letters', 'Dead letters kept.', labels, of, plain(row.deadLetters))
  }
}
