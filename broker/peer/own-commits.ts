// broker/peer/own-commits.ts: what groups committed at a slave because their master was away. Kept in memory: after a restart
// of the slave meanwhile those messages come once more. Owns a picture of the table as the master last had it; the live
// table is the catalog's.
import { splitOffsetTable } from '../catalog/offsets'
import type { OffsetCatalog } from '../catalog/types'

export type OffsetTable = ReadonlyMap<string, ReadonlyMap<number, number>>
export interface OwnCommit {
  readonly group: string
  readonly topic: string
  readonly queueId: number
  readonly queueOffset: number
}

export interface OwnCommits {
  /** Whether anything was committed here since. */
  readonly any: boolean
  /** Of these, what lies further than the master's table: a reset that was made there meanwhile counts as further back. */
  aheadOf(theirs: OffsetTable): OwnCommit[]
  /** The live table is the master's from now on. */
  settled(): void
}

export const createOwnCommits = (offsets: OffsetCatalog): OwnCommits => new Since(offsets)

class Since implements OwnCommits {
  readonly #offsets: OffsetCatalog
  #settled: ReadonlyMap<string, ReadonlyMap<number, number>>

  constructor(offsets: OffsetCatalog) {
    this.#offsets = offsets
    this.#settled = pictureOf(offsets)
  }

  get any(): boolean {
    return !this.#moved().next().done
  }

  aheadOf(theirs: OffsetTable): OwnCommit[] {
    const master = new Map<string, ReadonlyMap<number, number>>()
    for (const { topic, group, offsets } of splitOffsetTable(theirs)) master.set(keyOf(topic, group), offsets)
    return [...this.#moved()].filter(
      ({ topic, group, queueId, queueOffset }) =>
        queueOffset > (master.get(keyOf(topic, group))?.get(queueId) ?? Number.NEGATIVE_INFINITY),
    )
  }

  settled(): void {
    this.#settled = pictureOf(this.#offsets)
  }

  *#moved(): Generator<OwnCommit, undefined> {
    for (const { group, topic, offsets } of this.#offsets.entries()) {
      const before = this.#settled.get(keyOf(topic, group))
      for (const [queueId, queueOffset] of offsets) {
        if (before?.get(queueId) !== queueOffset) yield { group, topic, queueId, queueOffset }
      }
    }
    return undefined
  }
}

const keyOf = (topic: string, group: string): string => `${topic}@${group}`
const pictureOf = (offsets: OffsetCatalog) =>
  new Map([...offsets.entries()].map((entry) => [keyOf(entry.topic, entry.group), new Map(entry.offsets)]))
