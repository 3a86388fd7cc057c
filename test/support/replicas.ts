// test/support/replicas.ts: a master's store and a slave's, joined by the HA stream over a wire that may be cut.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFollower, type Follower, type FollowerOptions } from '../../broker/ha/follower'
import { type Leader, openLeader } from '../../broker/ha/leader'
import type { ReplicationSettings } from '../../broker/ha/types'
import { createTurn } from '../../broker/net/turn'
import { type Durability, type MessageStore, openMessageStore } from '../../broker/store'
import type { StoreOptions } from '../../broker/store/types'
import { temporaryFolder } from './folders'
import { storeOptions } from './stores'
import { openWire, type Wire } from './tcp-proxy'

export const haSettings = (changed: Partial<ReplicationSettings> = {}): ReplicationSettings => ({
  brokerRole: 'ASYNC_MASTER',
  inSyncReplicas: 1,
  minInSyncReplicas: 1,
  slaveTimeout: 3000,
  haSendHeartbeatInterval: 5000,
  haHousekeepingInterval: 20_000,
  haTransferBatchSize: 32_768,
  haMaxGapNotInSync: 268_435_456,
  haFlowControlEnable: false,
  maxHaTransferByteInSecond: 104_857_600,
  allAckInSyncStateSet: false,
  haMaxTimeSlaveNotCatchup: 15_000,
  ...changed,
})

export interface Master {
  readonly store: MessageStore
  readonly leader: Leader
  readonly lines: string[]
  readonly folder: string
  close(): Promise<void>
}
export async function openMaster(
  settings: Partial<ReplicationSettings> = {},
  overrides: Partial<StoreOptions> = {},
  folder = temporaryFolder('master'),
): Promise<Master> {
  const lines: string[] = []
  let leader: Leader | undefined
  const durability: Durability = {
    get waits() {
      return leader?.waits ?? false
    },
    whenCopied: (upTo, done) => leader?.whenCopied(upTo, done),
  }
  const store = await openMessageStore(
    storeOptions(folder, { ...overrides, more: { turn: createTurn(), durability, ...overrides.more } }),
  )
  leader = await openLeader({
    host: '127.0.0.1',
    port: 0,
    store,
    settings: haSettings(settings),
    clock: overrides.clock ?? Date.now,
    log: (level, line) => lines.push(`${level} ${line}`),
  })
  const opened = leader
  return {
    store,
    leader: opened,
    lines,
    folder,
    async close() {
      await opened.close()
      await store.close()
    },
  }
}

export interface Copy {
  readonly store: MessageStore
  readonly follower: Follower
  readonly lines: string[]
  readonly folder: string
  close(): Promise<void>
}
export async function openCopy(
  haAddress: string,
  more: Partial<FollowerOptions> = {},
  overrides: Partial<StoreOptions> = {},
  folder = temporaryFolder('slave'),
): Promise<Copy> {
  const lines: string[] = []
  const store = await openMessageStore(
    storeOptions(folder, { ...overrides, more: { turn: createTurn(), ...overrides.more } }),
  )
  const follower = createFollower({
    store,
    settings: haSettings({ brokerRole: 'SLAVE' }),
    clock: Date.now,
    log: (level, line) => lines.push(`${level} ${line}`),
    haAddress,
    backOffMs: [1],
    ...more,
  })
  follower.start()
  return {
    store,
    follower,
    lines,
    folder,
    async close() {
      await follower.stop()
      await store.close()
    },
  }
}

export const wireTo = (master: { leader: { port: number } }): Promise<Wire> => openWire(() => master.leader.port)
export const haAddressOf = (master: Master): string => `127.0.0.1:${master.leader.port}`

/** Resolves once it is so; says what it waited for otherwise. */
export async function until(what: string, isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await sleep(2)
  }
}

export const caughtUp = (master: MessageStore, copy: MessageStore): Promise<void> =>
  until('the copy holds all that the master has', () => {
    const { confirmOffset, tail } = master.commitLog
    return confirmOffset === tail && copy.commitLog.confirmOffset === tail
  })

/** Everything that is kept, as one run of bytes. */
export async function logBytes(store: MessageStore, from = store.commitLog.minOffset): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let at = from; at < store.commitLog.confirmOffset; ) {
    const piece = await store.ledger.read(at, 1 << 20)
    if (piece === undefined) throw new Error(`nothing at ${at}`)
    parts.push(Buffer.from(piece.bytes))
    at += piece.bytes.length
    piece.release()
  }
  return Buffer.concat(parts)
}
