// broker/worker/store-options.ts: what Apache's property names mean to the store. A table of names, nothing more.
import type { BrokerValues } from '../config/broker-config'
import type { FlushPolicy, StoreOptions } from '../store/types'

/** Kept in memory of the newest messages: consumers that keep up are served from it. It grows on demand. */
const HOT_BYTES = 64 * 1024 * 1024

export const flushPolicyOf = (values: BrokerValues): FlushPolicy => ({
  flushDiskType: values.flushDiskType,
  flushIntervalMs: values.flushIntervalCommitLog,
  flushLeastPages: values.flushCommitLogLeastPages,
  flushThoroughIntervalMs: values.flushCommitLogThoroughInterval,
  syncFlushTimeoutMs: values.syncFlushTimeout,
})

/** The keys of which a change while running moves the flush policy. */
export const flushPolicyKeys = [
  'flushDiskType',
  'flushIntervalCommitLog',
  'flushCommitLogLeastPages',
  'flushCommitLogThoroughInterval',
  'syncFlushTimeout',
] as const

type Given = 'rootDir' | 'storeHost' | 'clock' | 'log'
export const storeOptionsOf = (values: BrokerValues, given: Pick<StoreOptions, Given>): StoreOptions => ({
  ...given,
  commitLogSegmentBytes: values.mappedFileSizeCommitLog,
  consumeQueueSegmentBytes: values.mappedFileSizeConsumeQueue,
  indexMaxSlots: values.maxHashSlotNum,
  indexMaxItems: values.maxIndexNum,
  maxMessageBytes: values.maxMessageSize,
  hotBytes: HOT_BYTES,
  flush: flushPolicyOf(values),
  fileReservedTimeHours: values.fileReservedTime,
  deleteWhen: values.deleteWhen,
  diskMaxUsedSpaceRatio: values.diskMaxUsedSpaceRatio,
  diskSpaceWarningLevelRatio: values.diskSpaceWarningLevelRatio,
  diskSpaceCleanForciblyRatio: values.diskSpaceCleanForciblyRatio,
})
