// broker/controller/replicas.ts: which brokers stand behind a name, who of them is master, and which hold all that was
// acknowledged (the in-sync set). Pure: decides over what it is given and knows neither sockets nor clocks. A new master
// always comes from the in-sync set, unless enableElectUncleanMaster says that messages may be lost.
import { ResponseCode } from '../protocol/codes'

export interface Replica {
  address: string
  /** Whoever applies for the id again with it is the same broker. */
  checkCode: string
}
/** All that a controller must remember of one broker name. */
export interface ReplicaGroup {
  readonly clusterName: string
  readonly brokerName: string
  nextBrokerId: number
  readonly replicas: Map<number, Replica>
  /** undefined: nobody is. */
  masterId: number | undefined
  /** Grows with each election, also with the first that finds nobody. */
  masterEpoch: number
  syncStateSet: Set<number>
  syncStateSetEpoch: number
}
/** What a broker said of itself when it was last heard. */
export interface LiveInfo {
  readonly epoch: number
  readonly maxOffset: number
  readonly electionPriority: number
}
/** Who is alive, by name and id. */
export type Live = (brokerName: string, brokerId: number) => LiveInfo | undefined

export class ControllerError extends Error {
  override readonly name = 'ControllerError'
  readonly code: number
  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

export interface Rules {
  readonly enableElectUncleanMaster: boolean
}
export interface Election {
  readonly brokerName: string
  /** The one who asks to be master, or is asked for; undefined: whoever is best. */
  readonly brokerId?: number | undefined
  /** That one or nobody, although the master is alive. */
  readonly designated?: boolean
  /** Their processes ended and began anew: they are the last choice, whatever they were. */
  readonly ended?: ReadonlySet<number>
}
export type Elected = 'new' | 'same' | 'nobody'

const firstBrokerId = 1
const nobody: ReadonlySet<number> = new Set()

export class ReplicaGroups {
  readonly #rules: Rules
  readonly #live: Live
  readonly #groups: Map<string, ReplicaGroup>

  constructor(rules: Rules, live: Live, kept: Iterable<ReplicaGroup>) {
    this.#rules = rules
    this.#live = live
    this.#groups = new Map([...kept].map((group) => [group.brokerName, group]))
  }

  get all(): Iterable<ReplicaGroup> {
    return this.#groups.values()
  }
  find(brokerName: string): ReplicaGroup | undefined {
    return this.#groups.get(brokerName)
  }
  /** Throws a ControllerError with `code` when nobody of that name has registered. */
  need(brokerName: string, code: number): ReplicaGroup {
    const group = this.#groups.get(brokerName)
    if (group === undefined) throw new ControllerError(code, 'Broker metadata is not existed')
    return group
  }

  nextBrokerId(brokerName: string): number {
    return this.#groups.get(brokerName)?.nextBrokerId ?? firstBrokerId
  }

