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

type Given = Pick<StoreOptions, 'rootDir' | 'storeHost' | 'clock' | 'log'> &
  Pick<StoreExtras, 'turn' | 'keepsQueues' | 'durability'>

/** What may change while running is read from the settings each time it is used. */
export const storeOptionsOf = (
  values: BrokerValues,
  { turn, keepsQueues, durability, ...given }: Given,
): StoreOptions => ({
  ...given,
  commitLogSegmentBytes: values.mappedFileSizeCommitLog,
  consumeQueueSegmentBytes: values.mappedFileSizeConsumeQueue,
  indexMaxSlots: values.maxHashSlotNum,
  indexMaxItems: values.maxIndexNum,
  get maxMessageBytes() {
    return values.maxMessageSize
  },
  hotBytes: HOT_BYTES,
  flush: flushPolicyOf(values),
  get fileReservedTimeHours() {
    return values.fileReservedTime
  },
  get deleteWhen() {
    return values.deleteWhen
  },
  get diskMaxUsedSpaceRatio() {
    return values.diskMaxUsedSpaceRatio
  },
  get diskSpaceWarningLevelRatio() {
    return values.diskSpaceWarningLevelRatio
  },
  get diskSpaceCleanForciblyRatio() {
    return values.diskSpaceCleanForciblyRatio
  },
  more: {
    ...(turn ? { turn } : {}),
    ...(keepsQueues ? { keepsQueues } : {}),
    ...(durability ? { durability } : {}),
    ...(values.storePathCommitLog ? { commitLogDir: values.storePathCommitLog } : {}),
    get maxTransferBytesInMemory() {
      return values.maxTransferBytesOnMessageInMemory
    },
    get maxTransferMessagesInMemory() {
      return values.maxTransferCountOnMessageInMemory
    },
    get maxTransferBytesOnDisk() {
      return values.maxTransferBytesOnMessageInDisk
    },
    get maxTransferMessagesOnDisk() {
      return values.maxTransferCountOnMessageInDisk
    },
    get accessMemoryRatio() {
      return values.accessMessageInMemoryMaxRatio / 100
    },
    get readsAhead() {
      return values.dataReadAheadEnable
    },
    get cleanForcibly() {
      return values.cleanFileForciblyEnable
    },
    messageDelayLevel: values.messageDelayLevel,
    get indexEnabled() {
      return values.messageIndexEnable
    },
    cleanIntervalMs: values.cleanResourceInterval,
    deleteFileBatchMax: values.deleteFileBatchMax,
  },
})
