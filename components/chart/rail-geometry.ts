// components/chart/rail-geometry.ts: where offsets lie on a rail, as shares of its width. Pure; bigint up to the last
// division, so that offsets beyond 2^53 keep their order. One scale serves all rows of a table: rows can be compared.

export interface RailRow {
  readonly min: bigint
  readonly max: bigint
  /** Every position that a reader must tell apart: committed offsets, now, after. */
  readonly points: readonly bigint[]
}

export interface RailScale {
  readonly from: bigint
  readonly to: bigint
  /** The left of the kept range is left out in all rows alike, and marked `//`. */
  readonly broken: boolean
}

const PAD = 25n // one part in 25 of the span stays free at either end, so that a tick at the edge is whole
/** What matters takes at least this part of the range, or the left is broken off. */
const BROKEN_BELOW_PERCENT = 10n
/** On a broken rail, what matters takes a quarter of the width. */
const BROKEN_TIMES = 4n

// biome-ignore-start lint/complexity/useMathMinMax: Math.min and Math.max take no bigint
const leastOf = (values: readonly bigint[]): bigint => values.reduce((least, value) => (value < least ? value : least))
const mostOf = (values: readonly bigint[]): bigint => values.reduce((most, value) => (value > most ? value : most))
// biome-ignore-end lint/complexity/useMathMinMax: see above

export const railScale = (rows: readonly RailRow[]): RailScale => {
  if (rows.length === 0) return { from: 0n, to: 1n, broken: false }
  const points = rows.flatMap((row) => row.points)
  const newest = mostOf([...rows.map((row) => row.max), ...points])
  const oldest = leastOf([...rows.map((row) => row.min), ...points])
  const span = newest - oldest
  if (span === 0n) return { from: oldest - 1n, to: newest + 1n, broken: false }

  const matters = points.length === 0 ? span : newest - leastOf(points)
  if (matters > 0n && matters * 100n < span * BROKEN_BELOW_PERCENT) {
    const shown = matters * BROKEN_TIMES
    const pad = shown / PAD + 1n
    return { from: newest - shown, to: newest + pad, broken: true }
  }
  const pad = span / PAD + 1n
  return { from: oldest - pad, to: newest + pad, broken: false }
}

/** 0 at the left edge, 100 at the right; what lies outside the scale sticks to the edge. */
export const railPercent = (scale: RailScale, offset: bigint): number => {
  const span = scale.to - scale.from
  if (span <= 0n) return 0
  const within = offset < scale.from ? 0n : offset > scale.to ? span : offset - scale.from
  return Number((within * 1_000_000n) / span) / 10_000
}

export interface RailBar {
  readonly leftPercent: number
  readonly widthPercent: number
  /** The bar goes on to the left of the scale: it carries the `//`. */
  readonly cut: boolean
}
export const railBar = (scale: RailScale, min: bigint, max: bigint): RailBar => {
  const left = railPercent(scale, min)
  return {
    leftPercent: left,
    widthPercent: Math.max(0, railPercent(scale, max) - left),
    cut: scale.broken && min < scale.from,
  }
}

export type MoveKind = 'again' | 'skipped' | 'lost' | 'still'
export interface RailMove {
  readonly kind: MoveKind
  readonly leftPercent: number
  readonly widthPercent: number
}
/**
 * What a change of position means for the messages between: read again (back), never read (forward). The part of a move
 * forward that lies before the oldest kept message skips nothing: those messages are lost already, and drawn dotted.
 */
export const railMoves = (scale: RailScale, row: { min: bigint; now: bigint; after: bigint }): readonly RailMove[] => {
  const { min, now, after } = row
  if (now === after) return [{ kind: 'still', leftPercent: railPercent(scale, now), widthPercent: 0 }]
  const span = (kind: MoveKind, from: bigint, to: bigint): RailMove => {
    const left = railPercent(scale, from)
    return { kind, leftPercent: left, widthPercent: railPercent(scale, to) - left }
  }
  if (after < now) return [span('again', after, now)]
  if (now >= min) return [span('skipped', now, after)]
  return after > min ? [span('lost', now, min), span('skipped', min, after)] : [span('lost', now, after)]
}
