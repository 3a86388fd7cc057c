// broker/catalog/groups.ts: every consumer group of this broker and config/subscriptionGroup.json. Owner: the broker's
// thread. A group appears when it is first asked for, if the broker may create it.
import { join } from 'node:path'
import { subscriptionGroupConfig, subscriptionGroupWrapper, writeBodyText } from '../protocol/bodies'
import { groupNameFault, isSystemGroup, SystemGroup } from '../protocol/names'
import { firstVersion, nextVersion } from './data-version'
import { openTableFile, readTable, type TableFile } from './table-file'
import type { DataVersion, GroupCatalog, GroupConfig } from './types'

export interface GroupsOptions {
  /** config/ of the store root. */
  configDir: string
  /** Asked at each unknown group: it may change while the broker runs. */
  mayCreate: () => boolean
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

export const newGroup = (groupName: string): GroupConfig => ({
  attributes: new Map(),
  brokerId: 0,
  consumeBroadcastEnable: true,
  consumeEnable: true,
  consumeFromMinEnable: true,
  consumeMessageOrderly: false,
  consumeTimeoutMinute: 15,
  groupName,
  groupRetryPolicy: { type: 'CUSTOMIZED' },
  groupSysFlag: 0,
  notifyConsumerIdsChangedEnable: true,
  retryMaxTimes: 16,
  retryQueueNums: 1,
  whichBrokerWhenConsumeSlowly: 1,
})

/** Reads subscriptionGroup.json and adds the built-in groups it lacks. */
export async function openGroups(options: GroupsOptions): Promise<GroupCatalog> {
  const path = join(options.configDir, 'subscriptionGroup.json')
  const read = await readTable(path, subscriptionGroupWrapper)
  const table = new Map<string, GroupConfig>(read?.subscriptionGroupTable ?? [])
  for (const name of Object.values(SystemGroup)) if (!table.has(name)) table.set(name, newGroup(name))
  const version = read?.dataVersion ?? firstVersion(options.clock())
  return new Groups(options, path, table, read?.forbiddenTable ?? new Map(), version)
}

type ForbiddenTable = Map<string, Map<string, number>>
/** The only bit of the forbidden table that has a meaning. */
const readBit = 1 << 2

class Groups implements GroupCatalog {
  readonly #options: GroupsOptions
  readonly #file: TableFile
  readonly #forbidden: ForbiddenTable
  #table: Map<string, GroupConfig>
  #version: DataVersion

  constructor(
    options: GroupsOptions,
    path: string,
    table: Map<string, GroupConfig>,
    forbidden: ForbiddenTable,
    version: DataVersion,
  ) {
    this.#options = options
    this.#table = table
    this.#forbidden = forbidden
    this.#version = version
    this.#file = openTableFile({ path, render: () => this.toJson(), log: options.log })
    this.#file.changed()
  }

  get size(): number {
    return this.#table.size
  }
  get version(): DataVersion {
    return this.#version
  }
  get forbidden(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#forbidden
  }
  peek(group: string): GroupConfig | undefined {
    return this.#table.get(group)
  }

  get(group: string): GroupConfig | undefined {
    const held = this.#table.get(group)
    if (held !== undefined) return held
    if (!(this.#options.mayCreate() || this.isSystem(group)) || groupNameFault(group) !== null) return undefined
    const created = newGroup(group)
    this.put(created)
    this.#options.log('info', `group ${group} created on demand`)
    return created
  }

  all(): Iterable<GroupConfig> {
    return this.#table.values()
  }
  isSystem(group: string): boolean {
    return isSystemGroup(group)
  }

  put(config: GroupConfig): boolean {
    if (isSame(this.#table.get(config.groupName), config)) return false
    this.#table.set(config.groupName, config)
    this.#moved()
    return true
  }

  remove(group: string): GroupConfig | undefined {
    const removed = this.#table.get(group)
    const hadBits = this.#forbidden.delete(group)
    if (removed === undefined && !hadBits) return undefined
    this.#table.delete(group)
    this.#moved()
    return removed
  }

  replaceAll(configs: Iterable<GroupConfig>, version: DataVersion): void {
    const table = new Map<string, GroupConfig>()
    for (const config of configs) table.set(config.groupName, config)
    this.#table = table
    this.#version = version
    this.#file.changed()
  }

  isForbidden(group: string, topic: string): boolean {
    return ((this.#forbidden.get(group)?.get(topic) ?? 0) & readBit) !== 0
  }

  setForbidden(group: string, topic: string, forbidden: boolean): void {
    const topics = this.#forbidden.get(group) ?? new Map<string, number>()
    const before = topics.get(topic) ?? 0
    const after = forbidden ? before | readBit : before & ~readBit
    if (after === before) return
    if (after === 0) topics.delete(topic)
    else topics.set(topic, after)
    if (topics.size === 0) this.#forbidden.delete(group)
    else this.#forbidden.set(group, topics)
    this.#moved()
  }

  saved(): Promise<void> {
    return this.#file.saved()
  }
  close(): Promise<void> {
    return this.#file.close()
  }

  toJson(): string {
    return writeBodyText(subscriptionGroupWrapper, {
      dataVersion: this.#version,
      forbiddenTable: this.#forbidden,
      subscriptionGroupTable: this.#table,
    })
  }

  #moved(): void {
    this.#version = nextVersion(this.#version, this.#options.clock())
    this.#file.changed()
  }
}

const isSame = (held: GroupConfig | undefined, next: GroupConfig): boolean =>
  held !== undefined && writeBodyText(subscriptionGroupConfig, held) === writeBodyText(subscriptionGroupConfig, next)
