// broker/catalog/table-file.ts: keeps one table in one file. Changes that come while a write is under way share the next
// one, so a thousand new topics do not mean a thousand files. A write that fails is said, and tried again.
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import { type BodyOf, readBody } from '../protocol/bodies'
import { pretty } from './pretty'

export interface TableFile {
  /** The table changed: write it soon. */
  changed(): void
  /** Resolves when every change made so far is on disk, or could not be written and that was logged. */
  saved(): Promise<void>
  /** Writes what is not yet written and stops trying. */
  close(): Promise<void>
}

export interface TableFileOptions {
  path: string
  /** The table as JSON now. */
  render: () => string
  /** `render` lays it out itself, as `pretty` would. */
  laidOut?: true
  log: (level: 'info' | 'warn' | 'error', line: string) => void
}

/** What the file holds, or its backup; undefined when there is neither. Throws when both cannot be read. */
export const readTable = <C extends Parameters<typeof readBody>[0]>(
  path: string,
  codec: C,
): Promise<BodyOf<C> | undefined> => readFileOrBackup(path, (text) => readBody(codec, text) as BodyOf<C>) // it reads what the codec says

export const openTableFile = (options: TableFileOptions): TableFile => new Written(options)

const retryMs = 1000

class Written implements TableFile {
  readonly #options: TableFileOptions
  #dirty = false
  #writing: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(options: TableFileOptions) {
    this.#options = options
  }

  changed(): void {
    this.#dirty = true
    this.#writing ??= this.#write()
  }

  saved(): Promise<void> {
    return this.#writing ?? Promise.resolve()
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry)
    if (this.#dirty) this.changed()
    await this.saved()
    clearTimeout(this.#retry)
  }

  async #write(): Promise<void> {
    await Promise.resolve() // what changes in the same breath is written together
    try {
      while (this.#dirty) {
        this.#dirty = false
        const text = this.#options.render()
        await writeFileAtomic(this.#options.path, this.#options.laidOut ? text : pretty(text))
      }
    } catch (error) {
      this.#dirty = true
      this.#options.log('error', `${this.#options.path} cannot be written: ${(error as Error).message}`) // fs throws Errors
      this.#retry = setTimeout(() => this.changed(), retryMs)
      this.#retry.unref()
    } finally {
      this.#writing = undefined
    }
  }
}
