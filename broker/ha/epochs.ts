// broker/ha/epochs.ts: which part of a log was written under which master. Each election begins an epoch, at the place where
// the new master's log ended. Two logs are the same up to the end of the last epoch that both know; what one has behind that
// was never acknowledged by all that were in sync, and is cut before it copies on.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import { crc32Positive } from '../protocol/crc32'

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

export interface Epochs {
  /** Ascending. */
  readonly entries: readonly EpochEntry[]
  readonly last: EpochEntry | undefined
  /** The one that holds the byte at `offset`. */
  at(offset: number): EpochEntry | undefined
  /** Where the epoch of `entry` ends; Infinity for the last. */
  endOf(entry: EpochEntry): number
  /** Nothing when it is known, or older than the last. One that holds no byte gives way to the next. */
  append(entry: EpochEntry): void
  /** The log was cut at `offset`: what begins there or later is forgotten. */
  cutAt(offset: number): void
  /** What ended at or before `offset` is no longer kept. */
  dropBefore(offset: number): void
  /** Resolves when all of it would survive a power cut. */
  saved(): Promise<void>
}

/** Where both logs are the same and no further; undefined when no epoch is common. `end`: where the log ends now. */
export function consistentPoint(
  own: { readonly entries: readonly EpochEntry[]; readonly end: number },
  other: { readonly entries: readonly EpochEntry[]; readonly end: number },
): number | undefined {
  const endIn = ({ entries, end }: typeof own, index: number): number => entries[index + 1]?.startOffset ?? end
  for (let index = own.entries.length - 1; index >= 0; index--) {
    const mine = own.entries[index]
    const theirs = other.entries.findIndex(
      ({ epoch, startOffset }) => epoch === mine?.epoch && startOffset === mine.startOffset,
    )
    if (theirs >= 0) return Math.min(endIn(own, index), endIn(other, theirs))
  }
  return undefined
}

export const memoryEpochs = (entries: readonly EpochEntry[] = []): Epochs => new Held(entries, () => Promise.resolve())

/** `epochFileCheckpoint` as Apache's brokers have it. Throws when neither it nor its backup can be read. */
export async function openEpochFile(path: string): Promise<Epochs> {
  await mkdir(dirname(path), { recursive: true })
  return new Held((await readFileOrBackup(path, parseEpochs)) ?? [], (entries) =>
    writeFileAtomic(path, printEpochs(entries)),
  )
}

export function printEpochs(entries: readonly EpochEntry[]): string {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch}-${startOffset}\n`).join('')
  return `${entries.length}\n${crc32Positive(Buffer.from(lines, 'utf8'))}\n${lines}`
}
export function parseEpochs(content: string): EpochEntry[] {
  const [count, sum, ...rest] = content.split(/\r?\n/)
  const lines = rest.filter((line) => line !== '')
  const entries = lines.map((line) => {
    const [, epoch, startOffset] = /^(\d+)-(\d+)$/.exec(line) ?? []
    if (epoch === undefined || startOffset === undefined) throw new Error(`no epoch: ${line.slice(0, 40)}`)
    return { epoch: Number(epoch), startOffset: Number(startOffset) }
  })
  if (entries.length !== Number(count)) throw new Error(`${entries.length} epochs where ${count} are announced`)
  const found = crc32Positive(Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8'))
  if (Number(sum) !== 0 && Number(sum) !== found) throw new Error(`the checksum of the epochs is ${found}, not ${sum}`)
  return entries
}

class Held implements Epochs {
  #entries: readonly EpochEntry[]
  readonly #save: (entries: readonly EpochEntry[]) => Promise<void>
  #saving: Promise<void> = Promise.resolve()

  constructor(entries: readonly EpochEntry[], save: (entries: readonly EpochEntry[]) => Promise<void>) {
    this.#entries = entries
    this.#save = save
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }
  get last(): EpochEntry | undefined {
    return this.#entries.at(-1)
  }

  at(offset: number): EpochEntry | undefined {
    return this.#entries.findLast(({ startOffset }) => startOffset <= offset)
  }
  endOf(entry: EpochEntry): number {
    return this.#entries.find(({ epoch }) => epoch > entry.epoch)?.startOffset ?? Number.POSITIVE_INFINITY
  }

  append(entry: EpochEntry): void {
    const { last } = this
    if (last !== undefined && (entry.epoch <= last.epoch || entry.startOffset < last.startOffset)) return
    this.#become([...this.#entries.filter(({ startOffset }) => startOffset < entry.startOffset), entry])
  }
  cutAt(offset: number): void {
    const left = this.#entries.filter(({ startOffset }) => startOffset < offset)
    if (left.length < this.#entries.length) this.#become(left)
  }
  dropBefore(offset: number): void {
    const left = this.#entries.filter((entry) => this.endOf(entry) > offset)
    if (left.length < this.#entries.length) this.#become(left)
  }

  saved(): Promise<void> {
    return this.#saving
  }

  #become(entries: readonly EpochEntry[]): void {
    this.#entries = entries
    this.#saving = this.#saving.catch(() => {}).then(() => this.#save(this.#entries))
    this.#saving.catch(() => {}) // whoever must know awaits saved()
  }
}
