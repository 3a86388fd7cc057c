// components/chart/scale.ts: where the hairlines of a chart lie, and which spans hold no sample. Pure.

/** The top of a zero-based axis and its lines: at most six, zero among them, on round numbers; whole ones for what is counted. */
export const niceTicks = (most: number, whole = false): readonly number[] => {
  if (!(most > 0)) return [0, 1]
  if (whole && most <= 5) return Array.from({ length: Math.max(2, Math.ceil(most) + 1) }, (_, line) => line)
  let best: readonly number[] = []
  for (const lines of [4, 5]) {
    const raw = most / lines
    const power = 10 ** Math.floor(Math.log10(raw))
    const unit =
      [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(
        (factor) => factor * power >= raw * 0.999999 && (!whole || Number.isInteger(factor * power)),
      ) ?? 10
    const step = unit * power
    const ticks = Array.from({ length: lines + 1 }, (_, index) => Number((index * step).toPrecision(12)))
    if (best.length === 0 || (ticks.at(-1) ?? 0) < (best.at(-1) ?? 0)) best = ticks
  }
  return best
}

/** Lines that read differently: where rounding writes two of them alike, there are fewer. */
export const distinctTicks = (most: number, whole: boolean, write: (tick: number) => string): readonly number[] => {
  const tell = (ticks: readonly number[]): boolean => new Set(ticks.map(write)).size === ticks.length
  const fine = niceTicks(most, whole)
  if (tell(fine)) return fine
  const coarse = niceTicks(most, true)
  return tell(coarse) ? coarse : [0, coarse.at(-1) ?? 1]
}

/** Evenly spaced moments from one end of the axis to the other; the ends are always there. */
export const timeTicks = (from: number, to: number, parts: number): readonly number[] =>
  Array.from({ length: parts + 1 }, (_, index) => Math.round(from + ((to - from) * index) / parts))

export interface Gap {
  readonly from: number
  readonly to: number
}
/** Spans in which no series has a sample, longer than one step: they are hatched, never interpolated. */
export const gapsOf = (
  points: readonly { readonly at: number; readonly empty: boolean }[],
  stepMs: number,
  from: number,
  to: number,
): readonly Gap[] => {
  const gaps: Gap[] = []
  let last = from
  for (const point of points) {
    if (point.empty || point.at < from || point.at > to) continue
    if (point.at - last > stepMs * 2) gaps.push({ from: last, to: point.at })
    last = point.at
  }
  if (to - last > stepMs * 3) gaps.push({ from: last, to })
  return gaps
}
