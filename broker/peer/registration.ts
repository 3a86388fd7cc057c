// broker/peer/registration.ts: keeps the name servers' picture of this broker right: all of it at the start, every 30 s
// and after a lost connection, what changed at once, and a farewell at the end. Each name server has its own queue, so
// that one which does not answer holds up no other. Reads the topics; owns nothing but what is still to be told.
import type { TopicCatalog, TopicConfig } from '../catalog/types'
import type { Dialer } from '../net/types'
import { kvTable, type RegisterBrokerBody, readBody, registerBrokerBody, writeBody } from '../protocol/bodies'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { crc32Positive } from '../protocol/crc32'
import { readHeader, writeHeader } from '../protocol/header-table'
import { registerBrokerHeader, registerBrokerReply, unregisterBrokerHeader } from '../protocol/headers-namesrv'
import { mappingInfoOf } from '../protocol/static-topic'

export interface RegistrationOptions {
  readonly clusterName: string
  readonly brokerName: string
  readonly brokerId: number
  /** brokerIP1:listenPort */
  readonly address: string
  /** brokerIP2:haListenPort */
  readonly haAddress: string
  readonly topics: TopicCatalog
  readonly dialer: Dialer
  /** `a:1;b:2`, read anew at every round. */
  readonly namesrvAddr: () => string
  /** Masks what is registered when it lacks read or write. */
  readonly brokerPermission: () => number
  /** Its slave takes its place in routes while it is away (enableSlaveActingMaster). No unless given. */
  readonly actsAsMaster?: () => boolean
  /** Then a name server takes it for gone after so long without a heartbeat. */
  readonly notActiveMs?: () => number
  readonly periodMs: () => number
  readonly requestTimeoutMs: () => number
  /** A name server says where the master of this broker's name is; not told to the master itself. */
  readonly onMaster?: (master: { masterAddress: string; haAddress: string }) => void
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}

export interface Registration {
  /** Tells all to every name server, again and again. Resolves, with how many took it, once each answered or failed. */
  start(): Promise<number>
  /** Resolves when every name server was told, or did not answer in time. */
  topicsChanged(topics: readonly string[]): Promise<void>
  /** Tells all anew, e.g. after the list of name servers or the broker's permission changed. */
  again(): Promise<number>
  /** The dialer lost its connection: a name server forgets a broker whose connection ends. */
  connectionLost(address: string): void
  /** Takes leave of every name server. */
  stop(): Promise<void>
}

export const createRegistration = (options: RegistrationOptions): Registration => new NamesrvRegistration(options)

/** Who waits for a changed topic (a client's first send) waits so long for a name server that does not answer. */
const CHANGE_WAIT_MS = 2000
const FAREWELL_MS = 3000
const RETRY_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000]

