// broker/catalog/filter-scripts.ts: the filter scripts of consumer groups, and config/filterScripts.json, which is ours alone:
// Apache has had nothing like it since 5.0. Owner: the broker's thread.
import { join } from 'node:path'
import { bean, int, list, oneOf, orElse, text, writeBodyText } from '../protocol/body-table'
import { openTableFile, readTable, type TableFile } from './table-file'

export interface KeptScript {
  group: string
  source: string
  onFault: 'open' | 'closed'
  timeLimitMs: number
  updatedAtMs: number
}
const kept = bean({
  group: text,
  source: text,
  onFault: orElse(oneOf('open', 'closed'), 'open'),
  timeLimitMs: int,
  updatedAtMs: int,
})
const table = bean({ scripts: list(kept) })

export interface FilterScripts {
  get(group: string): KeptScript | undefined
  all(): Iterable<KeptScript>
  readonly size: number
  set(script: KeptScript): void
  remove(group: string): boolean
  /** These and no others; what is the same but for its version keeps its own. Which groups have none any more. */
  replaceAll(scripts: readonly KeptScript[]): string[]
  saved(): Promise<void>
  close(): Promise<void>
}
export interface FilterScriptsOptions {
  configDir: string
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}
export async function openFilterScripts(options: FilterScriptsOptions): Promise<FilterScripts> {
  const path = join(options.configDir, 'filterScripts.json')
  const read = await readTable(path, table)
  return new Kept(path, options.log, read?.scripts ?? [])
}

class Kept implements FilterScripts {
  readonly #byGroup: Map<string, KeptScript>
  readonly #file: TableFile

  constructor(path: string, log: FilterScriptsOptions['log'], read: readonly KeptScript[]) {
    this.#byGroup = new Map(read.map((script) => [script.group, script]))
    this.#file = openTableFile({
      path,
      render: () => writeBodyText(table, { scripts: [...this.#byGroup.values()] }),
      log,
    })
  }

  get(group: string): KeptScript | undefined {
    return this.#byGroup.get(group)
  }
  all(): Iterable<KeptScript> {
    return this.#byGroup.values()
  }
  get size(): number {
    return this.#byGroup.size
  }
  set(script: KeptScript): void {
    this.#byGroup.set(script.group, script)
    this.#file.changed()
  }
  remove(group: string): boolean {
    const isGone = this.#byGroup.delete(group)
    if (isGone) this.#file.changed()
    return isGone
  }
  replaceAll(scripts: readonly KeptScript[]): string[] {
    const wanted = new Set(scripts.map(({ group }) => group))
    const gone = [...this.#byGroup.keys()].filter((group) => !wanted.has(group))
    for (const group of gone) this.remove(group)
    for (const { group, source, onFault, timeLimitMs, updatedAtMs } of scripts) {
      const held = this.get(group)
      const isSame = held?.source === source && held.onFault === onFault && held.timeLimitMs === timeLimitMs
      if (!isSame) this.set({ group, source, onFault, timeLimitMs, updatedAtMs })
    }
    return gone
  }
  saved(): Promise<void> {
    return this.#file.saved()
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}
