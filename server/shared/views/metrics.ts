// server/shared/views/metrics.ts: charts of the explorer, the resource report, and views that were saved. Types only.
import type { History } from './cluster'

export interface Explored {
  from: number
  to: number
  stepMs: number
  /** How far samples lie apart, and how long such samples are kept. */
  sampleMs: number
  keptMs: number
  /** By how much the span beneath lies earlier; 0: there is none. */
  shiftMs: number
  /** One value per step; null is a gap. */
  series: { name: string; values: (number | null)[]; before: (number | null)[] | null }[]
  /** How many others there are. */
  more: number
  collectingSince: number | null
  markers: History['markers']
}
export interface UsageRow {
  name: string
  at: number
  until: number
  messagesIn: number
  messagesOut: number
  /** What came into a topic, or a group consumed, by the mean size of the messages; null: no broker told one. */
  bytes: number | null
  /** Part of it was counted over a pause of the console. */
  estimated: boolean
}
export interface UsagePage {
  rows: UsageRow[]
  matched: number
  page: number
  size: number
  from: number
  to: number
}
export interface SavedView {
  id: string
  name: string
  query: string
  who: string
}
