// broker/config/bounded-lines.ts: a line per request that was refused or failed. So many a second one by one, the others only
// counted: a broken client, or one that tries, must not fill the log.

const linesPerSecond = 10

export type LineLog = (line: string) => void
export interface BoundedLines {
  /** `line` is asked for only when it is written. */
  add(line: () => string): void
}
/** `rest` says how many more there were within a second. */
export const boundedLines = (clock: () => number, log: LineLog, rest: (count: number) => string): BoundedLines => {
  let second = 0
  let count = 0
  return {
    add(line) {
      const now = Math.floor(clock() / 1000)
      if (now !== second) {
        if (count > linesPerSecond) log(rest(count - linesPerSecond))
        second = now
        count = 0
      }
      count += 1
      if (count <= linesPerSecond) log(line())
    },
  }
}
