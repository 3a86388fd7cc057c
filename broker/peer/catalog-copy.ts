// broker/peer/catalog-copy.ts: a slave's topics, groups, offsets, delay positions and filter scripts are its master's: asked for
// again and again, taken when they differ from what was taken last. Owns nothing but that: the tables belong to the catalog. One
// thing goes the other way: what groups committed here while the master was away.
import type { KeptScript } from '../catalog/filter-scripts'
import { splitOffsetTable } from '../catalog/offsets'
import type { GroupCatalog, OffsetCatalog, TopicCatalog } from '../catalog/types'
import type { Dialer } from '../net/types'
import {
  consumerOffsets,
  delayOffsets,
  readBody,
  subscriptionGroupWrapper,
  topicConfigWrapper,
} from '../protocol/bodies'
import { filterScriptList, haRuntimeInfo } from '../protocol/bodies-admin'
import { OwnRequestCode, RequestCode, ResponseCode } from '../protocol/codes'
import type { ExtFields } from '../protocol/command'
import { updateConsumerOffsetHeader, writeHeader } from '../protocol/headers'
import type { TimedMessages } from '../schedule/timer-types'
import type { DelayLevels } from '../schedule/types'
import { createOwnCommits, type OwnCommit, type OwnCommits } from './own-commits'
import { createTimerCopy } from './timer-copy'

export interface CatalogCopyOptions {
  readonly topics: TopicCatalog
  readonly groups: GroupCatalog
  readonly offsets: OffsetCatalog
  readonly delays: DelayLevels
  readonly timers: Pick<TimedMessages, 'doneElsewhere'>
  /** All before it is in this log. */
  readonly confirmOffset: () => number
  readonly dialer: Dialer
  /** How groups want to be served: pulls or pops. */
  readonly requestModes: { replaceAll(json: Buffer): void }
  readonly filterScripts: { replaceAll(scripts: readonly KeptScript[]): void }
  readonly periodMs: number
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void
}

export interface CatalogCopy {
  /** Where the master is asked from now on; its tables are taken at once. */
  masterAt(address: string): void
  /** Resolves with whether all tables are the master's now. */
  now(): Promise<boolean>
  stop(): Promise<void>
}
export const createCatalogCopy = (options: CatalogCopyOptions): CatalogCopy => new Copier(options)

const askMs = 5000

interface Table {
  readonly name: string
  readonly code: number
  /** A master may be set up without it. */
  readonly isOptional?: boolean
  readonly take: (body: Buffer, address: string) => void | Promise<void>
  /** Asked before each copy. True: what this broker has is taken anew although the master's answer is the same. */
  readonly hasMoved?: () => boolean
}

class Copier implements CatalogCopy {
  readonly #options: CatalogCopyOptions
  readonly #tables: readonly Table[]
  /** The answer that was taken last, by code: the same answer changes nothing. */
  readonly #taken = new Map<number, Buffer>()
  readonly #own: OwnCommits
  #timers = createTimerCopy()
  #address: string | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<boolean> | undefined
  #isFailing = false
  #isStopped = false