  /** Answers with whether anything changed. */
  applyBrokerId(clusterName: string, brokerName: string, brokerId: number, checkCode: string): boolean {
    const [address = ''] = checkCode.split(';')
    const group = this.#groups.get(brokerName)
    if (group === undefined) {
      if (brokerId !== firstBrokerId) {
        const text = `Broker-set: ${brokerName} hasn't been registered in controller, but broker try to apply brokerId: ${brokerId}`
        throw new ControllerError(ResponseCode.CONTROLLER_BROKER_ID_INVALID, text)
      }
      this.#groups.set(brokerName, {
        clusterName,
        brokerName,
        nextBrokerId: firstBrokerId + 1,
        replicas: new Map([[brokerId, { address, checkCode }]]),
        masterId: undefined,
        masterEpoch: 0,
        syncStateSet: new Set(),
        syncStateSetEpoch: 0,
      })
      return true
    }
    const held = group.replicas.get(brokerId)
    if (held?.checkCode === checkCode) return false
    // ids are given once: one that was cleaned must not come back as another broker's
    if (held !== undefined || brokerId !== group.nextBrokerId) {
      const text = `Fail to apply brokerId: ${brokerId} in broker-set: ${brokerName}`
      throw new ControllerError(ResponseCode.CONTROLLER_BROKER_ID_INVALID, text)
    }
    group.replicas.set(brokerId, { address, checkCode })
    group.nextBrokerId = brokerId + 1
    return true
  }

  /** A broker that starts says where it is. Answers with whether anything changed. */
  register(brokerName: string, brokerId: number, address: string): boolean {
    const code = ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED
    const group = this.#groups.get(brokerName)
    if (group === undefined) {
      throw new ControllerError(code, `Broker-set: ${brokerName} hasn't been registered in controller`)
    }
    const held = group.replicas.get(brokerId)
    if (held === undefined) {
      throw new ControllerError(code, `BrokerId: ${brokerId} hasn't been registered in broker-set: ${brokerName}`)
    }
    if (held.address === address) return false
    held.address = address
    return true
  }

  /** A master says who holds all that it acknowledged. Throws a ControllerError when it may not, or is wrong. */
  alterSyncStateSet(brokerName: string, masterId: number, masterEpoch: number, wanted: SyncStateSet): void {
    const failed = ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED
    const group = this.need(brokerName, failed)
    const reject = (code: number, why: string): never => {
      throw new ControllerError(code, `Rejecting alter syncStateSet request because ${why}`)
    }
    const next = new Set(wanted.syncStateSet)
    if (sameSet(next, group.syncStateSet)) {
      const text = 'The newSyncStateSet is equal with oldSyncStateSet, no needed to update syncStateSet'
      throw new ControllerError(failed, text)
    }
    if (group.masterId !== masterId) {
      reject(ResponseCode.CONTROLLER_INVALID_MASTER, `the current leader is:{${group.masterId}}, not {${masterId}}`)
    }
    if (group.masterEpoch !== masterEpoch) {
      const why = `the current master epoch is:{${group.masterEpoch}}, not {${masterEpoch}}`
      reject(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, why)
    }
    if (group.syncStateSetEpoch !== wanted.syncStateSetEpoch) {
      const why = `the current syncStateSet epoch is:{${group.syncStateSetEpoch}}, not {${wanted.syncStateSetEpoch}}`
      reject(ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH, why)
    }
    for (const id of next) {
      if (!group.replicas.has(id)) {
        reject(ResponseCode.CONTROLLER_INVALID_REPLICAS, `the replicas {${id}} don't exist`)
      }
      if (id !== masterId && this.#live(brokerName, id) === undefined) {
        reject(ResponseCode.CONTROLLER_BROKER_NOT_ALIVE, `the replicas {${id}} don't alive`)
      }
    }
    if (!next.has(masterId)) reject(failed, `the newSyncStateSet don't contains origin leader {${masterId}}`)
    group.syncStateSet = next
    group.syncStateSetEpoch += 1
  }

  /** Throws a ControllerError for a name that nobody registered. */
  elect({ brokerName, brokerId, designated = false, ended = nobody }: Election): Elected {
    const code = ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED
    const group = this.#groups.get(brokerName)
    if (group === undefined) throw new ControllerError(code, "Broker hasn't been registered")
    const next = this.#chosen(group, brokerId, designated, ended)
    if (next !== undefined && next === group.masterId && !ended.has(next)) return 'same'
    // nobody was, and nobody is: whoever waits asks several times a second, and none of it is a change
    if (next === undefined && group.masterId === undefined) return 'nobody'
    group.masterEpoch += 1
    group.masterId = next
    if (next === undefined) return 'nobody' // the set stays: only its members may come next
    group.syncStateSet = new Set([next])
    group.syncStateSetEpoch += 1
    return 'new'
  }

  #chosen(group: ReplicaGroup, brokerId: number | undefined, designated: boolean, ended: ReadonlySet<number>) {
    if (group.masterEpoch === 0 && brokerId !== undefined && group.replicas.has(brokerId)) return brokerId
    const wanted = designated ? brokerId : undefined
    const inSync = this.#bestOf(group, group.syncStateSet, wanted, ended)
    if (inSync !== undefined || !this.#rules.enableElectUncleanMaster) return inSync
    return this.#bestOf(group, group.replicas.keys(), wanted, ended)
  }

  #bestOf(group: ReplicaGroup, ids: Iterable<number>, wanted: number | undefined, ended: ReadonlySet<number>) {
    const { brokerName, masterId } = group
    const alive = [...ids].flatMap((id) => {
      const info = group.replicas.has(id) ? this.#live(brokerName, id) : undefined
      return info === undefined ? [] : [{ id, ...info }]
    })
    if (wanted !== undefined) return alive.find(({ id }) => id === wanted)?.id
    const isLast = (id: number): number => (ended.has(id) ? 1 : 0)
    if (masterId !== undefined && !ended.has(masterId) && alive.some(({ id }) => id === masterId)) return masterId
    const [best] = alive.sort(
      (a, b) =>
        isLast(a.id) - isLast(b.id) ||
        b.epoch - a.epoch ||
        b.maxOffset - a.maxOffset ||
        a.electionPriority - b.electionPriority ||
        a.id - b.id,
    )
    return best?.id
  }

  /** Forgets brokers that will not come back: those of `ids`, or all of the name. */
  clean(brokerName: string, ids: ReadonlySet<number> | undefined): void {
    const group = this.#groups.get(brokerName)
    if (group === undefined) {
      const text = `Broker ${brokerName} is not existed,clean broker data failure.`
      throw new ControllerError(ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA, text)
    }
    for (const id of ids ?? group.replicas.keys()) {
      group.replicas.delete(id)
      if (group.syncStateSet.delete(id)) group.syncStateSetEpoch += 1
      if (group.masterId === id) group.masterId = undefined
    }
    if (group.replicas.size === 0) this.#groups.delete(brokerName)
  }
}

export interface SyncStateSet {
  readonly syncStateSet: readonly number[]
  readonly syncStateSetEpoch: number
}

const sameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one))
