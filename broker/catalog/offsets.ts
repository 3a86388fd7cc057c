// broker/catalog/offsets.ts: how far each group has consumed each queue, and config/consumerOffset.json, written every few
// seconds when something moved. Owner: the broker's thread. A commit is one map lookup, however many groups there are.
import { join } from 'node:path'
import { consumerOffsets, dataVersion, writeBodyText } from '../protocol/bodies'
import { bean, dict, int, list, numberDict, text } from '../protocol/body-table'
import { firstVersion, nextVersion } from './data-version'
import { openTableFile, readTable, type TableFile } from './table-file'
import type { DataVersion, OffsetCatalog } from './types'

export interface OffsetsOptions {
  /** config/ of the store root. */
  configDir: string
  /** flushConsumerOffsetInterval, 5000 as in Apache. */
  saveIntervalMs: number
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

export async function openOffsets(options: OffsetsOptions): Promise<OffsetCatalog> {
  const path = join(options.configDir, 'consumerOffset.json')
  const read = await readTable(path, consumerOffsets)
  const version = read?.dataVersion ?? firstVersion(options.clock())
  return new Offsets(options, path, splitOffsetTable(read?.offsetTable ?? new Map()), version)
}

interface Entry {
  group: string
  topic: string
  offsets: ReadonlyMap<number, number>
}

/** `topic@group` -> queueId -> offset, as the file and a master's answer hold it. Neither name may hold an @. */
export function* splitOffsetTable(table: ReadonlyMap<string, ReadonlyMap<number, number>>): Iterable<Entry> {
  for (const [key, offsets] of table) {
    const split = key.indexOf('@')
    if (split > 0 && split < key.length - 1) yield { topic: key.slice(0, split), group: key.slice(split + 1), offsets }
  }
}

const offsetsFile = bean({
  dataVersion,
  groupTopicMap: dict(list(text)),
  offsetTable: dict(numberDict(int)),
})

/** A commit alone does not move the version: Apache moves it every so many. */
const commitsPerVersion = 500

/** What is known of one group and one topic. */
interface Progress {
  readonly offsets: Map<number, number>
  readonly pulled: Map<number, number>
  readonly resets: Map<number, number>
}
const newProgress = (pulled = new Map<number, number>()): Progress => ({
  offsets: new Map(),
  pulled,
  resets: new Map(),
})

const maxEarlyGroups = 10_000
const maxEarlyTopics = 1000

class Offsets implements OffsetCatalog {
  readonly #clock: () => number
  readonly #file: TableFile
  readonly #timer: NodeJS.Timeout
  /** group -> topic -> progress, and which groups a topic has: both small walks for admin questions. */
  readonly #byGroup = new Map<string, Map<string, Progress>>()
  readonly #byTopic = new Map<string, Set<string>>()
  /** Where groups pulled to before their first commit. */
  readonly #early = new Map<string, Map<string, Map<number, number>>>()
  #version: DataVersion
  #moved = false
  #commits = 0

  constructor(options: OffsetsOptions, path: string, read: Iterable<Entry>, version: DataVersion) {
    this.#clock = options.clock
    this.#version = version
    this.#file = openTableFile({ path, render: () => this.toJson(), log: options.log })
    this.#take(read)
    this.#timer = setInterval(() => void this.save(), options.saveIntervalMs)
    this.#timer.unref()
  }

  get version(): DataVersion {
    return this.#version
  }

  query(group: string, topic: string, queueId: number): number {
    return this.#find(group, topic)?.offsets.get(queueId) ?? -1
  }

