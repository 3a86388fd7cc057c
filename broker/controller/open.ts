// broker/controller/open.ts: a controller: watches the brokers of each name, elects a master from the in-sync set when one is
// gone, and tells the brokers. There is one; several that agree among each other (Apache's DLedger, jRaft) are not here: while
// it is down masters go on, and nobody is elected. It answers on the port of the name server that holds it.
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { reach } from '../net/dial'
import { type Connection, type Dialer, NetError, type Reply } from '../net/types'
import { writeBody } from '../protocol/bodies'
import { syncStateSetBody } from '../protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { writeHeader } from '../protocol/header-table'
import { roleChangedHeader } from '../protocol/headers-controller'
import { controllerAnswers } from './answers'
import { openKeptGroups } from './kept'
import { type Heartbeat, Lives } from './lives'
import { ControllerError, type Elected, type Election, ReplicaGroups, type Rules } from './replicas'

export interface ControllerSettings extends Rules {
  readonly notifyBrokerRoleChanged: boolean
  readonly scanInactiveMasterInterval: number
  readonly configBlackList: string | null
}
export interface ControllerOptions {
  /** Where brokers and tools reach it. */
  readonly address: string
  /** The file it remembers everything in. */
  readonly path: string
  readonly settings: ControllerSettings
  readonly settingsText: () => string
  /** Throws when a key or value cannot be. */
  readonly changeSettings: (changes: ReadonlyMap<string, string>) => Promise<void>
  readonly dialer: Dialer
  readonly clock: () => number
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}
export type Answer = (request: Command, connection: Connection) => Reply | Promise<Reply>

export interface Controller {
  readonly answers: ReadonlyMap<number, Answer>
  connectionClosed(connection: Connection): void
  close(): Promise<void>
}

/** A broker whose connection broke is given so long to be heard over another. */
const GRACE_MS = 300
/** A killed process is not heard again: nobody listens at its port either. One whose connection alone broke is heard before. */
const REFUSED_GRACE_MS = 25
const PROBE_MS = 250
/** After a start: whoever was there before has had time to be heard again. */
const SETTLE_MS = 5000
/** Where all of the in-sync set began anew they are waited for so long, from the first of them on. */
const RETURN_MS = 3000

export async function openController(options: ControllerOptions): Promise<Controller> {
  await mkdir(dirname(options.path), { recursive: true })
  const controller = new OneController(options, await openKeptGroups(options.path))
  controller.start()
  return controller
}

/** What the answers work with. */
export interface ControllerState {
  readonly groups: ReplicaGroups
  readonly lives: Lives
  readonly options: ControllerOptions
  /** To be called in the turn of a change. Resolves when it would survive a crash. */
  saved(): Promise<void>
  /** The same for whatever was changed before, and could not be written then. */
  kept(): Promise<void>
  elect(election: Asked): Promise<Elected>
  /** A broker registers, as it does when it begins. */
  registered(brokerName: string, brokerId: number): void
  /** Its master is alive, and has not only begun anew and waits itself. */
  isLed(brokerName: string): boolean
}
type Asked = Omit<Election, 'ended'>

class OneController implements Controller, ControllerState {
  readonly options: ControllerOptions
  readonly lives: Lives
  readonly groups: ReplicaGroups
  readonly answers: ReadonlyMap<number, Answer>
  readonly #kept: Awaited<ReturnType<typeof openKeptGroups>>
  readonly #startedAtMs: number
  readonly #graces = new Set<NodeJS.Timeout>()
  /** By name: who began anew since it last had a master, and when the first of them was heard. */
  readonly #returned = new Map<string, { readonly ids: Set<number>; readonly sinceMs: number }>()
  #scan: NodeJS.Timeout | undefined
  #isClosed = false
  /** How many changes there were, and how many of them are in the file. */
  #changes = 0
  #keptChanges = 0

  constructor(options: ControllerOptions, kept: Awaited<ReturnType<typeof openKeptGroups>>) {
    this.options = options
    this.#kept = kept
    this.lives = new Lives(options.clock)
    this.groups = new ReplicaGroups(options.settings, (name, id) => this.lives.get(name, id), kept.groups)
    this.#startedAtMs = options.clock()
    this.answers = controllerAnswers(this)
  }