  constructor(options: CatalogCopyOptions) {
    this.#options = options
    const { topics, groups, offsets, delays, requestModes, filterScripts } = options
    this.#own = createOwnCommits(offsets)
    this.#tables = [
      {
        name: 'topics',
        code: RequestCode.GET_ALL_TOPIC_CONFIG,
        take: (body) => {
          const copied = readBody(topicConfigWrapper, body)
          topics.replaceAll(copied.topicConfigTable.values(), copied.dataVersion)
          topics.mappings.replaceAll(
            copied.topicQueueMappingDetailMap ?? new Map(),
            copied.mappingDataVersion ?? copied.dataVersion,
          )
        },
      },
      {
        name: 'groups',
        code: RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG,
        take: (body) => {
          const { subscriptionGroupTable, forbiddenTable, dataVersion } = readBody(subscriptionGroupWrapper, body)
          copyForbidden(groups, forbiddenTable)
          groups.replaceAll(subscriptionGroupTable.values(), dataVersion)
        },
      },
      {
        name: 'offsets',
        code: RequestCode.GET_ALL_CONSUMER_OFFSET,
        hasMoved: () => this.#own.any,
        take: (body, address) => this.#takeOffsets(body, address),
      },
      {
        name: 'delay positions',
        code: RequestCode.GET_ALL_DELAY_OFFSET,
        take: (body) => delays.replaceAll(readBody(delayOffsets, body).offsetTable),
      },
      {
        name: 'request modes',
        code: RequestCode.GET_ALL_MESSAGE_REQUEST_MODE,
        take: (body) => requestModes.replaceAll(body),
      },
      {
        name: 'timer checkpoint',
        code: RequestCode.GET_TIMER_CHECK_POINT,
        isOptional: true,
        hasMoved: () => true, // the master's log has
        take: (body, address) => this.#takeTimers(body, address),
      },
      {
        name: 'filter scripts', // ours alone
        code: OwnRequestCode.GET_FILTER_SCRIPTS,
        isOptional: true,
        hasMoved: () => true, // they can be put here as well
        take: (body) => filterScripts.replaceAll(readBody(filterScriptList, body).scripts),
      },
    ]
  }

  masterAt(address: string): void {
    if (address === this.#address || this.#isStopped) return
    this.#address = address
    this.#taken.clear()
    this.#timers = createTimerCopy()
    this.#again(0)
  }

  now(): Promise<boolean> {
    this.#running ??= this.#copyAll().finally(() => {
      this.#running = undefined
      this.#again(this.#options.periodMs)
    })
    return this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #again(inMs: number): void {
    clearTimeout(this.#timer)
    if (this.#isStopped || this.#address === undefined) return
    this.#timer = setTimeout(() => void this.now(), inMs)
    this.#timer.unref()
  }

  async #copyAll(): Promise<boolean> {
    const address = this.#address
    if (address === undefined) return false
    let whole = true
    const sure = this.#timers.reached(this.#options.confirmOffset())
    if (sure !== undefined) this.#options.timers.doneElsewhere(sure)
    for (const table of this.#tables) {
      if (this.#isStopped || address !== this.#address) return false
      try {
        await this.#copy(address, table)
      } catch (error) {
        whole = false
        // once when it begins: a master that is down for a day is no news every few seconds
        if (!this.#isFailing) {
          const why = error instanceof Error ? error.message : String(error)
          this.#options.log('warn', `the ${table.name} of the master at ${address} cannot be copied: ${why}`)
        }
        this.#isFailing = true
        break // what is asked next would not be answered either
      }
    }
    if (whole && this.#isFailing) this.#options.log('info', `the tables of the master at ${address} are copied again`)
    if (whole) this.#isFailing = false
    return whole
  }

  async #copy(address: string, { code, isOptional, take, hasMoved }: Table): Promise<void> {
    const reply = await this.#ask(address, code)
    if (reply.code === ResponseCode.REQUEST_CODE_NOT_SUPPORTED) return // it has no such table
    if (reply.code !== ResponseCode.SUCCESS && isOptional) return
    if (reply.code !== ResponseCode.SUCCESS) throw new Error(`code ${reply.code} ${reply.remark ?? ''}`)
    const isSame = this.#taken.get(code)?.equals(reply.body) ?? false
    if (reply.body.length === 0 || (isSame && !hasMoved?.())) return
    await take(reply.body, address)
    this.#taken.set(code, Buffer.from(reply.body))
  }

  #ask(address: string, code: number, ext: ExtFields = {}) {
    return this.#options.dialer.request(address, code, ext, undefined, askMs)
  }

  /** The master hears first what was committed here; what it will not have (its group is gone) is dropped. */
  async #takeOffsets(body: Buffer, address: string): Promise<void> {
    const { offsets, log } = this.#options
    const { offsetTable } = readBody(consumerOffsets, body)
    const returned: OwnCommit[] = []
    for (const commit of this.#own.aheadOf(offsetTable)) {
      const { group: consumerGroup, topic, queueId, queueOffset: commitOffset } = commit
      const ext = writeHeader(updateConsumerOffsetHeader, { consumerGroup, topic, queueId, commitOffset })
      const { code } = await this.#ask(address, RequestCode.UPDATE_CONSUMER_OFFSET, ext)
      if (code === ResponseCode.SUCCESS) returned.push(commit)
    }
    offsets.replaceAll(splitOffsetTable(offsetTable))
    for (const { group, topic, queueId, queueOffset } of returned) offsets.commit(group, topic, queueId, queueOffset)
    this.#own.settled()
    if (returned.length > 0)
      log('info', `the master at ${address} has ${returned.length} offsets that were committed here`)
  }

  async #takeTimers(checkpoint: Buffer, address: string): Promise<void> {
    const reply = await this.#ask(address, RequestCode.GET_BROKER_HA_STATUS)
    if (reply.code !== ResponseCode.SUCCESS) return
    this.#timers.said(checkpoint, readBody(haRuntimeInfo, reply.body).masterCommitLogMaxOffset)
  }
}

const readBit = 1 << 2

/** The bits move a table's version, so they are copied before the version is. */
function copyForbidden(
  groups: GroupCatalog,
  theirs: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined,
): void {
  for (const [group, topics] of [...groups.forbidden]) {
    for (const topic of topics.keys()) {
      if (((theirs?.get(group)?.get(topic) ?? 0) & readBit) === 0) groups.setForbidden(group, topic, false)
    }
  }
  for (const [group, topics] of theirs ?? []) {
    for (const [topic, bits] of topics) if ((bits & readBit) !== 0) groups.setForbidden(group, topic, true)
  }
}
