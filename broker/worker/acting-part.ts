// broker/worker/acting-part.ts: joins what a slave needs to act as master while its own is away (enableSlaveActingMaster), and
// what that master needs when it is back. Without the setting a slave has the read-only store and nothing else of this.
import type { OffsetCatalog, TopicCatalog } from '../catalog/types'
import type { BrokerValues } from '../config/broker-config'
import type { Replication } from '../ha/types'
import { openDialer } from '../net/dial'
import type { Dialer } from '../net/types'
import { type Acting, createActing, type GroupOptions, startHeartbeats } from '../peer/acting'
import { createRemotePuts, type RemotePuts } from '../peer/escape'
import type { RouteLookup } from '../peer/route-lookup'
import { takeBack } from '../peer/take-back'
import type { Pop } from '../pop/types'
import type { BrokerIdentity } from '../processor/context'
import { reviveTopicOf } from '../protocol/pop'
import { type Escaped, escaped } from '../schedule/escaped'
import { escapePrepared } from '../schedule/prepared-escape'
import { type EscapeStore, openEscapeStore, openReadOnlyStore } from '../schedule/slave-store'
import type { TimedMessages } from '../schedule/timer-types'
import type { DelayLevels } from '../schedule/types'
import type { MessageStore, NewMessage } from '../store/types'
import type { PartLog } from './part-thread'

/** The store as a broker's parts are to see it. */
export interface Sights {
  /** For requests: a slave's takes nothing. */
  readonly served: MessageStore
  /** For what is due: a slave's lets it escape, while it acts. Apart: what nobody takes of one holds up nothing of another. */
  readonly delayed: MessageStore
  readonly timed: MessageStore
  /** For popped messages that come again. */
  readonly revived: MessageStore
  readonly escapes: readonly EscapeStore[]
}
export function sightsOf(store: MessageStore, isSlave: boolean, clock: () => number): Sights {
  if (!isSlave) return { served: store, delayed: store, timed: store, revived: store, escapes: [] }
  const delayed = openEscapeStore(store, clock)
  const timed = openEscapeStore(store, clock)
  const revived = openEscapeStore(store, clock)
  return { served: openReadOnlyStore(store), delayed, timed, revived, escapes: [delayed, timed, revived] }
}

export interface ActingPartOptions {
  readonly identity: BrokerIdentity
  readonly values: BrokerValues
  readonly namesrvAddr: () => string
  readonly dialer: Dialer
  readonly routes: RouteLookup
  readonly store: MessageStore
  readonly sights: Sights
  readonly topics: TopicCatalog
  readonly offsets: OffsetCatalog
  readonly delays: DelayLevels
  readonly timers: TimedMessages
  readonly pop: Pop
  readonly ha: Replication
  readonly clock: () => number
  readonly log: PartLog
}
export interface ActingPart {
  readonly isActing: boolean
  /** Somebody under this name came or went. */
  look(): void
  masterComes(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export function createActingPart(options: ActingPartOptions): ActingPart {
  const { identity, values, namesrvAddr, dialer, ha, clock, log } = options
  const group: GroupOptions = { ...identity, dialer, namesrvAddr, settings: values }
  const isSlave = values.brokerRole === 'SLAVE'
  let heartbeats: { stop(): void } | undefined
  const duty = new Duty(options)
  const acting: Acting | undefined = isSlave
    ? createActing({
        ...group,
        isCopying: () => ha.copy?.isConnected ?? false,
        begin: async () => duty.begin(),
        end: () => duty.end(),
        clock,
        log,
      })
    : undefined
  return {
    get isActing() {
      return acting?.isActing ?? false
    },
    look: () => void acting?.look(),
    masterComes: async () => acting?.masterComes(),
    start() {
      heartbeats = startHeartbeats(group)
      acting?.start()
    },
    async stop() {
      heartbeats?.stop()
      await acting?.stop()
    },
  }
}

/** What is due while there is no master: delay levels, timed messages, popped ones that come again, transactions. */
class Duty {
  readonly #options: ActingPartOptions
  #puts: RemotePuts | undefined

  constructor(options: ActingPartOptions) {
    this.#options = options
  }

  begin(): void {
    const { values, identity, dialer, routes, topics, sights, delays, timers, pop, log } = this.#options
    // as in Apache, what is due only waits without it: nothing is put at another broker that was not asked for
    if (!values.enableRemoteEscape) {
      log('warn', 'enableRemoteEscape is off: what is due (delays, timed, transactions) waits for the master')
      return
    }
    const queuesOf = (topic: string) => topics.get(topic)?.writeQueueNums ?? values.defaultTopicQueueNums
    const puts = createRemotePuts({ ...identity, dialer, routes, queuesOf, log })
    this.#puts = puts
    const reviveTopic = reviveTopicOf(identity.clusterName)
    const letEscape = async (message: NewMessage): Promise<void> => {
      if (message.topic === reviveTopic) return pop.arrived(message)
      const other = escaped(message, timers.precisionMs)
      if (other !== undefined) return puts.put(other)
      log('warn', `a recall of a message of ${message.topic} means nothing at another broker: it is dropped`)
    }
    for (const store of sights.escapes) store.begin(letEscape)
    delays.start()
    if (values.timerWheelEnable) {
      timers.start()
      pop.start()
    }
    void this.#prepared((message) => puts.put(message))
  }

  async #prepared(put: (message: Escaped) => Promise<void>): Promise<void> {
    const { sights, identity, offsets, clock, log } = this.#options
    try {
      const count = await escapePrepared({
        store: sights.served,
        storeHost: identity.storeHost,
        offsets,
        put,
        clock,
        log,
      })
      if (count > 0) log('info', `${count} prepared messages went to another master, which asks their producers`)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      log('info', `prepared messages stay for the master: ${why}`)
    }
  }

  /** What is under way arrives or fails, then all is noted. */
  async end(): Promise<void> {
    const puts = this.#puts
    if (puts === undefined) return
    this.#puts = undefined
    const { sights, delays, timers, pop, values } = this.#options
    await puts.stop()
    for (const store of sights.escapes) store.end()
    await delays.pause()
    if (values.timerWheelEnable) {
      await timers.pause()
      await pop.pause()
    }
  }
}

export interface ReturnOptions {
  readonly identity: BrokerIdentity
  readonly values: BrokerValues
  readonly store: MessageStore
  readonly offsets: OffsetCatalog
  readonly delays: DelayLevels
  readonly timers: TimedMessages
  /** Speaks TLS and signs as this broker does. */
  readonly dialing: Parameters<typeof openDialer>[0]
  readonly log: PartLog
}

/** Before a master delivers anything: what its slaves did in its place. */
export async function takeBackFromSlaves(options: ReturnOptions): Promise<void> {
  const { identity, values, store, dialing } = options
  if (!values.enableSlaveActingMaster || values.skipPreOnline || values.brokerRole === 'SLAVE') return
  const dialer = openDialer(dialing)
  try {
    await takeBack({
      ...options,
      ...identity,
      dialer,
      namesrvAddr: () => values.namesrvAddr ?? '',
      settings: values,
      maxOffset: (topic, queueId) => store.maxOffset(topic, queueId),
    })
  } finally {
    dialer.close()
  }
}
