// broker/store/parts.ts: opens what a store is made of, in order: lock, files, views, recovery. Whatever fails, nothing stays
// open behind it.
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { type Files, nodeFiles } from '../file/files'
import { type FolderLock, LockedError } from '../file/folder-lock'
import { createHandlePool, type HandlePool } from '../file/handle-pool'
import { openSegmentRow, RowError } from '../file/segment-row'
import { type Checkpoint, checkpointBytes, openCheckpoint } from './checkpoint'
import { type ColdReader, createColdReader } from './cold-reader'
import { type CommitLog, openCommitLog } from './commit-log'
import { unit } from './consume-queue'
import { type ConsumeQueues, createConsumeQueues } from './consume-queues'
import { defaultDelayLevels, parseDelayLevels } from './delay-levels'
import { faultOf, textOf } from './health'
import { createMessageIndex, type MessageIndex } from './message-index'
import type { ReadLimits } from './reading'
import { type Recovered, recover } from './recovery'
import { StoreError, type StoreExtras, type StoreOptions } from './types'

export interface Parts {
  files: Files
  lock: FolderLock
  pool: HandlePool
  log: CommitLog
  cold: ColdReader
  queues: ConsumeQueues
  index: MessageIndex
  checkpoint: Checkpoint
  recovered: Recovered
  limits: ReadLimits
  commitLogDir: string
  consumeQueueDir: string
  abortPath: string
}

const pageBytes = 1024 * 1024
const logHandles = 32
const defaults = { maxOpenQueueFiles: 512, maxQueueMemoryBytes: 32 * 1024 * 1024 }
const coldBlocks = { blockBytes: 256 * 1024, maxBlocks: 64, maxInFlight: 2 }

export async function openParts(options: StoreOptions): Promise<Parts> {
  const files = options.more?.files ?? nodeFiles()
  const lock = takeLock(files, options.rootDir)
  const opened: { close(): void }[] = []
  try {
    return await openLocked(options, files, lock, opened)
  } catch (error) {
    for (const part of opened.reverse()) part.close()
    lock.release()
    if (error instanceof RowError) throw new StoreError('corrupt', error.message, { cause: error })
    if (error instanceof StoreError) throw error
    throw new StoreError(faultOf(error), `${options.rootDir} cannot be opened: ${textOf(error)}`, { cause: error })
  }
}

async function openLocked(
  options: StoreOptions,
  files: Files,
  lock: FolderLock,
  opened: { close(): void }[],
): Promise<Parts> {
  const more = options.more ?? {}
  const { rootDir, log: line } = options
  const began = performance.now()
  const commitLogDir = more.commitLogDir ?? join(rootDir, 'commitlog')
  const consumeQueueDir = more.consumeQueueDir ?? join(rootDir, 'consumequeue')
  const abortPath = join(rootDir, 'abort')
  const orderly = (await files.readWhole(abortPath)) === undefined
  const pool = createHandlePool(files, logHandles)
  opened.push(pool)
  const row = await openSegmentRow(
    {
      files,
      pool,
      folder: commitLogDir,
      depth: 1,
      segmentBytes: options.commitLogSegmentBytes,
    },
    orderly,
  )
  const queues = createConsumeQueues({
    files,
    folder: consumeQueueDir,
    segmentBytes: Math.ceil(options.consumeQueueSegmentBytes / unit.size) * unit.size,
    maxOpenFiles: more.maxOpenQueueFiles ?? defaults.maxOpenQueueFiles,
    maxMemoryBytes: more.maxQueueMemoryBytes ?? defaults.maxQueueMemoryBytes,
  })
  opened.push(queues)
  const checkpoint = openCheckpoint(files.create(join(rootDir, 'checkpoint'), checkpointBytes))
  opened.push(checkpoint)
  await queues.load(orderly, checkpoint.safeOffset)
  const index = createMessageIndex({
    files,
    folder: join(rootDir, 'index'),
    maxSlots: options.indexMaxSlots,
    maxItems: options.indexMaxItems,
    clock: options.clock,
    log: line,
  })
  opened.push(index)
  const indexIsTrusted = orderly || checkpoint.ownIndex
  const indexed = more.indexEnabled !== false
  const indexState = await index.load(
    indexIsTrusted ? Number.POSITIVE_INFINITY : checkpoint.indexTimestampMs,
    checkpoint.indexTimestampMs > 0,
    orderly ? Number.POSITIVE_INFINITY : checkpoint.indexTimestampMs,
  )
  const recovered = await recover({
    files,
    rootDir,
    consumeQueueDir,
    row,
    queues,
    index,
    checkpoint,
    orderly,
    indexState: indexed ? indexState : undefined,
    delaysMs: parseDelayLevels(more.messageDelayLevel ?? defaultDelayLevels),
    withCrc: more.checkCrcOnRecover ?? true,
    log: line,
  })
  const tookMs = Math.round(performance.now() - began)
  line(
    'info',
    `${orderly ? 'opened' : 'recovered after a crash'} in ${tookMs} ms: log ${row.start} to ${recovered.end}, ${recovered.recordCount} records read`,
  )
  await files.writeWhole(abortPath, Buffer.from(`${process.pid}`))
  await files.syncFolder(rootDir) // a power cut must not make a crash look like an orderly stop
  const log = openCommitLog(row, { pageBytes, hotBytes: options.hotBytes, end: recovered.end })
  const cold = createColdReader(row, {
    ...coldBlocks,
    readsAhead: () => more.readsAhead ?? true,
    writtenTo: () => log.writtenTo,
  })
  const limits = readLimits(more)
  const folders = { commitLogDir, consumeQueueDir, abortPath }
  return { files, lock, pool, log, cold, queues, index, checkpoint, recovered, limits, ...folders }
}

/** Read anew by each get: they may change while the store runs. */
function readLimits(more: StoreExtras): ReadLimits {
  const machineBytes = totalmem()
  return {
    get maxBytesInMemory() {
      return more.maxTransferBytesInMemory ?? 256 * 1024
    },
    get maxMessagesInMemory() {
      return more.maxTransferMessagesInMemory ?? 32
    },
    get maxBytesOnDisk() {
      return more.maxTransferBytesOnDisk ?? 64 * 1024
    },
    get maxMessagesOnDisk() {
      return more.maxTransferMessagesOnDisk ?? 8
    },
    get memoryBytes() {
      return machineBytes * (more.accessMemoryRatio ?? 0.4)
    },
  }
}

function takeLock(files: Files, rootDir: string): FolderLock {
  try {
    return files.lock(rootDir)
  } catch (error) {
    if (error instanceof LockedError) throw new StoreError('locked', error.message, { cause: error })
    throw new StoreError(faultOf(error), `${rootDir} cannot be used: ${textOf(error)}`, { cause: error })
  }
}
