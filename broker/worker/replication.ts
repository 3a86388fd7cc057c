// broker/worker/replication.ts: joins replication to a broker: a leader on the HA port of a master, a follower and the
// copying of the master's tables on a slave. The store is opened before either, so it is given a promise of copies first.
import type { BrokerValues } from '../config/broker-config'
import { createFollower } from '../ha/follower'
import { type Leader, openLeader } from '../ha/leader'
import type { Replication } from '../ha/types'
import type { Dialer } from '../net/types'
import { type CatalogCopyOptions, createCatalogCopy } from '../peer/catalog-copy'
import { doubtOf } from '../peer/master-check'
import type { Durability, MessageStore } from '../store/types'
import type { PartLog } from './part-thread'

/** A slave's tables are as old as this at most, and a consumer's repeated messages after a failover with them. */
const TABLES_EVERY_MS = 5000

/** What the store asks while it runs, and who answers once it is there. */
export interface Copies extends Durability {
  leader: Leader | undefined
}
export const createCopies = (): Copies => ({
  leader: undefined,
  get waits() {
    return this.leader?.waits ?? false
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
  start(): void
  stop(): Promise<void>
}

/** A slave that started before its master asks so often where it is. */
const LOOK_EVERY_MS = 1000

type Tables = Pick<CatalogCopyOptions, 'topics' | 'groups' | 'offsets' | 'delays' | 'timers' | 'requestModes'>
export interface ReplicationPartOptions extends Tables {
  host: string
  values: BrokerValues
  store: MessageStore
  copies: Copies
  dialer: Dialer
  /** Asks the name servers anew. */
  askNameServers: () => void
  clock: () => number
  log: PartLog
}

export const openReplication = (options: ReplicationPartOptions): Promise<ReplicationPart> =>
  options.values.brokerRole === 'SLAVE' ? Promise.resolve(asSlave(options)) : asMaster(options)

async function asMaster({ host, values, store, copies, clock, log }: ReplicationPartOptions): Promise<ReplicationPart> {
  const leader = await openLeader({ host, port: values.haListenPort, store, settings: values, clock, log })
  copies.leader = leader
  if (values.brokerRole === 'SYNC_MASTER' && values.inSyncReplicas < 2) {
    log(
      'warn',
      'brokerRole=SYNC_MASTER with inSyncReplicas=1 waits for no slave: set inSyncReplicas=2 for a second copy',
    )
  }
  return { ha: leader, masterAt: () => {}, start: () => {}, stop: () => leader.close() }
}

function asSlave(options: ReplicationPartOptions): ReplicationPart {
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
