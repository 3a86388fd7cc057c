// broker/protocol/sys-flag.ts: the bits a message, a pull and a topic carry in their system flags. Three different sets.

/** Of a message, in its record and in a send request. */
export const MessageSysFlag = {
  compressed: 0x1,
  multiTags: 0x2,
  /** Two bits: 0 none, then these. */
  transactionPrepared: 0x4,
  transactionCommit: 0x8,
  transactionRollback: 0xc,
  bornHostV6: 0x10,
  storeHostV6: 0x20,
  /** The body is a batch that the client unwraps. */
  needUnwrap: 0x40,
  /** One consume queue unit for many messages. */
  innerBatch: 0x80,
  /** Three bits: 1 LZ4, 2 ZSTD, 3 ZLIB; 0 is ZLIB too. */
  compressionType: 0x700,
} as const

const transactionBits = 0xc
export type TransactionType = 0 | 4 | 8 | 12
/** None 0, prepared 4, commit 8, rollback 12. */
export const transactionType = (sysFlag: number): TransactionType => (sysFlag & transactionBits) as TransactionType // two bits make these four numbers
export const withTransactionType = (sysFlag: number, type: TransactionType): number =>
  (sysFlag & ~transactionBits) | type

/** For a copy that consumers are to see: what was committed stays so, other transaction bits would keep it out of queues. */
export const forConsumers = (sysFlag: number): number =>
  transactionType(sysFlag) === MessageSysFlag.transactionCommit ? sysFlag : withTransactionType(sysFlag, 0)

export type Compression = 'none' | 'lz4' | 'zstd' | 'zlib'
/** How the body is packed; undefined for a number nobody has given a meaning. */
export function compressionOf(sysFlag: number): Compression | undefined {
  if ((sysFlag & MessageSysFlag.compressed) === 0) return 'none'
  return ([`zlib`, 'lz4', 'zstd', 'zlib'] as const)[(sysFlag & MessageSysFlag.compressionType) >> 8]
}

/** Of a pull request. */
export const PullSysFlag = { commitOffset: 1, suspend: 2, subscription: 4, classFilter: 8, litePull: 16 } as const

/** Of a topic's configuration. */
export const TopicSysFlag = { unit: 1, unitSub: 2 } as const
