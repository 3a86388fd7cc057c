// broker/worker/store-options.ts: what Apache's property names mean to the store. A table of names, nothing more.
import type { BrokerValues } from '../config/broker-config'
import type { FlushPolicy, StoreExtras, StoreOptions } from '../store/types'

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

type Given = Pick<StoreOptions, 'rootDir' | 'storeHost' | 'clock' | 'log'> & Pick<StoreExtras, 'turn' | 'keepsQueues'>

export const storeOptionsOf = (values: BrokerValues, { turn, keepsQueues, ...given }: Given): StoreOptions => ({
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
  more: {
    ...(turn ? { turn } : {}),
    ...(keepsQueues ? { keepsQueues } : {}),
    ...(values.storePathCommitLog ? { commitLogDir: values.storePathCommitLog } : {}),
    maxTransferBytesInMemory: values.maxTransferBytesOnMessageInMemory,
    maxTransferMessagesInMemory: values.maxTransferCountOnMessageInMemory,
    maxTransferBytesOnDisk: values.maxTransferBytesOnMessageInDisk,
    maxTransferMessagesOnDisk: values.maxTransferCountOnMessageInDisk,
    accessMemoryRatio: values.accessMessageInMemoryMaxRatio / 100,
    messageDelayLevel: values.messageDelayLevel,
    indexEnabled: values.messageIndexEnable,
    cleanIntervalMs: values.cleanResourceInterval,
  },
})
