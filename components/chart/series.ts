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

/** Markers nearer to each other than a label is wide share one: the newest says what it is, and how many came before it. */
const LABEL_SHARE = 0.2
export interface LabelledMarker extends ChartMarker {
  /** Empty where a later one speaks for it. */
  readonly label: string
}
export const labelMarkers = (markers: readonly ChartMarker[], from: number, to: number): readonly LabelledMarker[] => {
  const sorted = markers.filter(({ at }) => at >= from && at <= to).sort((a, b) => a.at - b.at)
  const out: LabelledMarker[] = []
  let hidden = 0
  sorted.forEach((marker, place) => {
    const next = sorted[place + 1]
    if (next && next.at - marker.at < (to - from) * LABEL_SHARE) {
      hidden += 1
      out.push({ ...marker, label: '' })
      return
    }
    out.push({ ...marker, label: hidden === 0 ? marker.text : `${marker.text} +${hidden}` })
    hidden = 0
  })
  return out
}
