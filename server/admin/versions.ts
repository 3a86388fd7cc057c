// server/admin/versions.ts: client versions as people know them. The wire carries the ordinal of Apache's MQVersion,
// in which each release takes a SNAPSHOT and a final number.

/** The ordinal of the first release of each line; releases of a line follow each other by two. */
const lines: readonly (readonly [ordinal: number, major: number, minor: number, patch: number])[] = [
  [3, 3, 0, 1],
  [75, 3, 2, 6],
  [255, 4, 0, 0],
  [259, 4, 1, 0],
  [263, 4, 2, 0],
  [273, 4, 3, 0],
  [293, 4, 4, 0],
  [313, 4, 5, 0],
  [333, 4, 6, 0],
  [353, 4, 7, 0],
  [373, 4, 8, 0],
  [393, 4, 9, 0],
  [413, 5, 0, 0],
  [433, 5, 1, 0],
  [453, 5, 2, 0],
  [473, 5, 3, 0],
  [493, 5, 4, 0],
  [513, 5, 5, 0],
]
export const versionText = (ordinal: number): string => {
  const line = lines.findLast(([first]) => first <= ordinal)
  if (line === undefined || ordinal > 612) return `#${ordinal}`
  const [first, major, minor, patch] = line
  // Lines 3.x are too irregular to count on from their first release.
  if (major < 4) return `3.x (#${ordinal})`
  return `${major}.${minor}.${patch + Math.floor((ordinal - first) / 2)}`
}