  start(): void {
    this.options.log('info', `controller at ${this.options.address}`)
    this.#scan = setInterval(() => this.#look(), this.options.settings.scanInactiveMasterInterval)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#scan)
    for (const grace of this.#graces) clearTimeout(grace)
    await this.saved()
  }

  saved(): Promise<void> {
    this.#changes++
    return this.#keep()
  }
  async kept(): Promise<void> {
    while (this.#keptChanges < this.#changes) await this.#keep()
  }
  async #keep(): Promise<void> {
    const upTo = this.#changes
    await this.#kept.save(this.groups.all)
    this.#keptChanges = Math.max(this.#keptChanges, upTo)
  }

  connectionClosed(connection: Connection): void {
    if (this.lives.over(connection).length === 0) return
    this.#later(GRACE_MS, () => this.#giveUp(connection))
    this.#later(REFUSED_GRACE_MS, () => void this.#giveUpRefused(connection))
  }

  #later(inMs: number, work: () => void): void {
    const grace = setTimeout(() => {
      this.#graces.delete(grace)
      work()
    }, inMs)
    this.#graces.add(grace)
  }

  #giveUp(connection: Connection): void {
    for (const gone of this.lives.lost(connection)) {
      const { brokerName } = gone
      if (this.#hasSettled || (this.#isMaster(gone) && this.#hearsInSync(brokerName))) this.#check(brokerName)
    }
  }
  #isMaster({ brokerName, brokerId }: Heartbeat): boolean {
    return this.groups.find(brokerName)?.masterId === brokerId
  }

  /** Only where another can take its place: of all that are killed together the last one heard shall not become master. */
  async #giveUpRefused(connection: Connection): Promise<void> {
    const gone = this.lives.over(connection).filter((beat) => this.#isMaster(beat))
    if (gone.length === 0) return
    const others = gone.flatMap(({ brokerName, brokerId }) =>
      [...(this.groups.find(brokerName)?.syncStateSet ?? [])]
        .filter((id) => id !== brokerId)
        .map((id) => this.lives.get(brokerName, id)?.address),
    )
    const [refused, listening] = await Promise.all([
      Promise.all(gone.map(({ address }) => listensAt(address))),
      Promise.all(others.map((address) => address !== undefined && listensAt(address))),
    ])
    if (this.#isClosed) return
    if (refused.every((answer) => answer === false) && listening.includes(true)) this.#giveUp(connection)
  }

  registered(brokerName: string, brokerId: number): void {
    if (this.isLed(brokerName) && this.groups.find(brokerName)?.masterId !== brokerId) return
    const held = this.#returned.get(brokerName) ?? { ids: new Set(), sinceMs: this.options.clock() }
    this.#returned.set(brokerName, held)
    held.ids.add(brokerId)
  }

  isLed(brokerName: string): boolean {
    const masterId = this.groups.find(brokerName)?.masterId
    if (masterId === undefined || this.#returned.get(brokerName)?.ids.has(masterId) === true) return false
    return this.lives.get(brokerName, masterId) !== undefined
  }

  async elect(asked: Asked): Promise<Elected> {
    const election = { ...asked, ended: this.#returned.get(asked.brokerName)?.ids ?? new Set() }
    const before = this.groups.find(election.brokerName)?.masterId
    this.#mustHaveWaited(election)
    const elected = this.groups.elect(election)
    if (elected !== 'nobody') this.#returned.delete(election.brokerName)
    if (elected === 'same' || (elected === 'nobody' && before === undefined)) return elected
    const { brokerName } = election
    await this.saved()
    const group = this.groups.find(brokerName)
    const who =
      group?.masterId === undefined ? 'nobody' : `${group.masterId} (${this.#addressOf(brokerName, group.masterId)})`
    this.options.log(
      elected === 'nobody' ? 'error' : 'warn',
      `${brokerName}: ${who} is elected, epoch ${group?.masterEpoch}; the master before was ${before ?? 'nobody'}` +
        (elected === 'nobody' ? ': nobody of its in-sync set is alive' : ''),
    )
    if (elected === 'new' && this.options.settings.notifyBrokerRoleChanged) this.#notify(brokerName)
    return elected
  }

  /**
   * Who is alive and was not heard yet only because this controller started must lose nothing by it: a master its place; the
   * others in sync what they hold and a master whose process ended may have lost.
   */
  #mustHaveWaited(election: Election & Required<Pick<Election, 'ended'>>): void {
    const { brokerName, brokerId, ended } = election
    this.#mustHaveReturned(election)
    const group = this.groups.find(brokerName)
    const masterEnded = group?.masterId !== undefined && ended.has(group.masterId)
    if (this.#hasSettled || group?.masterId === undefined || (brokerId === undefined && !masterEnded)) return
    const { masterId, syncStateSet } = group
    const others = [...syncStateSet].filter((id) => id !== masterId)
    const awaited = masterEnded ? others : [masterId]
    if (awaited.length === 0 || awaited.some((id) => this.lives.get(brokerName, id) !== undefined)) return
    throw new ControllerError(
      ResponseCode.CONTROLLER_ELECT_MASTER_FAILED,
      `the controller has just started, and gives ${awaited.join(', ')} time to be heard: ask again`,
    )
  }

  /**
   * Who began anew may have lost its newest part with its power, or may hold less than another did from the start (without
   * allAckInSyncStateSet): the first that is back does not win, but the one whose log reaches furthest of all that come soon.
   */
  #mustHaveReturned({ brokerName, ended, designated = false }: Election & Required<Pick<Election, 'ended'>>): void {
    const group = this.groups.find(brokerName)
    const returned = this.#returned.get(brokerName)
    if (group === undefined || returned === undefined || designated) return
    const inSync = [...group.syncStateSet].map((id) => ({ id, life: this.lives.get(brokerName, id) }))
    if (inSync.some(({ id, life }) => life !== undefined && !ended.has(id))) return
    const awaited = inSync.filter(({ life }) => life === undefined || life.maxOffset < 0).map(({ id }) => id)
    if (awaited.length === 0 || this.options.clock() - returned.sinceMs >= RETURN_MS) return
    throw new ControllerError(
      ResponseCode.CONTROLLER_ELECT_MASTER_FAILED,
      `all that are in sync began anew: ${awaited.join(', ')} may hold more, and has time to say so: ask again`,
    )
  }

  get #hasSettled(): boolean {
    return this.options.clock() - this.#startedAtMs >= SETTLE_MS
  }

  #addressOf(brokerName: string, brokerId: number): string | undefined {
    return this.groups.find(brokerName)?.replicas.get(brokerId)?.address
  }

  #look(): void {
    for (const brokerName of this.#returned.keys()) if (this.isLed(brokerName)) this.#returned.delete(brokerName)
    if (!this.#hasSettled) return
    for (const { brokerName } of [...this.groups.all]) this.#check(brokerName)
  }

  #hearsInSync(brokerName: string): boolean {
    const { syncStateSet = [] } = this.groups.find(brokerName) ?? {}
    return [...syncStateSet].some((id) => this.lives.get(brokerName, id) !== undefined)
  }

  /** Elects when the master is gone and somebody is left. */
  #check(brokerName: string): void {
    const group = this.groups.find(brokerName)
    if (group?.masterId === undefined || this.lives.get(brokerName, group.masterId) !== undefined) return
    if (![...group.replicas.keys()].some((id) => this.lives.get(brokerName, id) !== undefined)) return
    this.elect({ brokerName }).catch((error: unknown) => {
      if (error instanceof ControllerError) this.options.log('debug', `${brokerName}: ${error.message}`)
      else this.options.log('error', `${brokerName}: the election could not be kept: ${error}`)
    })
  }

  /** Nobody waits for it: whoever does not hear it asks within seconds. */
  #notify(brokerName: string): void {
    const group = this.groups.find(brokerName)
    if (group?.masterId === undefined) return
    const { masterId, masterEpoch, syncStateSet, syncStateSetEpoch } = group
    const ext = writeHeader(roleChangedHeader, {
      masterAddress: this.#addressOf(brokerName, masterId),
      masterBrokerId: masterId,
      masterEpoch,
      syncStateSetEpoch,
    })
    const body = writeBody(syncStateSetBody, { syncStateSet: [...syncStateSet], syncStateSetEpoch }, 'standard')
    for (const [id, { address }] of group.replicas) {
      if (this.lives.get(brokerName, id) === undefined) continue
      this.options.dialer
        .oneway(address, RequestCode.NOTIFY_BROKER_ROLE_CHANGED, { ...ext }, body)
        .catch((error: unknown) => this.options.log('debug', `${address} was not told of the election: ${error}`))
    }
  }
}

/** False only when the machine at the address says that nobody does; undefined when it says nothing. */
async function listensAt(address: string): Promise<boolean | undefined> {
  try {
    const socket = await reach(address, PROBE_MS)
    socket.destroy()
    return true
  } catch (error) {
    const cause = error instanceof NetError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined // a socket throws it
    return cause?.code === 'ECONNREFUSED' ? false : undefined
  }
}
