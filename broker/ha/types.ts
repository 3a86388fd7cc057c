// broker/ha/types.ts: replication as the rooms above see it: who copies this broker's commit log, or whose it copies.

/** One slave that copies from this master. */
export interface SlaveRow {
  /** `ip:port` of its end of the connection. */
  readonly address: string
  /** What it has confirmed. -1 before its first report. */
  readonly confirmedTo: number
  readonly behindBytes: number
  /** How old the oldest byte is that it has not confirmed, to a quarter of a second. */
  readonly behindMs: number
  /** Not so far behind that it would not count as a copy (haMaxGapNotInSync). */
  readonly isInSync: boolean
  readonly bytesPerSecond: number
  /** Where the next bytes that are sent to it lie. */
  readonly sendsFrom: number
  /** Under a controller: the id that it gave that slave. */
  readonly brokerId?: number
}

/** What a slave knows of its own copying. */
export interface CopyRow {
  /** The master's HA address, null while none is known. */
  readonly masterAddress: string | null
  readonly isConnected: boolean
  /** Why it does not copy, for people. */
  readonly trouble: string | null
  readonly bytesPerSecond: number
  readonly lastReadMs: number
  readonly lastWriteMs: number
  /** End of this copy. */
  readonly copiedTo: number
}

/** What a broker under a controller knows of its own place. */
export interface ControlledRow {
  /** The id that the controller gave it, whatever its role. */
  readonly brokerId: number
  readonly masterEpoch: number
  /** Of a master: who holds all that it acknowledged. */
  readonly syncStateSet: readonly number[]
  readonly syncStateSetEpoch: number
  /** Ascending; the end of the last is Infinity. */
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number; readonly endOffset: number }[]
}
export interface RoleNews {
  readonly masterAddress: string | undefined
  readonly masterBrokerId: number | undefined
  readonly masterEpoch: number
}
export interface Controlled {
  readonly row: ControlledRow
  /** The controller says who is master; a broker that must become another does. */
  roleChanged(news: RoleNews): void
}

export interface Replication {
  /** As a master. Empty on a slave. */
  readonly slaves: readonly SlaveRow[]
  /** As a slave; undefined on a master. */
  readonly copy: CopyRow | undefined
  /** A slave copies from this HA address from now on; a master does nothing. */
  follow(haAddress: string): void
  /** Only where a controller decides who is master. */
  readonly controlled?: Controlled
}

/** Read at each use: they may change while the broker runs. By Apache's names. */
export interface ReplicationSettings {
  readonly brokerRole: 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE'
  readonly inSyncReplicas: number
  /** Under a controller: with fewer in sync nothing is taken from those who wait for copies. */
  readonly minInSyncReplicas: number
  readonly slaveTimeout: number
  readonly haSendHeartbeatInterval: number
  readonly haHousekeepingInterval: number
  readonly haTransferBatchSize: number
  readonly haMaxGapNotInSync: number
  readonly haFlowControlEnable: boolean
  readonly maxHaTransferByteInSecond: number
  readonly allAckInSyncStateSet: boolean
  readonly haMaxTimeSlaveNotCatchup: number
}

export type HaLog = (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
