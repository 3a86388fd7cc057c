// broker/pop/request-modes.ts: whether a group pulls or pops a topic when the broker gives out its queues, and
// config/messageRequestMode.json. Owner: the broker's thread.
import { join } from 'node:path'
import { openTableFile, readTable, type TableFile } from '../catalog/table-file'
import { bean, dict, int, oneOf, orElse, readBody, text, writeBodyText } from '../protocol/body-table'
import { requestModes } from '../protocol/pop'
import type { RequestModeEntry, RequestModes } from './types'

const entry = bean({
  consumerGroup: text,
  mode: orElse(oneOf(...requestModes), 'PULL'),
  popShareQueueNum: int,
  topic: text,
})
/** Also the body of 401. */
export const requestModeEntry = entry
const table = bean({ messageRequestModeMap: dict(dict(entry)) })

export interface RequestModesOptions {
  configDir: string
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}
export async function openRequestModes(options: RequestModesOptions): Promise<RequestModes> {
  const path = join(options.configDir, 'messageRequestMode.json')
  const read = await readTable(path, table)
  return new Modes(options, path, read?.messageRequestModeMap ?? new Map())
}

class Modes implements RequestModes {
  readonly #file: TableFile
  #byTopic: Map<string, Map<string, RequestModeEntry>>

  constructor({ log }: RequestModesOptions, path: string, read: Map<string, Map<string, RequestModeEntry>>) {
    this.#byTopic = read
    this.#file = openTableFile({ path, render: () => this.toJson(), log })
  }

  get(topic: string, group: string): RequestModeEntry | undefined {
    return this.#byTopic.get(topic)?.get(group)
  }
  set(wanted: RequestModeEntry): void {
    const groups = this.#byTopic.get(wanted.topic) ?? new Map<string, RequestModeEntry>()
    this.#byTopic.set(wanted.topic, groups.set(wanted.consumerGroup, wanted))
    this.#file.changed()
  }
  topicRemoved(topic: string): void {
    if (this.#byTopic.delete(topic)) this.#file.changed()
  }
  groupRemoved(group: string): void {
    let isGone = false
    for (const groups of this.#byTopic.values()) isGone = groups.delete(group) || isGone
    if (isGone) this.#file.changed()
  }
  replaceAll(json: Buffer): void {
    this.#byTopic = readBody(table, json).messageRequestModeMap
    this.#file.changed()
  }
  saved(): Promise<void> {
    return this.#file.saved()
  }
  close(): Promise<void> {
    return this.#file.close()
  }
  toJson(): string {
    return writeBodyText(table, { messageRequestModeMap: this.#byTopic })
  }
}
