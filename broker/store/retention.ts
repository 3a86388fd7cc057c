// broker/store/retention.ts: which segments of the commit log may go: those older than their time at the hour set for it, or
// when the disk fills; the views follow. It also says when the disk is too full to write.
import type { SegmentRow } from '../file/segment-row'
import type { StoreOptions } from './types'

export interface RetentionOptions {
  row: SegmentRow
  /** Read anew in each round: they may change while the store runs. Hours are local, such as `04` or `04;16`. */
  settings: Pick<
    StoreOptions,
    | 'fileReservedTimeHours'
    | 'deleteWhen'
    | 'diskMaxUsedSpaceRatio'
    | 'diskSpaceCleanForciblyRatio'
    | 'diskSpaceWarningLevelRatio'
  >
  deleteFileBatchMax: number
  /** Whether segments may go before their time when the disk is nearly full. */
  mayForce: () => boolean
  /** The last segment that may go ends here: what is not yet flushed or dispatched stays. */
  keepFrom: () => number
  /** Asked before a segment goes that ends there. */
  mayGo: (upTo: number) => Promise<boolean>
  diskUse: () => Promise<{ commitLog: number; consumeQueue: number }>
  clock: () => number
  /** After segments have gone. */
  removed(count: number, why: string): Promise<void>
  diskFull(full: boolean, ratio: number): void
  used(ratios: { commitLog: number; consumeQueue: number }): void
}
export interface Retention {
  /** One round. `manual`: whatever the hour. Answers with how many segments went. */
  run(manual?: boolean): Promise<number>
}
export const createRetention = (options: RetentionOptions): Retention => new Keeper(options)

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
/** Ratios are given as shares or, as in Apache's properties, in percent. */
const share = (ratio: number): number => (ratio > 1 ? ratio / 100 : ratio)

class Keeper implements Retention {
  readonly #options: RetentionOptions
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** One after the other: two at once would each judge the same oldest segment, and then remove one each. */
  run(manual = false): Promise<number> {
    const round = this.#last.then(() => this.#run(manual))
    this.#last = round.catch(() => {})
    return round
  }

  async #run(manual: boolean): Promise<number> {
    const options = this.#options
    const use = await options.diskUse()
    options.used(use)
    const ratio = Math.max(use.commitLog, use.consumeQueue)
    options.diskFull(ratio > clamp(share(options.settings.diskSpaceWarningLevelRatio), 0.35, 0.9), ratio)
    const force = options.mayForce() && ratio > clamp(share(options.settings.diskSpaceCleanForciblyRatio), 0.3, 0.85)
    const filling = ratio > share(options.settings.diskMaxUsedSpaceRatio)
    if (!manual && !force && !filling && !this.#isHour()) return 0
    const count = await this.#removeOldest(force)
    if (count > 0) {
      const percent = `${Math.round(ratio * 100)} % of the disk in use`
      await options.removed(count, force || filling ? percent : manual ? 'asked for' : 'older than their time')
    }
    return count
  }

  #isHour(): boolean {
    const hour = new Date(this.#options.clock()).getHours()
    return this.#options.settings.deleteWhen.split(';').some((text) => text.trim() !== '' && Number(text) === hour)
  }

  async #removeOldest(force: boolean): Promise<number> {
    const { row, settings, deleteFileBatchMax, keepFrom, clock } = this.#options
    let count = 0
    while (count < deleteFileBatchMax && row.starts.length > 1 && row.start + row.segmentBytes <= keepFrom()) {
      const expired = (await row.modifiedAtMs(row.start)) + settings.fileReservedTimeHours * 3_600_000 <= clock()
      if (!expired && !force) break
      if (!(await this.#options.mayGo(row.start + row.segmentBytes))) break
      await row.removeFirst()
      count++
    }
    return count
  }
}
