// broker/schedule/prepared-notes.ts: which prepared messages are done, as the notes of RMQ_SYS_TRANS_OP_HALF_TOPIC say.
// A note is stored in the same write as what ended the message, so that a killed broker finds both or neither. Owner: the
// broker's thread.
import { SystemTopic } from '../protocol/names'
import { decodeRecord } from '../protocol/record'
import { type MessageStore, StoreError } from '../store/types'
import { doneNote, doneOffsets, preparedQueueId } from './prepared-message'

export interface PreparedNotesOptions {
  store: MessageStore
  storeHost: Buffer
  /** transactionOpMsgMaxSize. */
  maxNoteBytes: () => number
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
  onStored: (topic: string, queueId: number, sizeBytes: number) => void
}

export interface PreparedNotes {
  /** Reads all notes from `from` on; answers with the offsets they hold that are not below `fromPrepared`. */
  load(from: number, fromPrepared: number): Promise<Set<number>>
  /** Stored before this turn of the loop ends. */
  add(queueOffset: number): void
  /** Stores what waits, now. What the store refuses goes on waiting. */
  flush(): void
  /** Where reading must begin after a restart, when all before this queueOffset is known to be done. */
  neededFrom(preparedOffset: number): number
}
export const createPreparedNotes = (options: PreparedNotesOptions): PreparedNotes => new Notes(options)

const readMessages = 64
const readBytes = 1024 * 1024

interface Note {
  readonly noteOffset: number
  /** The last prepared message it speaks of. */
  readonly newest: number
}

class Notes implements PreparedNotes {
  readonly #options: PreparedNotesOptions
  #notes: Note[] = []
  #waiting: number[] = []
  #isAsked = false
  #end = 0

  constructor(options: PreparedNotesOptions) {
    this.#options = options
  }

  async load(from: number, fromPrepared: number): Promise<Set<number>> {
    const { store, log } = this.#options
    const done = new Set<number>()
    this.#end = Math.max(from, store.minOffset(SystemTopic.transactionOp, preparedQueueId))
    for (;;) {
      const result = await store.get({
        topic: SystemTopic.transactionOp,
        queueId: preparedQueueId,
        queueOffset: this.#end,
        maxMessages: readMessages,
        maxBytes: readBytes,
      })
      try {
        for (const piece of result.records) this.#read(piece, fromPrepared, done)
      } finally {
        result.release()
      }
      if (result.status === 'found') continue
      const { nextBeginOffset, maxOffset } = result
      if (this.#end >= maxOffset || nextBeginOffset <= this.#end) {
        this.#end = maxOffset
        return done
      }
      log('warn', `notes of transactions: ${result.status} at ${this.#end}, going on at ${nextBeginOffset}`)
      this.#end = nextBeginOffset
    }
  }

  #read(records: Buffer, fromPrepared: number, done: Set<number>): void {
    for (let at = 0; at < records.length; ) {
      const record = decodeRecord(records, at)
      at += record.totalSize
      const offsets = doneOffsets(record).filter((offset) => offset >= fromPrepared)
      for (const offset of offsets) done.add(offset)
      if (offsets.length > 0) this.#notes.push({ noteOffset: record.queueOffset, newest: largest(offsets) })
      this.#end = record.queueOffset + 1
    }
  }

  add(queueOffset: number): void {
    this.#waiting.push(queueOffset)
    if (this.#isAsked) return
    this.#isAsked = true
    // still in the turn that stored what ended it; others that end in the same turn share the note
    queueMicrotask(() => this.flush())
  }

  flush(): void {
    this.#isAsked = false
    const { store, storeHost, clock, log, onStored } = this.#options
    while (this.#waiting.length > 0) {
      const count = this.#countForOne()
      const offsets = this.#waiting.slice(0, count)
      try {
        const note = doneNote(offsets, storeHost, clock())
        const { queueOffset, sizeBytes } = store.append(note)
        this.#notes.push({ noteOffset: queueOffset, newest: largest(offsets) })
        this.#end = queueOffset + 1
        onStored(note.topic, note.queueId, sizeBytes)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        log('warn', `${this.#waiting.length} notes of transactions wait: ${error.message}`)
        return
      }
      this.#waiting.splice(0, count)
    }
  }

  #countForOne(): number {
    const maxBytes = this.#options.maxNoteBytes()
    let bytes = 0
    let count = 0
    for (const offset of this.#waiting) {
      if (count > 0 && bytes >= maxBytes) break
      bytes += String(offset).length + 1
      count += 1
    }
    return count
  }

  neededFrom(preparedOffset: number): number {
    let passed = 0
    while (passed < this.#notes.length && (this.#notes[passed]?.newest ?? 0) < preparedOffset) passed += 1
    if (passed > 0) this.#notes = this.#notes.slice(passed)
    return this.#notes[0]?.noteOffset ?? this.#end
  }
}

const largest = (offsets: readonly number[]): number => offsets.reduce((a, b) => Math.max(a, b), -1)
