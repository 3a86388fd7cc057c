// broker/worker/replication.ts: joins replication to a broker: a leader on the HA port of a master, a follower and the
// copying of the master's tables on a slave. The store is opened before either, so it is given a promise of copies first.
import type { BrokerValues } from '../config/broker-config'
import { switchSlave } from '../ha/dialects'
import type { Epochs } from '../ha/epochs'
import { createFollower } from '../ha/follower'
import { InSync, type SyncStateSet } from '../ha/in-sync'
import { type Leader, openLeader } from '../ha/leader'
import type { Controlled, ControlledRow, Replication, RoleNews } from '../ha/types'
import type { Admits, Dialer } from '../net/types'
import { type CatalogCopyOptions, createCatalogCopy } from '../peer/catalog-copy'
import { doubtOf } from '../peer/master-check'
import { RequestCode } from '../protocol/codes'
import { readHeader } from '../protocol/header-table'
import { exchangeHaInfoHeader } from '../protocol/headers-admin'
import type { Durability, MessageStore } from '../store/types'
import type { PartLog } from './part-thread'

/** A slave's tables are as old as this at most, and a consumer's repeated messages after a failover with them. */
const TABLES_EVERY_MS = 5000
/** Where another may be master the next moment. */
const CONTROLLED_TABLES_EVERY_MS = 1000

/** What the store asks while it runs, and who answers once it is there. */
export interface Copies extends Durability {
  leader: Leader | undefined
}
export const createCopies = (): Copies => ({
  leader: undefined,
  get waits() {
    return this.leader?.waits ?? false
  },
  get tooFew() {
    return this.leader?.tooFew
  },
  get heldByAll() {
    return this.leader?.heldByAll ?? Number.POSITIVE_INFINITY
  },
  whenCopied(upTo, done) {
    if (this.leader === undefined) done('flush-slave-timeout')
    else this.leader.whenCopied(upTo, done)
  },
})

export interface ReplicationPart {
  readonly ha: Replication
  /** A name server says where the master of this broker's name is. */
  masterAt(master: { masterAddress: string; haAddress: string }): void
  /** The master stops in order. */
  masterStops(): void
  start(): void
  stop(): Promise<void>
}

/** A slave that started before its master asks so often where it is. */
const LOOK_EVERY_MS = 1000

/** What a controller made of this broker, until it decides anew. */
export interface Place {
  /** The id that the controller gave it, whatever its role. */
  readonly brokerId: number
  readonly masterEpoch: number
  readonly masterAddress: string
  readonly isMaster: boolean
  readonly set: SyncStateSet
  readonly epochs: Epochs
  /** Asks the controller for another in-sync set. */
  readonly alter: (wanted: readonly number[], syncStateSetEpoch: number) => Promise<SyncStateSet>
  /** A slave's log goes its own way from there on. */
  readonly differsFrom: (offset: number) => void
  /** The controller, or a tool, says who is master. */
  readonly roleChanged: (news: RoleNews) => void
  /** How far this broker's log reaches is told to the controller; a master hears what the controller says of its set. */
  opened: (now: { readonly maxOffset: () => number; readonly told: (set: SyncStateSet) => void }) => void
}

type Tables = Pick<
  CatalogCopyOptions,
  'topics' | 'groups' | 'offsets' | 'delays' | 'timers' | 'requestModes' | 'filterScripts'
>
export interface ReplicationPartOptions extends Tables {
  host: string
  /** Who may copy; absent: whoever reaches the port. */
  admits?: Admits | undefined
  values: BrokerValues
  store: MessageStore
  copies: Copies
  dialer: Dialer
  /** Asks the name servers anew. */
  askNameServers: () => void
  /** Only where a controller decides who is master. */
  place?: Place | undefined
  clock: () => number
  log: PartLog
}

export const openReplication = (options: ReplicationPartOptions): Promise<ReplicationPart> =>
  options.values.brokerRole === 'SLAVE' ? Promise.resolve(asSlave(options)) : asMaster(options)

async function asMaster(options: ReplicationPartOptions): Promise<ReplicationPart> {
  const { host, admits, values, store, copies, clock, log, place } = options
  const inSync =
    place &&
    new InSync({
      brokerId: place.brokerId,
      set: place.set,
      alter: place.alter,
      maxLagMs: () => values.haMaxTimeSlaveNotCatchup,
      clock,
      log,
      changed: () => copies.leader?.copiesMoved(),
    })
  const leader = await openLeader({
    host,
    admits,
    port: values.haListenPort,
    store,
    settings: values,
    clock,
    log,
    ...(place && inSync ? { controlled: { epochs: place.epochs, inSync } } : {}),
  })
  copies.leader = leader
  if (place && inSync) {
    if (!values.allAckInSyncStateSet)
      log(
        'warn',
        `allAckInSyncStateSet is off: ${values.inSyncReplicas} of those in sync hold what is acknowledged, and another may be elected`,
      )
    place.epochs.cutAt(store.commitLog.tail + 1) // what a lost end of the log had begun
    // this master's epoch begins where its log ends now, before it takes anything
    place.epochs.append({ epoch: place.masterEpoch, startOffset: store.commitLog.tail })
    await place.epochs.saved()
    place.opened({ maxOffset: () => store.commitLog.tail, told: (set) => inSync.told(set) })
    const controlled: Controlled = {
      get row() {
        return { ...rowOf(place), ...inSync.row }
      },
      roleChanged: place.roleChanged,
    }
    const ha: Replication = {
      get slaves() {
        return leader.slaves
      },
      copy: undefined,
      follow: () => {},
      controlled,
    }
    return { ha, masterAt: () => {}, masterStops: () => {}, start: () => {}, stop: () => leader.close() }
  }
  if (values.minInSyncReplicas > 1) {
    log(
      'warn',
      `minInSyncReplicas=${values.minInSyncReplicas} has no effect without a controller (enableControllerMode)`,
    )
  }
  if (values.brokerRole === 'SYNC_MASTER' && values.inSyncReplicas < 2) {
    log(
      'warn',
      'brokerRole=SYNC_MASTER with inSyncReplicas=1 waits for no slave: set inSyncReplicas=2 for a second copy',
    )
  }
  return { ha: leader, masterAt: () => {}, masterStops: () => {}, start: () => {}, stop: () => leader.close() }
}

