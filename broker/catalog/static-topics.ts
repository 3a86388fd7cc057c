// broker/catalog/static-topics.ts: which queues of static topics lie in this broker's queues, and config/topicQueueMapping.json.
// Owner: the broker's thread. Part of the topics: who changes a mapping moves their version too.
import { join } from 'node:path'
import { dataVersion, type TopicQueueMappingDetail, topicQueueMappingDetail, writeBodyText } from '../protocol/bodies'
import { bean, dict, orElse } from '../protocol/body-table'
import { firstVersion, nextVersion } from './data-version'
import { openTableFile, readTable, type TableFile } from './table-file'
import type { DataVersion, StaticTopics } from './types'

export interface StaticTopicsOptions {
  /** config/ of the store root. */
  configDir: string
  clock: () => number
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

const noVersion = { counter: 0, stateVersion: 0, timestamp: 0 }
/** The field's name is Apache's, and misleads: its values are details. */
const mappingFile = bean({
  dataVersion: orElse(dataVersion, noVersion),
  topicQueueMappingInfoMap: dict(topicQueueMappingDetail),
})

/** Reads the file if there is one: brokers without static topics have none. */
export async function openStaticTopics(options: StaticTopicsOptions): Promise<StaticTopics> {
  const path = join(options.configDir, 'topicQueueMapping.json')
  const read = await readTable(path, mappingFile)
  const version = read?.dataVersion ?? firstVersion(options.clock())
  return new Mappings(options, path, new Map(read?.topicQueueMappingInfoMap ?? []), version)
}

class Mappings implements StaticTopics {
  readonly #clock: () => number
  readonly #file: TableFile
  #table: Map<string, TopicQueueMappingDetail>
  #version: DataVersion

  constructor(
    { clock, log }: StaticTopicsOptions,
    path: string,
    table: Map<string, TopicQueueMappingDetail>,
    version: DataVersion,
  ) {
    this.#clock = clock
    this.#table = table
    this.#version = version
    const render = () =>
      // names in quotes: Apache reads either
      writeBodyText(mappingFile, { dataVersion: this.#version, topicQueueMappingInfoMap: this.#table }, 'standard')
    this.#file = openTableFile({ path, render, log })
  }

  get size(): number {
    return this.#table.size
  }
  get version(): DataVersion {
    return this.#version
  }
  get(topic: string): TopicQueueMappingDetail | undefined {
    return this.#table.get(topic)
  }
  all(): Iterable<TopicQueueMappingDetail> {
    return this.#table.values()
  }

  put(topic: string, detail: TopicQueueMappingDetail): void {
    this.#table.set(topic, detail)
    this.#moved()
  }
  remove(topic: string): boolean {
    if (!this.#table.delete(topic)) return false
    this.#moved()
    return true
  }
  replaceAll(table: ReadonlyMap<string, TopicQueueMappingDetail>, version: DataVersion): void {
    if (this.#table.size === 0 && table.size === 0) return
    this.#table = new Map(table)
    this.#version = version
    this.#file.changed()
  }

  saved(): Promise<void> {
    return this.#file.saved()
  }
  close(): Promise<void> {
    return this.#file.close()
  }

  #moved(): void {
    this.#version = nextVersion(this.#version, this.#clock())
    this.#file.changed()
  }
}
