// server/shared/metrics.ts: what the explorer can draw, as a table, and how a chart is written in an address:
// `lag:group:GID_a,GID_b`, or `in:topic:*5` for the five largest. Pure; pages and the server read the same rows.

export const metricScopes = ['cluster', 'broker', 'topic', 'group'] as const
export type MetricScope = (typeof metricScopes)[number]
export type MetricUnit = 'messageRate' | 'byteRate' | 'messages' | 'ms' | 'ratio' | 'clients'
interface Metric {
  readonly unit: MetricUnit
  readonly of: readonly MetricScope[]
}
export const explorerMetrics = {
  in: { unit: 'messageRate', of: ['cluster', 'broker', 'topic', 'group'] },
  out: { unit: 'messageRate', of: ['cluster', 'broker', 'topic', 'group'] },
  inBytes: { unit: 'byteRate', of: ['cluster', 'broker'] },
  lag: { unit: 'messages', of: ['group', 'cluster'] },
  behindMs: { unit: 'ms', of: ['group', 'cluster'] },
  dead: { unit: 'messages', of: ['group'] },
  clients: { unit: 'clients', of: ['group'] },
  kept: { unit: 'messages', of: ['topic'] },
  putP99Ms: { unit: 'ms', of: ['broker'] },
  diskRatio: { unit: 'ratio', of: ['broker'] },
} as const satisfies Record<string, Metric>
export type ExplorerMetric = keyof typeof explorerMetrics
// `Object.keys` forgets the key type; the table is const, so its keys are exactly these.
export const explorerMetricNames = Object.keys(explorerMetrics) as readonly ExplorerMetric[]
export const scopesOf = (metric: ExplorerMetric): readonly MetricScope[] => explorerMetrics[metric].of

export const MOST_SERIES = 6
export const MOST_CHARTS = 12
/** The spans a chart can be laid beside. */
export const compareSpans = ['before', 'day', 'week'] as const
export type CompareSpan = (typeof compareSpans)[number]

export interface ChartSpec {
  readonly metric: ExplorerMetric
  readonly of: MetricScope
  /** Names, or how many of the largest. */
  readonly names: readonly string[] | number
}
export const writeSpec = ({ metric, of, names }: ChartSpec): string =>
  `${metric}:${of}:${typeof names === 'number' ? `*${names}` : names.map(encodeURIComponent).join(',')}`

const isMetric = (text: string | undefined): text is ExplorerMetric =>
  text !== undefined && Object.hasOwn(explorerMetrics, text)
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
/** Null: the address says something else. */
export const readSpec = (text: string): ChartSpec | null => {
  const [metric, scope, ...rest] = text.split(':')
  const of = metricScopes.find((known) => known === scope)
  if (!isMetric(metric) || of === undefined || !scopesOf(metric).includes(of)) return null
  const names = rest.join(':')
  const top = /^\*(\d)$/.exec(names)
  if (top) return { metric, of, names: Math.min(MOST_SERIES, Math.max(1, Number(top[1]))) }
  if (of === 'cluster') return { metric, of, names: [''] }
  const list = names.split(',').filter((name) => name !== '')
  return list.length === 0 ? null : { metric, of, names: list.slice(0, MOST_SERIES).map(decode) }
}
