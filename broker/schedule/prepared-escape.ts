// broker/schedule/prepared-escape.ts: prepared messages of a master that is away, for the slave that acts in its place. It cannot
// note here how they end, so each that waits goes to another master, which asks its producer from then on. How far that has
// come is the group's offset, as for the master itself, which takes it over when it is back.
import type { OffsetCatalog } from '../catalog/types'
import { SystemGroup, SystemTopic } from '../protocol/names'
import { decodeRecord, type StoredRecord } from '../protocol/record'
import type { MessageStore } from '../store/types'
import { type Escaped, escapedPrepared } from './escaped'
import { preparedQueueId } from './prepared-message'
import { createPreparedNotes } from './prepared-notes'

export interface PreparedEscapeOptions {
  store: MessageStore
  storeHost: Buffer
  offsets: OffsetCatalog
  /** Resolves once another master has it; rejects when the acting ends. */
  put: (message: Escaped) => Promise<void>
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

const half = SystemTopic.transactionHalf
const group = SystemGroup.transaction
const batchMessages = 64
const batchBytes = 1024 * 1024

/** Resolves when nothing waits any more, or rejects when the acting ends: the slave's log grows by nothing meanwhile. */
export async function escapePrepared(options: PreparedEscapeOptions): Promise<number> {
  const { store, storeHost, offsets, clock, log } = options
  const known = offsets.query(group, half, preparedQueueId)
  const from = known < 0 ? store.minOffset(half, preparedQueueId) : known
  const notes = createPreparedNotes({ store, storeHost, maxNoteBytes: () => 0, clock, log, onStored: () => {} })
  const notesFrom = Math.max(0, offsets.query(group, SystemTopic.transactionOp, preparedQueueId))
  const settled = await notes.load(notesFrom, from)
  let count = 0
  for (let next = from; next < store.maxOffset(half, preparedQueueId); ) {
    const { records, to } = await read(store, next)
    if (to <= next) break
    const waiting = records.filter(({ queueOffset }) => !settled.has(queueOffset))
    await Promise.all(waiting.map((record) => escapeOne(record, options)))
    count += waiting.length
    next = to
    offsets.commit(group, half, preparedQueueId, next)
  }
  return count
}

async function escapeOne(record: StoredRecord, { put, log }: PreparedEscapeOptions): Promise<void> {
  const message = escapedPrepared(record)
  if (message !== undefined) await put(message)
  else log('warn', `the prepared message at ${record.commitLogOffset} names no topic to go to`)
}

async function read(store: MessageStore, queueOffset: number): Promise<{ records: StoredRecord[]; to: number }> {
  const got = await store.get({
    topic: half,
    queueId: preparedQueueId,
    queueOffset,
    maxMessages: batchMessages,
    maxBytes: batchBytes,
  })
  const records: StoredRecord[] = []
  try {
    for (const piece of got.records) {
      const kept = Buffer.from(piece) // released before the last of them is sent
      for (let at = 0; at < kept.length; ) {
        const record = decodeRecord(kept, at)
        records.push(record)
        at += record.totalSize
      }
    }
  } finally {
    got.release()
  }
  return { records, to: Math.max(got.nextBeginOffset, (records.at(-1)?.queueOffset ?? -1) + 1) }
}
