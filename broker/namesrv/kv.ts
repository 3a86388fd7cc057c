// broker/namesrv/kv.ts: small settings by namespace and key, kept in kvConfig.json in Apache's format. The order of
// topics' queues lives here. A change is answered once it would survive a power cut.
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import { writeBodyText } from '../protocol/bodies'
import { type BodyOf, bean, dict, text } from '../protocol/body-table'
import { parseLoose } from '../protocol/json'

const kvFile = bean({ configTable: dict(dict(text)) })
type KvTable = BodyOf<typeof kvFile>['configTable']

export interface KvConfig {
  get(namespace: string, key: string): string | undefined
  /** All of a namespace; undefined when nothing was ever put there. */
  all(namespace: string): ReadonlyMap<string, string> | undefined
  put(namespace: string, key: string, value: string): Promise<void>
  delete(namespace: string, key: string): Promise<void>
}
/** Throws when the file and its backup are both there and neither can be read. */
export async function openKvConfig(path: string): Promise<KvConfig> {
  const table = await readFileOrBackup(path, (found) => kvFile.read(parseLoose(found), 'kvConfig').configTable)
  return new KeptKv(path, table ?? new Map())
}

class KeptKv implements KvConfig {
  readonly #path: string
  readonly #table: KvTable
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, table: KvTable) {
    this.#path = path
    this.#table = table
  }
  get(namespace: string, key: string): string | undefined {
    return this.#table.get(namespace)?.get(key)
  }
  all(namespace: string): ReadonlyMap<string, string> | undefined {
    return this.#table.get(namespace)
  }
  put(namespace: string, key: string, value: string): Promise<void> {
    const held = this.#table.get(namespace) ?? new Map<string, string>()
    this.#table.set(namespace, held.set(key, value))
    return this.#keep()
  }
  delete(namespace: string, key: string): Promise<void> {
    this.#table.get(namespace)?.delete(key)
    return this.#keep()
  }

  /** One write at a time, each with all that is known by then. */
  #keep(): Promise<void> {
    const write = () => writeFileAtomic(this.#path, writeBodyText(kvFile, { configTable: this.#table }))
    const done = this.#writing.then(write)
    this.#writing = done.catch(() => {}) // whoever asked is told; the next write starts from there
    return done
  }
}
