// server/desk/metrics.ts: the history of a cluster, as the routers ask for it.
import { explore, type RankedNow } from '../metrics/explore'
import type { GroupFigureRow } from '../metrics/group-view'
import type { HistoryOptions } from '../metrics/history'
import { usageReport } from '../metrics/report'
import { openSavedViews } from '../metrics/saved-views'
import type { TopicFigures } from '../metrics/topic-view'
import type { MetricsDesk } from '../shared/desk'
import { isKnown, type Known } from '../shared/known'
import type { ExplorerMetric } from '../shared/metrics'
import type { BrokerRow, Overview, Total } from '../shared/views'
import type { Lists } from './lists'

export interface MetricsDeskOptions {
  past: HistoryOptions
  lists: Lists
  overview: () => Overview
}
type Ranks<Row> = Partial<Record<ExplorerMetric, (row: Row) => Known<number> | Total>>
const ofTopics: Ranks<TopicFigures> = {
  in: ({ inPerSecond }) => inPerSecond,
  out: ({ outPerSecond }) => outPerSecond,
  kept: ({ kept }) => kept,
}
const ofGroups: Ranks<GroupFigureRow> = {
  in: ({ inPerSecond }) => inPerSecond,
  out: ({ outPerSecond }) => outPerSecond,
  lag: ({ lag }) => lag,
  behindMs: ({ behind }) => behind,
  dead: ({ deadLetters }) => deadLetters,
  clients: ({ clients }) => clients,
}
const ofBrokers: Ranks<BrokerRow> = {
  in: ({ inPerSecond }) => inPerSecond,
  out: ({ outPerSecond }) => outPerSecond,
  inBytes: ({ inBytesPerSecond }) => inBytesPerSecond,
  putP99Ms: ({ putP99Ms }) => putP99Ms,
  diskRatio: ({ diskRatio }) => diskRatio,
}

export const openMetricsDesk = ({ past, lists, overview }: MetricsDeskOptions): MetricsDesk => {
  const views = openSavedViews(past.database, past.cluster, past.now)
  const rankedNow: RankedNow = (metric, of) => {
    if (of === 'topic')
      return ranked(
        lists.allTopics().filter(({ kind }) => kind !== 'system'), // also retry topics have a history
        ({ name }) => name,
        ofTopics[metric],
      )
    if (of === 'group')
      return ranked(
        lists.groups().filter(({ system }) => !system),
        ({ name }) => name,
        ofGroups[metric],
      )
    return ranked(overview().brokers, ({ key }) => key, ofBrokers[metric])
  }
  return {
    explore: (input) => explore(past, rankedNow, input),
    usage: (input) => usageReport(past.database, past.cluster, input, past.now()),
    views: views.list,
    saveView: views.put,
    removeView: views.remove,
  }
}
const ranked = <Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  figure: ((row: Row) => Known<number> | Total) | undefined,
): string[] => {
  if (figure === undefined) return []
  const value = (row: Row): number => {
    const found = figure(row)
    return isKnown(found) ? found.value : -1
  }
  return [...rows].sort((a, b) => value(b) - value(a)).map(nameOf)
}
