// test/support/percentiles.ts: p50, p99 and p99.9 of measured times, in milliseconds.
export function percentiles(times: readonly number[]): { p50: number; p99: number; p999: number } {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}
