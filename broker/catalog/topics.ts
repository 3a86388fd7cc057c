// broker/catalog/topics.ts: every topic of this broker and config/topics.json. Owner: the broker's thread. The table
// moves before the file does: who must not answer sooner waits for `saved`.
import { join } from 'node:path'
import { dataVersion, topicConfig, topicConfigWrapper, writeBodyText } from '../protocol/bodies'
import { bean, dict } from '../protocol/body-table'
import { isSystemTopic } from '../protocol/names'
import { firstVersion, nextVersion } from './data-version'
import { indented, pretty } from './pretty'
import { openStaticTopics } from './static-topics'
import { type SystemTopicOptions, systemNames, systemTopics } from './system-topics'
import { openTableFile, readTable, type TableFile } from './table-file'
import type { DataVersion, StaticTopics, TopicCatalog, TopicConfig } from './types'

export interface TopicsOptions extends SystemTopicOptions {
  /** config/ of the store root. */
  configDir: string
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

/** Reads topics.json and adds the system topics it lacks. */
export async function openTopics(options: TopicsOptions): Promise<TopicCatalog> {
  const path = join(options.configDir, 'topics.json')
  const read = await readTable(path, topicConfigWrapper)
  const table = new Map<string, TopicConfig>(read?.topicConfigTable ?? [])
  for (const topic of systemTopics(options)) if (!table.has(topic.topicName)) table.set(topic.topicName, topic)
  const mappings = await openStaticTopics(options)
  return new Topics(options, path, table, mappings, read?.dataVersion ?? firstVersion(options.clock()))
}

class Topics implements TopicCatalog {
  readonly systemNames: ReadonlySet<string>
  readonly mappings: StaticTopics
  readonly #clock: () => number
  readonly #file: TableFile
  #table: Map<string, TopicConfig>
  #version: DataVersion
  /** What each takes of the file; a changed topic is another object. */
  readonly #entryTexts = new WeakMap<TopicConfig, string>()

  constructor(
    options: TopicsOptions,
    path: string,
    table: Map<string, TopicConfig>,
    mappings: StaticTopics,
    version: DataVersion,
  ) {
    this.systemNames = systemNames(options)
    this.mappings = mappings
    this.#clock = options.clock
    this.#table = table
    this.#version = version
    this.#file = openTableFile({ path, render: () => this.#fileText(), laidOut: true, log: options.log })
    this.#file.changed()
  }

  get size(): number {
    return this.#table.size
  }
  get version(): DataVersion {
    return this.#version
  }
  get(topic: string): TopicConfig | undefined {
    return this.#table.get(topic)
  }
  all(): Iterable<TopicConfig> {
    return this.#table.values()
  }
  isSystem(topic: string): boolean {
    return this.systemNames.has(topic) || isSystemTopic(topic)
  }

  put(config: TopicConfig): boolean {
    return this.putAll([config]).length > 0
  }

  putAll(configs: Iterable<TopicConfig>): string[] {
    const changed: string[] = []
    for (const config of configs) {
      if (isSame(this.#table.get(config.topicName), config)) continue
      this.#table.set(config.topicName, config)
      changed.push(config.topicName)
    }
    if (changed.length > 0) this.#moved()
    return changed
  }

  remove(topic: string): TopicConfig | undefined {
    const removed = this.#table.get(topic)
    if (removed === undefined) return undefined
    this.#table.delete(topic)
    this.mappings.remove(topic)
    this.#moved()
    return removed
  }

  replaceAll(configs: Iterable<TopicConfig>, version: DataVersion): void {
    const table = new Map<string, TopicConfig>()
    for (const config of configs) table.set(config.topicName, config)
    this.#table = table
    this.#version = version
    this.#file.changed()
  }

  renew(): void {
    this.#moved()
  }

  begin(masterEpoch: number): void {
    this.#version = { ...nextVersion(this.#version, this.#clock()), stateVersion: masterEpoch }
    this.#file.changed()
  }

  async saved(): Promise<void> {
    await Promise.all([this.#file.saved(), this.mappings.saved()])
  }
  async close(): Promise<void> {
    await Promise.all([this.#file.close(), this.mappings.close()])
  }

  toJson(): string {
    return writeBodyText(topicsFile, { dataVersion: this.#version, topicConfigTable: this.#table })
  }

  /** As `pretty(toJson())`. With ten thousand topics that took as long as a hundred sends, for each new one. */
  #fileText(): string {
    const empty = writeBodyText(topicsFile, { dataVersion: this.#version, topicConfigTable: noTopics })
    const texts: string[] = []
    for (const config of this.#table.values()) texts.push(this.#entryText(config))
    if (texts.length === 0) return pretty(empty)
    const [before = '', after = ''] = pretty(empty).split(emptyTable)
    return `${before}"topicConfigTable":{\n\t\t${texts.join(',\n\t\t')}\n\t}${after}`
  }

  #entryText(config: TopicConfig): string {
    const held = this.#entryTexts.get(config)
    if (held !== undefined) return held
    const text = indented(pretty(`${JSON.stringify(config.topicName)}:${writeBodyText(topicConfig, config)}`), 2)
    this.#entryTexts.set(config, text)
    return text
  }

  #moved(): void {
    this.#version = nextVersion(this.#version, this.#clock())
    this.#file.changed()
  }
}

/** Mappings of static topics, which the wrapper on the wire has, lie in a file of their own. */
const topicsFile = bean({ dataVersion, topicConfigTable: dict(topicConfig) })

const noTopics: ReadonlyMap<string, TopicConfig> = new Map()
const emptyTable = '"topicConfigTable":{}'

const isSame = (held: TopicConfig | undefined, next: TopicConfig): boolean =>
  held !== undefined && writeBodyText(topicConfig, held) === writeBodyText(topicConfig, next)
