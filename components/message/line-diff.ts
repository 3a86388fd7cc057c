// components/message/line-diff.ts: two texts line by line: what both have, what only one has. Pure.

export interface DiffLine {
  readonly kind: 'both' | 'left' | 'right'
  readonly text: string
}
/** The table behind it grows with the product of both. */
export const MOST_LINES = 2000

/** Null: too long to be compared line by line. */
export const lineDiff = (left: readonly string[], right: readonly string[]): readonly DiffLine[] | null => {
  if (left.length > MOST_LINES || right.length > MOST_LINES) return null
  const width = right.length + 1
  /** For each pair of places, how many lines the rest of both have in common. */
  const common = new Uint16Array((left.length + 1) * width)
  const at = (a: number, b: number): number => common[a * width + b] ?? 0
  for (let a = left.length - 1; a >= 0; a--)
    for (let b = right.length - 1; b >= 0; b--)
      common[a * width + b] = left[a] === right[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1))
  const lines: DiffLine[] = []
  let a = 0
  let b = 0
  while (a < left.length || b < right.length) {
    const one = left[a]
    const other = right[b]
    if (one !== undefined && one === other) {
      lines.push({ kind: 'both', text: one })
      a += 1
      b += 1
    } else if (one !== undefined && (other === undefined || at(a + 1, b) >= at(a, b + 1))) {
      lines.push({ kind: 'left', text: one })
      a += 1
    } else {
      lines.push({ kind: 'right', text: other ?? '' })
      b += 1
    }
  }
  return lines
}