  commit(group: string, topic: string, queueId: number, queueOffset: number): void {
    const { offsets } = this.#progress(group, topic)
    if (offsets.get(queueId) === queueOffset) return
    offsets.set(queueId, queueOffset)
    this.#moved = true
    this.#commits += 1
    if (this.#commits % commitsPerVersion === 0) this.#version = nextVersion(this.#version, this.#clock())
  }

  pulledTo(group: string, topic: string, queueId: number): number {
    const pulled = this.#find(group, topic)?.pulled ?? this.#early.get(group)?.get(topic)
    return pulled?.get(queueId) ?? -1
  }
  notePull(group: string, topic: string, queueId: number, queueOffset: number): void {
    const progress = this.#find(group, topic)
    if (progress !== undefined) {
      progress.pulled.set(queueId, queueOffset)
      return
    }
    // Nothing is committed yet, and by a tool that browses nothing ever will be: kept aside, and bounded.
    const topics = this.#early.get(group) ?? new Map<string, Map<number, number>>()
    const pulled = topics.get(topic) ?? new Map<number, number>()
    if (topics.size >= maxEarlyTopics && !topics.has(topic)) return
    if (this.#early.size >= maxEarlyGroups && !this.#early.has(group)) return
    this.#early.set(group, topics.set(topic, pulled.set(queueId, queueOffset)))
  }

  of(group: string, topic: string): ReadonlyMap<number, number> | undefined {
    const progress = this.#find(group, topic)
    return progress === undefined || progress.offsets.size === 0 ? undefined : progress.offsets
  }
  topicsOf(group: string): string[] {
    return [...(this.#byGroup.get(group)?.keys() ?? [])]
  }
  groupsOf(topic: string): string[] {
    return [...(this.#byTopic.get(topic) ?? [])]
  }

  reset(group: string, topic: string, queueId: number, queueOffset: number): void {
    this.commit(group, topic, queueId, queueOffset)
    this.#progress(group, topic).resets.set(queueId, queueOffset)
  }
  pendingReset(group: string, topic: string, queueId: number): number | undefined {
    return this.#find(group, topic)?.resets.get(queueId)
  }
  takeReset(group: string, topic: string, queueId: number): number | undefined {
    const resets = this.#find(group, topic)?.resets
    if (resets === undefined || resets.size === 0) return undefined
    const offset = resets.get(queueId)
    if (offset !== undefined) resets.delete(queueId)
    return offset
  }

  remove(group: string, topic: string): void {
    const topics = this.#byGroup.get(group)
    if (topics === undefined || !topics.delete(topic)) return
    if (topics.size === 0) this.#byGroup.delete(group)
    const groups = this.#byTopic.get(topic)
    groups?.delete(group)
    if (groups?.size === 0) this.#byTopic.delete(topic)
    this.#moved = true
  }
  removeGroup(group: string): void {
    for (const topic of this.topicsOf(group)) this.remove(group, topic)
    this.#early.delete(group)
  }
  removeTopic(topic: string): void {
    for (const group of this.groupsOf(topic)) this.remove(group, topic)
    for (const topics of this.#early.values()) topics.delete(topic)
  }

  clone(from: string, to: string, topic: string | undefined): void {
    for (const name of topic === undefined ? this.topicsOf(from) : [topic]) {
      for (const [queueId, offset] of this.of(from, name) ?? []) this.commit(to, name, queueId, offset)
    }
  }

  *entries(): Iterable<Entry> {
    for (const [group, topics] of this.#byGroup) {
      for (const [topic, { offsets }] of topics) if (offsets.size > 0) yield { group, topic, offsets }
    }
  }

  replaceAll(table: Iterable<Entry>): void {
    this.#byGroup.clear()
    this.#byTopic.clear()
    this.#take(table)
    this.#moved = true
  }

  save(): Promise<void> {
    if (this.#moved) {
      this.#moved = false
      this.#file.changed()
    }
    return this.#file.saved()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.save()
    await this.#file.close()
  }

  toJson(): string {
    const offsetTable = new Map<string, Map<number, number>>()
    for (const [group, topics] of this.#byGroup) {
      for (const [topic, { offsets }] of topics) if (offsets.size > 0) offsetTable.set(`${topic}@${group}`, offsets)
    }
    const groupTopicMap = new Map([...this.#byGroup].map(([group, topics]) => [group, [...topics.keys()]]))
    return writeBodyText(offsetsFile, { dataVersion: this.#version, groupTopicMap, offsetTable })
  }

  #take(table: Iterable<Entry>): void {
    for (const { group, topic, offsets } of table) {
      const progress = this.#progress(group, topic)
      for (const [queueId, offset] of offsets) progress.offsets.set(queueId, offset)
    }
  }

  #find(group: string, topic: string): Progress | undefined {
    return this.#byGroup.get(group)?.get(topic)
  }

  #progress(group: string, topic: string): Progress {
    let topics = this.#byGroup.get(group)
    if (topics === undefined) {
      topics = new Map()
      this.#byGroup.set(group, topics)
    }
    let progress = topics.get(topic)
    if (progress === undefined) {
      progress = newProgress(this.#early.get(group)?.get(topic))
      this.#early.get(group)?.delete(topic)
      topics.set(topic, progress)
      const groups = this.#byTopic.get(topic) ?? new Set()
      groups.add(group)
      this.#byTopic.set(topic, groups)
    }
    return progress
  }
}
