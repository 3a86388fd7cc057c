// broker/store/ledger.ts: the commit log as bytes, for copies of it. What is in memory is handed out as slices of pages that
// are held until they are sent; what is older is read from the files by a reader of its own, so that a copy that catches
// up takes neither blocks nor turns from consumers.
import { type ColdReader, createColdReader } from './cold-reader'
import type { Intake } from './intake'
import type { Parts } from './parts'
import type { Ledger, LedgerPiece } from './types'

/** One block is sent while the next is read. */
const blocks = { blockBytes: 1024 * 1024, maxBlocks: 3, maxInFlight: 1 }

export interface KeptLedger extends Ledger {
  /** Forgets what retention removed. */
  follow(start: number): void
}
export const createLedger = (parts: Parts, intake: Intake): KeptLedger => new LogBytes(parts, intake)

class LogBytes implements KeptLedger {
  readonly #parts: Parts
  readonly #intake: Intake
  readonly #cold: ColdReader
  readonly segmentBytes: number
  readonly copy: Ledger['copy']
  readonly beginAt: Ledger['beginAt']
  readonly onConfirmed: Ledger['onConfirmed']
  readonly copiesMoved: Ledger['copiesMoved']

  constructor(parts: Parts, intake: Intake) {
    this.#parts = parts
    this.#intake = intake
    this.segmentBytes = parts.log.row.segmentBytes
    this.#cold = createColdReader(parts.log.row, { ...blocks, writtenTo: () => parts.log.writtenTo })
    this.copy = (bytes) => intake.copy(bytes)
    this.beginAt = (offset) => intake.beginAt(offset)
    this.onConfirmed = (listener) => intake.onConfirmed(listener)
    this.copiesMoved = () => intake.copiesMoved()
  }

  get isEmpty(): boolean {
    return this.#parts.log.row.starts.length === 0
  }

  read(offset: number, maxBytes: number): LedgerPiece | Promise<LedgerPiece | undefined> | undefined {
    const { log } = this.#parts
    const { row, hot } = log
    if (offset < log.start || offset >= this.#intake.confirmOffset) return undefined
    const upTo = Math.min(offset + maxBytes, this.#intake.confirmOffset, row.startOf(offset) + row.segmentBytes)
    const page = hot.find(offset)
    if (page === undefined) return this.#readCold(offset, upTo - offset)
    const at = offset - page.base
    const bytes = page.buffer.subarray(at, Math.min(page.bytes, upTo - page.base))
    hot.hold(page)
    return { bytes, release: () => hot.release(page) }
  }

  newest(): { commitLogOffset: number; sizeBytes: number } | undefined {
    let newest: { commitLogOffset: number; sizeBytes: number } | undefined
    for (const { lastCommitLogOffset, maxCommitLogEnd } of this.#parts.queues.all) {
      if (maxCommitLogEnd <= (newest === undefined ? 0 : newest.commitLogOffset + newest.sizeBytes)) continue
      newest = { commitLogOffset: lastCommitLogOffset, sizeBytes: maxCommitLogEnd - lastCommitLogOffset }
    }
    return newest
  }

  follow(start: number): void {
    this.#cold.follow(start)
  }

  async #readCold(offset: number, sizeBytes: number): Promise<LedgerPiece | undefined> {
    const lease = this.#cold.lease()
    const held = lease.view(offset, sizeBytes)
    if (held !== undefined) return { bytes: held, release: () => lease.release() }
    const bytes = Buffer.allocUnsafe(sizeBytes)
    return (await this.#cold.read(offset, bytes)) ? { bytes, release: nothing } : undefined
  }
}
const nothing = (): void => {}
