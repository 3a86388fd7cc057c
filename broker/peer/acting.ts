// broker/peer/acting.ts: whether this slave acts as master (enableSlaveActingMaster): it does while no name server that answers
// knows a master of its name, its own id is the smallest there, and no master sends it anything. Decides only that; what
// acting means is the caller's.
import type { Dialer } from '../net/types'
import { memberGroupBody, readBody } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { writeHeader } from '../protocol/header-table'
import { brokerHeartbeatHeader, memberGroupHeader } from '../protocol/headers-namesrv'
import { addressesOf } from './registration'

/** Read at each use, by Apache's names. */
export interface ActingSettings {
  readonly enableSlaveActingMaster: boolean
  readonly syncBrokerMemberGroupPeriod: number
  readonly brokerHeartbeatInterval: number
  readonly sendHeartbeatTimeoutMillis: number
}
export interface GroupOptions {
  readonly clusterName: string
  readonly brokerName: string
  readonly brokerId: number
  readonly address: string
  readonly dialer: Dialer
  readonly namesrvAddr: () => string
  readonly settings: ActingSettings
}
export interface ActingOptions extends GroupOptions {
  /** A master is connected with this slave, whatever name servers say. */
  readonly isCopying: () => boolean
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
  readonly clock: () => number
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}

export interface Acting {
  readonly isActing: boolean
  start(): void
  /** A name server says that somebody came or went. */
  look(): Promise<void>
  /** The master says that it comes back. Resolves when this slave no longer acts, and lets it come for a while. */
  masterComes(): Promise<void>
  stop(): Promise<void>
}
export const createActing = (options: ActingOptions): Acting => new Watch(options)

const askMs = 2000
/** A master that announced itself is waited for so long. */
const comesMs = 15_000
/** Seen so often in a row before anything is done: all parts of a cluster may be starting at this moment. */
const looksBefore = 2

/** The members of a name, as each name server that answers knows them. */
export async function membersOf(options: GroupOptions): Promise<readonly ReadonlyMap<number, string>[]> {
  const { dialer, namesrvAddr, clusterName, brokerName } = options
  const ext = writeHeader(memberGroupHeader, { clusterName, brokerName })
  const asked = addressesOf(namesrvAddr()).map(async (address) => {
    const reply = await dialer.request(address, RequestCode.GET_BROKER_MEMBER_GROUP, { ...ext }, undefined, askMs)
    if (reply.code !== ResponseCode.SUCCESS) throw new Error(`code ${reply.code} ${reply.remark ?? ''}`)
    return readBody(memberGroupBody, reply.body).brokerMemberGroup.brokerAddrs
  })
  const ends = await Promise.allSettled(asked)
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
}

/** Signs of life: a name server shows another as master once this broker's stay away. */
export function startHeartbeats(options: GroupOptions): { stop(): void } {
  const { dialer, namesrvAddr, clusterName, brokerName, brokerId, address, settings } = options
  let timer: NodeJS.Timeout
  const beat = (): void => {
    timer = setTimeout(beat, settings.brokerHeartbeatInterval)
    timer.unref()
    if (!settings.enableSlaveActingMaster) return
    const ext = writeHeader(brokerHeartbeatHeader, { clusterName, brokerName, brokerAddr: address, brokerId })
    for (const at of addressesOf(namesrvAddr())) {
      dialer
        .request(at, RequestCode.BROKER_HEARTBEAT, { ...ext }, undefined, settings.sendHeartbeatTimeoutMillis)
        .catch(() => {}) // the registration tells of a name server that does not answer
    }
  }
  beat()
  return { stop: () => clearTimeout(timer) }
}

class Watch implements Acting {
  readonly #options: ActingOptions
  #timer: NodeJS.Timeout | undefined
  #changing: Promise<void> = Promise.resolve()
  #isActing = false
  #isStopped = false
  #looks = 0
  #waitsUntilMs = 0

  constructor(options: ActingOptions) {
    this.#options = options
  }

  get isActing(): boolean {
    return this.#isActing
  }

  start(): void {
    const again = (): void => {
      if (this.#isStopped) return
      this.#timer = setTimeout(
        () => void this.look().finally(again),
        this.#options.settings.syncBrokerMemberGroupPeriod,
      )
      this.#timer.unref()
    }
    again()
  }

  async look(): Promise<void> {
    if (this.#isStopped) return
    const { settings, isCopying, clock } = this.#options
    if (!settings.enableSlaveActingMaster || isCopying()) {
      this.#looks = 0
      return this.#become(false)
    }
    const seen = await membersOf(this.#options)
    const own = seen.filter((members) => members.has(this.#options.brokerId))
    if (own.length === 0) return // nobody to ask: it stays as it is
    const isFirst = !seen.some((members) => this.#isBehind(members))
    const mayAct = isFirst && !isCopying() && clock() >= this.#waitsUntilMs
    this.#looks = mayAct ? this.#looks + 1 : 0
    if (!mayAct || this.#looks >= looksBefore) await this.#become(mayAct)
  }

  #isBehind(members: ReadonlyMap<number, string>): boolean {
    for (const id of members.keys()) if (id < this.#options.brokerId) return true
    return false
  }

  masterComes(): Promise<void> {
    this.#waitsUntilMs = this.#options.clock() + comesMs
    this.#looks = 0
    return this.#become(false)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#become(false)
  }

  /** One change at a time. */
  #become(wanted: boolean): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      if (this.#isActing === wanted || (wanted && this.#isStopped)) return
      this.#isActing = wanted
      const { begin, end, log, brokerName } = this.#options
      log('info', wanted ? `${brokerName} has no master: this slave acts as master` : 'it acts as master no longer')
      try {
        await (wanted ? begin() : end())
      } catch (error) {
        log('error', `acting as master: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
      }
    })
    return this.#changing
  }
}
