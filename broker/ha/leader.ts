// broker/ha/leader.ts: a master's side of replication: takes slaves on the HA port, sends them the log, and tells who waits
// for copies when enough slaves have confirmed. Owner of the connections; the log is the store's.
import { type ByteStream, listenStreams } from '../net/stream'
import type { Admits } from '../net/types'
import type { Durability, MessageStore, PutStatus } from '../store/types'
import { createWaiters } from '../store/waiters'
import { plainMaster, switchMaster } from './dialects'
import type { Epochs } from './epochs'
import type { Candidate, InSync } from './in-sync'
import { SlaveLink } from './slave-link'
import type { HaLog, Replication, ReplicationSettings, SlaveRow } from './types'

export interface LeaderOptions {
  host: string
  port: number
  store: MessageStore
  settings: ReplicationSettings
  clock: () => number
  log: HaLog
  /** Which peers may connect; absent: whoever reaches the port. */
  admits?: Admits | undefined
  /** Under a controller: what was written under whom, and who holds all of it. */
  controlled?: Elected
}
export interface Elected {
  readonly epochs: Epochs
  readonly inSync: InSync
}
export interface Leader extends Replication, Durability {
  readonly port: number
  /** What everybody holds who could be elected may be more now. */
  copiesMoved(): void
  /** Nobody waits for copies any more; what was sent still leaves. */
  close(): Promise<void>
}

/** Begins to listen. Throws a NetError 'port-in-use'. */
export async function openLeader(options: LeaderOptions): Promise<Leader> {
  const leader = new Master(options)
  await leader.open()
  return leader
}

const pulseMs = 250
/** That puts wait in vain is said so often at most. */
const complainEveryMs = 60_000

class Master implements Leader {
  readonly #options: LeaderOptions
  readonly #links = new Set<SlaveLink>()
  readonly #waiters = createWaiters()
  readonly #ends: (() => unknown)[] = []
  #deadline: NodeJS.Timeout | undefined
  #isClosed = false
  #complainedAtMs = Number.NEGATIVE_INFINITY
  #few: string | undefined
  port = 0
  readonly copy = undefined