const rowOf = ({ brokerId, masterEpoch, set, epochs }: Place): ControlledRow => ({
  brokerId,
  masterEpoch,
  ...set,
  epochs: epochs.entries.map((entry) => ({ ...entry, endOffset: epochs.endOf(entry) })),
})

/** Who a controller made a slave knows its master from the start, and asks it where its HA port is. */
function asControlledSlave(options: ReplicationPartOptions, place: Place): ReplicationPart {
  const { values, store, dialer, clock, log } = options
  const end = (): number => (store.ledger.isEmpty ? 0 : store.commitLog.tail)
  const tables = createCatalogCopy({
    ...options,
    periodMs: CONTROLLED_TABLES_EVERY_MS,
    confirmOffset: () => store.commitLog.confirmOffset,
  })
  // a kill between the cut of the log and that of the epochs, or a power cut, leaves some that begin where there is no log
  place.epochs.cutAt(end() + 1)
  const side = { brokerId: place.brokerId, isLearner: values.asyncLearner, epochs: place.epochs, end }
  const follower = createFollower({
    store,
    settings: values,
    clock,
    log,
    haAddress: undefined,
    side: () => switchSlave(side),
    differsFrom: place.differsFrom,
    // without epochs nothing says what the log is a copy of: its newest message is compared, as without a controller
    doubt: async () =>
      place.epochs.entries.length > 0 ? undefined : doubtOf(dialer, place.masterAddress, await ownLog(store)),
  })
  let looking: NodeJS.Timeout | undefined
  const look = async (): Promise<void> => {
    try {
      const reply = await dialer.request(place.masterAddress, RequestCode.EXCHANGE_BROKER_HA_INFO, {}, undefined, 3000)
      const { masterHaAddress } = readHeader(exchangeHaInfoHeader, reply.ext)
      if (masterHaAddress !== undefined) follower.follow(masterHaAddress)
    } catch (error) {
      log('debug', `the master at ${place.masterAddress} does not say where its HA port is: ${error}`)
    }
  }
  place.opened({ maxOffset: () => store.commitLog.tail, told: () => {} })
  const ha: Replication = {
    slaves: [],
    get copy() {
      return follower.copy
    },
    follow: (address) => follower.follow(address),
    controlled: {
      get row() {
        return rowOf(place)
      },
      roleChanged: place.roleChanged,
    },
  }
  return {
    ha,
    masterAt: () => {}, // a name server may still name the master before
    masterStops: () => follower.masterStops(),
    start() {
      follower.start()
      tables.masterAt(place.masterAddress)
      void look()
      looking = setInterval(() => {
        if (follower.copy?.isConnected !== true) void look()
      }, LOOK_EVERY_MS / 2)
    },
    async stop() {
      clearInterval(looking)
      await Promise.all([follower.stop(), tables.stop()])
    },
  }
}

function asSlave(options: ReplicationPartOptions): ReplicationPart {
  if (options.place !== undefined) return asControlledSlave(options, options.place)
  const { values, store, dialer, clock, log } = options
  let masterAddress: string | undefined
  let looking: NodeJS.Timeout | undefined
  const tables = createCatalogCopy({
    ...options,
    periodMs: TABLES_EVERY_MS,
    confirmOffset: () => store.commitLog.confirmOffset,
  })
  const follower = createFollower({
    store,
    settings: values,
    clock,
    log,
    haAddress: values.haMasterAddress ?? undefined,
    doubt: async () => (masterAddress === undefined ? undefined : doubtOf(dialer, masterAddress, await ownLog(store))),
  })
  return {
    ha: follower,
    masterAt(master) {
      masterAddress = master.masterAddress
      clearInterval(looking)
      tables.masterAt(master.masterAddress)
      if (values.haMasterAddress === null) follower.follow(master.haAddress)
    },
    masterStops: () => follower.masterStops(),
    start() {
      follower.start()
      if (masterAddress === undefined) looking = setInterval(options.askNameServers, LOOK_EVERY_MS)
    },
    async stop() {
      clearInterval(looking)
      await Promise.all([follower.stop(), tables.stop()])
    },
  }
}

async function ownLog(store: MessageStore) {
  const tail = store.ledger.isEmpty ? 0 : store.commitLog.tail
  const place = store.ledger.newest()
  const record = place === undefined ? undefined : await store.recordAt(place.commitLogOffset, place.sizeBytes)
  return {
    tail,
    newest:
      place === undefined || record === undefined ? undefined : { commitLogOffset: place.commitLogOffset, record },
  }
}
