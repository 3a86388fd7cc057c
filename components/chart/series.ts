// components/chart/series.ts: what a chart is made of, and the colours that mean the same everywhere: in, out and lag are
// fixed for the whole console; others are taken in order of use, never more than six.

export type SeriesColour = 'in' | 'out' | 'lag' | '4' | '5' | '6' | 'rest'
export interface Series {
  readonly key: string
  readonly label: string
  readonly colour: SeriesColour
  readonly kind: 'area' | 'line'
  /** The span of before that is laid beneath. */
  readonly dashed?: boolean
}
export interface SeriesPoint {
  readonly at: number
  readonly values: Readonly<Record<string, number | null>>
}
export interface ChartMarker {
  readonly at: number
  readonly text: string
}
export const colourOf = (colour: SeriesColour): string => `var(--series-${colour})`

/** The newest value of a series, if its last point has one. */
export const latestOf = (points: readonly SeriesPoint[], key: string): number | null =>
  points.at(-1)?.values[key] ?? null