class NamesrvRegistration implements Registration {
  readonly #options: RegistrationOptions
  readonly #servers = new Map<string, NameServer>()
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: RegistrationOptions) {
    this.#options = options
  }

  start(): Promise<number> {
    this.#schedule()
    return this.again()
  }

  async again(): Promise<number> {
    await this.#followList()
    const told = await Promise.all([...this.#servers.values()].map((server) => server.tell('all')))
    return told.filter(Boolean).length
  }

  async topicsChanged(topics: readonly string[]): Promise<void> {
    // A name server learns that a topic vanished only by the whole list.
    const what = topics.every((topic) => this.#options.topics.get(topic)) ? topics : 'all'
    const told = Promise.all([...this.#servers.values()].map((server) => server.tell(what)))
    await within(CHANGE_WAIT_MS, told)
  }

  connectionLost(address: string): void {
    if (!this.#stopped) this.#servers.get(address)?.tellAgainSoon()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await Promise.all([...this.#servers.values()].map((server) => server.leave()))
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      if (this.#stopped) return
      void this.again()
      this.#schedule()
    }, this.#options.periodMs())
  }

  /** Name servers may be added and removed while the broker runs. */
  async #followList(): Promise<void> {
    if (this.#stopped) return
    const wanted = new Set(addressesOf(this.#options.namesrvAddr()))
    const left = [...this.#servers].filter(([address]) => !wanted.has(address))
    for (const [address] of left) this.#servers.delete(address)
    for (const address of wanted) {
      if (!this.#servers.has(address)) this.#servers.set(address, new NameServer(address, this.#options))
    }
    await Promise.all(left.map(([, server]) => server.leave()))
  }
}

export const addressesOf = (list: string): string[] =>
  list
    .split(';')
    .map((address) => address.trim())
    .filter((address) => address !== '')

type What = 'all' | readonly string[]

/** One name server and what it has still to be told. One request is under way at a time; what comes meanwhile is joined. */
class NameServer {
  readonly #address: string
  readonly #options: RegistrationOptions
  #waiting: { all: boolean; topics: Set<string>; tell: (told: boolean) => void; told: Promise<boolean> } | undefined
  #running: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #left = false

  constructor(address: string, options: RegistrationOptions) {
    this.#address = address
    this.#options = options
  }

  /** Resolves with whether it took it. */
  tell(what: What): Promise<boolean> {
    if (this.#left) return Promise.resolve(false)
    this.#waiting ??= newWaiting()
    const waiting = this.#waiting
    if (what === 'all') waiting.all = true
    else for (const topic of what) waiting.topics.add(topic)
    this.#running ??= this.#run()
    return waiting.told
  }

  tellAgainSoon(): void {
    if (this.#left || this.#retry) return
    const waitMs = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.tell('all')
    }, waitMs)
  }

  async leave(): Promise<void> {
    if (this.#left) return
    this.#left = true
    clearTimeout(this.#retry)
    await within(FAREWELL_MS, this.#farewell())
  }

  async #farewell(): Promise<void> {
    await this.#running // else a registration could arrive after the farewell
    try {
      const { clusterName, brokerName, brokerId, address } = this.#options
      const ext = writeHeader(unregisterBrokerHeader, { brokerName, brokerAddr: address, clusterName, brokerId })
      await this.#ask(RequestCode.UNREGISTER_BROKER, ext, undefined, FAREWELL_MS)
    } catch (error) {
      this.#options.log('info', `name server ${this.#address} did not hear the farewell: ${textOf(error)}`)
    }
  }

  async #run(): Promise<void> {
    await Promise.resolve() // changes of the same turn go together
    while (this.#waiting && !this.#left) {
      const waiting = this.#waiting
      this.#waiting = undefined
      waiting.tell(await this.#register(waiting.all ? 'all' : [...waiting.topics]))
    }
    this.#waiting?.tell(false)
    this.#waiting = undefined
    this.#running = undefined
  }

  async #register(what: What): Promise<boolean> {
    // numbers as names in quotes: Apache's name servers read no others
    const body = writeBody(registerBrokerBody, this.#body(what), 'standard')
    try {
      const timeoutMs = this.#options.requestTimeoutMs()
      const reply = await this.#ask(RequestCode.REGISTER_BROKER, this.#header(body), body, timeoutMs)
      this.#takeOrderTopics(reply.body)
      this.#takeMaster(reply.ext)
      if (this.#failures > 0) this.#options.log('info', `registered with name server ${this.#address} again`)
      this.#failures = 0
      return true
    } catch (error) {
      this.#failures += 1
      // Once when it begins, then rarely: a name server that is down for a day is no news every ten seconds.
      if (this.#failures === 1 || this.#failures % 60 === 0) {
        this.#options.log('warn', `cannot register with name server ${this.#address}: ${textOf(error)}`)
      }
      this.tellAgainSoon()
      return false
    }
  }

  async #ask(code: number, ext: ExtFields, body: Buffer | undefined, timeoutMs: number): Promise<Command> {
    const reply = await this.#options.dialer.request(this.#address, code, ext, body, timeoutMs)
    if (reply.code !== ResponseCode.SUCCESS) throw new Error(`code ${reply.code} ${reply.remark ?? ''}`)
    return reply
  }

  #header(body: Buffer): ExtFields {
    const { clusterName, brokerName, brokerId, address, haAddress, actsAsMaster, notActiveMs } = this.#options
    const acts = actsAsMaster?.() ?? false
    return writeHeader(registerBrokerHeader, {
      brokerName,
      brokerAddr: address,
      clusterName,
      haServerAddr: haAddress,
      brokerId,
      enableActingMaster: acts,
      ...(acts ? { heartbeatTimeoutMillis: notActiveMs?.() } : {}),
      compressed: false,
      bodyCrc32: crc32Positive(body),
    })
  }

  #body(what: What): RegisterBrokerBody {
    const { topics } = this.#options
    const configs = what === 'all' ? [...topics.all()] : what.flatMap((topic) => topics.get(topic) ?? [])
    return {
      filterServerList: [],
      topicConfigSerializeWrapper: {
        dataVersion: topics.version,
        mappingDataVersion: topics.mappings.version,
        topicConfigTable: new Map(configs.map((config) => [config.topicName, this.#masked(config)])),
        topicQueueMappingInfoMap: new Map(
          configs.flatMap(({ topicName }) => {
            const detail = topics.mappings.get(topicName)
            return detail === undefined ? [] : [[topicName, mappingInfoOf(detail)] as const]
          }),
        ),
      },
    }
  }

  #masked(config: TopicConfig): TopicConfig {
    const permission = this.#options.brokerPermission()
    return (permission & READ_AND_WRITE) === READ_AND_WRITE ? config : { ...config, perm: config.perm & permission }
  }

  #takeMaster(ext: ExtFields): void {
    const { onMaster, address } = this.#options
    const { masterAddr, haServerAddr } = readHeader(registerBrokerReply, ext)
    if (!masterAddr || !haServerAddr || masterAddr === address) return
    onMaster?.({ masterAddress: masterAddr, haAddress: haServerAddr })
  }

  /** The name server knows which topics are consumed in order; it only ever switches that on. */
  #takeOrderTopics(body: Buffer): void {
    if (body.length === 0) return
    const { table } = readBody(kvTable, body)
    const { topics } = this.#options
    topics.putAll(
      [...table.keys()].flatMap((name) => {
        const config = topics.get(name)
        return config && !config.order ? [{ ...config, order: true }] : []
      }),
    )
  }
}

const READ_AND_WRITE = 4 | 2

const newWaiting = () => {
  let tell: (told: boolean) => void = () => {}
  const told = new Promise<boolean>((resolve) => {
    tell = resolve
  })
  return { all: false, topics: new Set<string>(), tell, told }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Waits for the work, but not longer. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
