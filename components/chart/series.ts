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

/** About how wide a letter of a label is drawn. */
const LETTER_PX = 5.8
/** Room for what says how many came before. */
const COUNT_LETTERS = 4
const FEWEST_LETTERS = 6
export interface LabelledMarker extends ChartMarker {
  /** Empty where a later one speaks for it, or where no word has room. */
  readonly label: string
  /** Words stay inside the chart: before the line in its later half, else behind it. */
  readonly before: boolean
}
/** Of markers whose words would lie on each other the newest says what it is, and how many came before it. */
export const labelMarkers = (
  markers: readonly ChartMarker[],
  from: number,
  to: number,
  widthPx: number,
): readonly LabelledMarker[] => {
  const letter = (LETTER_PX / Math.max(1, widthPx)) * (to - from)
  const placed = markers
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at)
    .map((marker) => {
      const before = marker.at - from > (to - from) / 2
      const most = Math.floor((before ? marker.at - from : to - marker.at) / letter)
      const room = Math.min(most, marker.text.length + COUNT_LETTERS) * letter
      return {
        ...marker,
        before,
        most,
        start: before ? marker.at - room : marker.at,
        end: before ? marker.at : marker.at + room,
      }
    })
  let hidden = 0
  return placed.map(({ at, text, before, most, end }, place) => {
    const next = placed[place + 1]
    if (next && next.start < end) {
      hidden += 1
      return { at, text, before, label: '' }
    }
    const label = cutTo(text, hidden === 0 ? '' : ` +${hidden}`, most)
    hidden = 0
    return { at, text, before, label }
  })
}
const cutTo = (text: string, count: string, most: number): string => {
  const room = most - count.length
  if (text.length <= room) return `${text}${count}`
  return room < FEWEST_LETTERS ? '' : `${text.slice(0, room - 1).trimEnd()}…${count}`
}