  constructor(options: LeaderOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    const { host, port, store, settings, clock, log, controlled, admits } = this.#options
    const accept = (stream: ByteStream): SlaveLink => {
      const side = controlled === undefined ? plainMaster() : switchMaster(controlled.epochs)
      const link = new SlaveLink({ stream, store, settings, clock, log, side, moved: this.#moved })
      this.#links.add(link)
      if (this.#isClosed) link.close('this broker stops')
      return link
    }
    const listener = await listenStreams(host, port, accept, admits)
    this.port = listener.port
    const pulse = setInterval(() => {
      for (const link of this.#links) link.checkPulse()
      this.#look()
    }, pulseMs)
    pulse.unref()
    const ended = store.ledger.onConfirmed(() => {
      for (const link of this.#links) link.push()
      if (this.#options.controlled !== undefined && this.#links.size === 0) this.copiesMoved()
    })
    this.#ends.push(
      () => clearInterval(pulse),
      ended,
      () => listener.close(),
    )
  }

  get slaves(): readonly SlaveRow[] {
    const rows = [...this.#links].map((link) => link.row)
    const inSync = this.#options.controlled?.inSync
    if (inSync === undefined) return rows
    return rows.map((row) => ({ ...row, isInSync: row.brokerId !== undefined && inSync.has(row.brokerId) }))
  }

  follow(): void {}

  get waits(): boolean {
    const { brokerRole, inSyncReplicas, allAckInSyncStateSet } = this.#options.settings
    const all = this.#options.controlled !== undefined && allAckInSyncStateSet
    return brokerRole === 'SYNC_MASTER' && (all || inSyncReplicas > 1) && !this.#isClosed
  }

  /** By the set that holds now: who is being taken in does not count yet, who is being put out still does. */
  get tooFew(): string | undefined {
    const { controlled, settings } = this.#options
    if (controlled === undefined || this.#isClosed) return undefined
    const { size } = controlled.inSync
    const { minInSyncReplicas } = settings
    return size < minInSyncReplicas
      ? `in-sync replicas not enough: ${size}, and minInSyncReplicas=${minInSyncReplicas}`
      : undefined
  }

  /** Consumers see what everybody holds who could be elected: else an offset could be ahead of the next master's log. */
  get heldByAll(): number {
    const { controlled, store } = this.#options
    if (controlled === undefined || this.#isClosed) return Number.POSITIVE_INFINITY
    return controlled.inSync.heldByAll(store.commitLog.confirmOffset, this.#candidates)
  }

  copiesMoved(): void {
    this.#options.store.ledger.copiesMoved()
    this.#settle()
  }

  get #candidates(): Candidate[] {
    return [...this.#links].flatMap(({ brokerId, confirmedTo, isLearner, row }) =>
      brokerId === undefined ? [] : [{ brokerId, confirmedTo, isLearner, behindMs: row.behindMs }],
    )
  }

  #look(): void {
    const { controlled, store } = this.#options
    if (controlled === undefined || this.#isClosed) return
    this.#tellFew()
    const start = controlled.epochs.last?.startOffset ?? 0
    controlled.inSync.look(store.commitLog.confirmOffset, start, this.#candidates)
  }

  /** Once when it begins, and when it is over. */
  #tellFew(): void {
    const few = this.tooFew
    if ((few === undefined) === (this.#few === undefined)) return
    this.#few = few
    const { log } = this.#options
    if (few === undefined) log('info', 'enough are in sync: messages are taken')
    else log('warn', `${few}: sends are refused with SYSTEM_ERROR until more are`)
  }

  whenCopied(upTo: number, done: (status: PutStatus) => void): void {
    this.#waiters.add(upTo, this.#options.clock() + this.#options.settings.slaveTimeout, done)
    this.#armDeadline()
    this.#settle()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const link of this.#links) {
      link.push()
      link.close('this broker stops')
    }
    clearTimeout(this.#deadline)
    this.#waiters.expire(Number.POSITIVE_INFINITY, 'flush-slave-timeout')
    await Promise.all(this.#ends.splice(0).map((end) => end()))
    if (this.#options.controlled !== undefined) this.#options.store.ledger.copiesMoved()
  }

  readonly #moved = (link: SlaveLink): void => {
    if (link.isGone) this.#links.delete(link)
    if (this.#options.controlled === undefined) {
      this.#settle()
      return
    }
    this.#look()
    this.copiesMoved()
  }

  /** This broker's own copy counts as one. */
  #settle(): void {
    // taken while there were enough: with fewer it is not acknowledged
    if (this.#waiters.size === 0 || this.tooFew !== undefined) return
    const { controlled, settings } = this.#options
    if (controlled !== undefined && settings.allAckInSyncStateSet) {
      this.#waiters.settle(this.heldByAll)
      return
    }
    const others = settings.inSyncReplicas - 1
    const confirmed = [...this.#links].map((link) => link.confirmedTo).sort((a, b) => b - a)
    this.#waiters.settle(others <= 0 ? Number.POSITIVE_INFINITY : (confirmed[others - 1] ?? -1))
  }

  #complain(): void {
    const { clock, log, settings } = this.#options
    if (clock() - this.#complainedAtMs < complainEveryMs) return
    this.#complainedAtMs = clock()
    const others = this.slaves.map(({ address, behindBytes }) => `${address} lacks ${behindBytes} bytes`)
    const wanted = settings.allAckInSyncStateSet ? 'allAckInSyncStateSet' : `inSyncReplicas=${settings.inSyncReplicas}`
    log(
      'warn',
      `puts are stored here and end with FLUSH_SLAVE_TIMEOUT: ${wanted}, and ${others.join(', ') || 'no slave is connected'}`,
    )
  }

  /** One timer, for the first of those that wait. */
  #armDeadline(): void {
    const next = this.#waiters.nextDeadlineMs
    if (this.#deadline !== undefined || next === undefined) return
    this.#deadline = setTimeout(
      () => {
        this.#deadline = undefined
        if ((this.#waiters.nextDeadlineMs ?? Number.POSITIVE_INFINITY) <= this.#options.clock()) this.#complain()
        this.#waiters.expire(this.#options.clock(), 'flush-slave-timeout')
        this.#armDeadline()
      },
      Math.max(1, next - this.#options.clock()),
    )
    this.#deadline.unref()
  }
}
