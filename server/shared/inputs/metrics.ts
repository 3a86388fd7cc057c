// server/shared/inputs/metrics.ts: the explorer, the report of use, saved views. Pure.

import { compareSpans, type ExplorerMetric, explorerMetricNames, MOST_SERIES, metricScopes } from '../metrics'
import { z } from '../zod'
import { id, list, onCluster, span } from './common'

const zone = z.string().max(64).refine(isZone, 'not a time zone')
export const exploreInput = onCluster.extend({
  ...span,
  // The enum needs a tuple type; the list is not empty.
  metric: z.enum(explorerMetricNames as [ExplorerMetric, ...ExplorerMetric[]]),
  of: z.enum(metricScopes),
  /** Without them the largest are drawn. */
  names: z.array(z.string().max(255)).max(MOST_SERIES).optional(),
  top: z.number().int().min(1).max(MOST_SERIES).optional(),
  compare: z.enum(compareSpans).optional(),
})
export const usageInput = onCluster.extend({
  ...span,
  of: z.enum(['topic', 'group']),
  by: z.enum(['total', 'day', 'hour']),
  zone: zone.default('UTC'),
  q: list.q,
  sort: z.enum(['at', 'name', 'in', 'out', 'bytes']).default('at'),
  page: list.page,
  size: list.size,
})
export const savedViewInput = onCluster.extend({
  name: z.string().trim().min(1).max(120),
  query: z.string().max(4000),
})
export const savedViewIdInput = onCluster.extend({ id })
function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null
  } catch {
    return false
  }
}
export type ExploreInput = z.infer<typeof exploreInput>
export type UsageInput = z.infer<typeof usageInput>
