// broker/store/statistics.ts: what a store counts, in the numbers that Apache's broker status shows. Counted per turn or
// per get, never per byte. Owner: the store; the rest only reads.
import type { StoreStatistics } from './types'

/** Upper ends of the buckets of putDistribution in ms; the last bucket has none. */
const bucketEndsMs = [0, 10, 50, 100, 200, 500, 1000, 2000, 3000, 4000, 5000, 10_000]
const kinds = ['put', 'getFound', 'getMiss', 'getTotal', 'getTransferred'] as const
type Kind = (typeof kinds)[number]
type Sample = Record<Kind, number> & { atMs: number }

const sampleEveryMs = 1000
/** So many of the last flushes are looked at. */
const flushesKept = 512
const maxSamples = 601

export class Statistics implements StoreStatistics {
  putTimes = 0
  putFailedTimes = 0
  putSizeBytes = 0
  putEntireTimeMaxMs = 0
  getEntireTimeMaxMs = 0
  getFoundTimes = 0
  getMissTimes = 0
  getTransferredMessages = 0
  commitLogDiskRatio = 0
  consumeQueueDiskRatio = 0
  readonly putDistribution: number[] = new Array(bucketEndsMs.length + 1).fill(0)
  /** A ring: under SYNC_FLUSH there may be thousands a second. */
  readonly #flushesMs = new Float64Array(flushesKept)
  #flushes = 0
  #writeBegan: number | null = null
  /** A ring would save a shift a second: not worth its lines. */
  readonly #samples: Sample[] = []

  /** So many messages were stored together, this long after the first of them came. */
  putsDone(count: number, bytes: number, tookMs: number): void {
    this.putTimes += count
    this.putSizeBytes += bytes
    if (tookMs > this.putEntireTimeMaxMs) this.putEntireTimeMaxMs = tookMs
    const whole = Math.floor(tookMs)
    let bucket = bucketEndsMs.findIndex((end) => whole <= end)
    if (bucket < 0) bucket = bucketEndsMs.length
    this.putDistribution[bucket] = (this.putDistribution[bucket] ?? 0) + count
  }

  getDone(found: boolean, messages: number, tookMs: number): void {
    if (found) this.getFoundTimes++
    else this.getMissTimes++
    this.getTransferredMessages += messages
    if (tookMs > this.getEntireTimeMaxMs) this.getEntireTimeMaxMs = tookMs
  }

  flushDone(tookMs: number): void {
    this.#flushesMs[this.#flushes++ % flushesKept] = tookMs
  }
  get flushP99Ms(): number | null {
    const kept = this.#flushesMs.slice(0, Math.min(this.#flushes, flushesKept)).sort()
    return kept.at(Math.ceil(kept.length * 0.99) - 1) ?? null
  }

  logWrite(isUnderWay: boolean): void {
    this.#writeBegan = isUnderWay ? performance.now() : null
  }
  get logWriteMs(): number {
    return this.#writeBegan === null ? 0 : performance.now() - this.#writeBegan
  }

  /** To be called once a second or so; more often does no harm. */
  sample(nowMs: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && nowMs - last.atMs < sampleEveryMs * 0.9) return
    this.#samples.push({
      atMs: nowMs,
      put: this.putTimes,
      getFound: this.getFoundTimes,
      getMiss: this.getMissTimes,
      getTotal: this.getFoundTimes + this.getMissTimes,
      getTransferred: this.getTransferredMessages,
    })
    if (this.#samples.length > maxSamples) this.#samples.shift()
  }

  tps(kind: Kind): string {
    return [10, 60, 600].map((seconds) => this.#rate(kind, seconds)).join(' ')
  }

  #rate(kind: Kind, seconds: number): number {
    const last = this.#samples.at(-1)
    const before = this.#samples[Math.max(0, this.#samples.length - 1 - seconds)]
    if (last === undefined || before === undefined || last.atMs <= before.atMs) return 0
    return ((last[kind] - before[kind]) * 1000) / (last.atMs - before.atMs)
  }
}
