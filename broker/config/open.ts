// broker/config/open.ts: the settings of one part (a broker, a name server): read once, checked by the part's property
// table, changed while running only by rows that say `live`. Owner of the kept file: the part's thread. No key can name
// a path, a command or a class while the part runs.

import { formatProperties } from './properties-text'
import { allowed, type Property, type PropertyTable, parseValue, showValue, type Values } from './property'

export interface DataVersion {
  stateVersion: number
  timestamp: number
  counter: number
}

export type ConfigFault = 'unknown' | 'fixed' | 'identity' | 'impossible'
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly fault: ConfigFault
  readonly key: string
  constructor(fault: ConfigFault, key: string, text: string) {
    super(text)
    this.fault = fault
    this.key = key
  }
}

export interface Config<T extends PropertyTable> {
  /** Always the current values; read at each use. */
  readonly values: Values<T>
  readonly dataVersion: Readonly<DataVersion>
  /** Every key with a value, sorted, as code 26 (or 319) answers: `key=value` lines. */
  toPropertiesText(): string
  /** All of it or, with a ConfigError, nothing. When it resolves the change is kept and listeners have been told. */
  update(changes: ReadonlyMap<string, string>): Promise<void>
  /** Called after each update that changed one of the keys. Returns a function that ends it. */
  onChange(keys: readonly (keyof T & string)[], listener: () => void): () => void
}

/** Where changes made while running survive a restart: text of a small file, replaced as a whole. */
export interface KeptText {
  /** What was saved last, read before the settings are opened. */
  readonly text: string | undefined
  /** Resolves when the text would survive a crash. Not called again before that. */
  save(text: string): Promise<void>
}

export interface OpenConfig {
  /** From the configuration file and from --set, already joined; the later has won. */
  readonly properties: Readonly<Record<string, string>>
  /** What the caller decides itself (names, ids, ports, paths): holds whatever the properties say, with a warning. */
  readonly preset?: Readonly<Record<string, string>>
  readonly kept?: KeptText
  /** Names that another part of the cluster knows: not this part's, but no mistake either. */
  readonly elsewhere?: (key: string) => boolean
  /** Rules over several keys: what is wrong, or undefined. */
  readonly rules?: readonly ((values: Readonly<Record<string, unknown>>) => string | undefined)[]
  readonly clock: () => number
  readonly log: (level: 'info' | 'warn', line: string) => void
}

/** Throws a ConfigError that names key, value and what is allowed: the part must not start. */
export const openConfig = <T extends PropertyTable>(table: T, options: OpenConfig): Config<T> =>
  new TableConfig(table, options)

type Value = boolean | number | string | null
interface Kept {
  value: string
  /** What the key was before: when a start finds another value there, somebody decided anew and the kept one is dropped. */
  over: string | null
}

class TableConfig<T extends PropertyTable> implements Config<T> {
  readonly values: Values<T>
  readonly dataVersion: DataVersion
  readonly #table: T
  readonly #options: OpenConfig
  readonly #values: Record<string, Value> = {}
  #kept = new Map<string, Kept>()
  readonly #listeners = new Set<{ keys: ReadonlySet<string>; listener: () => void }>()

  constructor(table: T, options: OpenConfig) {
    this.#table = table
    this.#options = options
    this.dataVersion = { stateVersion: 0, timestamp: options.clock(), counter: 0 }
    for (const [key, row] of Object.entries(table)) this.#values[key] = row.default
    this.#takeProperties()
    for (const [key, value] of Object.entries(options.preset ?? {})) this.#values[key] = this.#parsed(key, value)
    this.#takeKept()
    this.#checkRules(this.#values)
    // Every key of the table was given a value of its row's type above, and #parsed allows no other.
    this.values = this.#values as Values<T>
  }

  #takeProperties(): void {
    const { properties, preset = {}, elsewhere, log } = this.#options
    for (const [key, text] of Object.entries(properties)) {
      const row = this.#row(key)
      if (!row) {
        if (!elsewhere?.(key)) log('warn', `${key}: not a property of Apache RocketMQ 5.5.0, ignored`)
        continue
      }
      const given = preset[key]
      if (given !== undefined && given !== text.trim()) {
        log('warn', `${key}=${text}: this start decides it, ${key}=${given} holds`)
        continue
      }
      this.#values[key] = this.#parsed(key, text)
      if (row.without) log('info', `${key} has no effect here: ${row.without}`)
    }
  }

  #takeKept(): void {
    const { kept, log } = this.#options
    const text = kept?.text
    if (text === undefined) return
    for (const [key, one] of readKept(text, (line) => log('warn', line))) {
      const row = this.#row(key)
      const current = row && showValue(row, this.#values[key] ?? null)
      if (row?.change !== 'live' || current !== one.over) {
        log(
          'info',
          `${key}=${one.value}, set while running, is dropped: it was set over ${one.over}, now it is ${current}`,
        )
        continue
      }
      const parsed = parseValue(row, one.value)
      if ('allowed' in parsed) continue
      this.#values[key] = parsed.value
      this.#kept.set(key, one)
    }
  }

  update(changes: ReadonlyMap<string, string>): Promise<void> {
    // One after the other: each is checked against what the one before left.
    const done = this.#updating.then(() => this.#update(changes))
    this.#updating = done.catch(() => {})
    return done
  }
  #updating: Promise<void> = Promise.resolve()

  async #update(changes: ReadonlyMap<string, string>): Promise<void> {
    const next = { ...this.#values }
    for (const [key, text] of changes) {
      const row = this.#row(key)
      if (!row) throw new ConfigError('unknown', key, `${key} is not a property of this server`)
      if (row.change === 'identity') {
        throw new ConfigError('identity', key, `${key} says who or where this server is: it can only be set at a start`)
      }
      if (row.change === 'fixed') throw new ConfigError('fixed', key, `${key} can only be set at a start`)
      next[key] = this.#parsed(key, text)
    }
    this.#checkRules(next)
    const changed = [...changes.keys()].filter((key) => next[key] !== this.#values[key])
    if (changed.length > 0) await this.#keep(changed, next)
    Object.assign(this.#values, next)
    this.dataVersion.timestamp = this.#options.clock()
    this.dataVersion.counter += 1
    for (const key of changed) this.#tell(key, next[key] ?? null)
    for (const { keys, listener } of [...this.#listeners]) if (changed.some((key) => keys.has(key))) listener()
  }

  async #keep(changed: readonly string[], next: Readonly<Record<string, Value>>): Promise<void> {
    const kept = new Map(this.#kept)
    for (const key of changed) {
      const row = this.#row(key)
      if (!row) continue
      const over = kept.get(key)?.over ?? showValue(row, this.#values[key] ?? null)
      const shown = showValue(row, next[key] ?? null)
      if (shown === null || shown === over) kept.delete(key)
      else kept.set(key, { value: shown, over })
    }
    await this.#options.kept?.save(writeKept(kept))
    this.#kept = kept
  }

  #tell(key: string, value: Value): void {
    const without = this.#row(key)?.without
    this.#options.log(
      'info',
      `${key}=${value}, set while running${without ? `; it has no effect here: ${without}` : ''}`,
    )
  }

  onChange(keys: readonly (keyof T & string)[], listener: () => void): () => void {
    const entry = { keys: new Set<string>(keys), listener }
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  toPropertiesText(): string {
    const entries: [string, string][] = []
    for (const key of Object.keys(this.#table).sort()) {
      const row = this.#row(key)
      const shown = row && showValue(row, this.#values[key] ?? null)
      if (shown !== null && shown !== undefined) entries.push([key, shown])
    }
    return formatProperties(entries)
  }

  #row(key: string): Property | undefined {
    return Object.hasOwn(this.#table, key) ? this.#table[key] : undefined
  }

  #parsed(key: string, text: string): Value {
    const row = this.#row(key)
    if (!row) throw new ConfigError('unknown', key, `${key} is not a property of this server`)
    const parsed = parseValue(row, text)
    if ('value' in parsed) return parsed.value
    throw new ConfigError('impossible', key, `${key}=${shorten(text)}: not possible, ${key} takes ${allowed(row)}`)
  }

  #checkRules(values: Readonly<Record<string, Value>>): void {
    for (const rule of this.#options.rules ?? []) {
      const wrong = rule(values)
      if (wrong) throw new ConfigError('impossible', wrong.split(/[= ]/)[0] ?? '', wrong)
    }
  }
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text)

const writeKept = (kept: ReadonlyMap<string, Kept>): string => `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`

/** A damaged file costs the changes it held, with a line that says so, not the start. */
function* readKept(text: string, warn: (line: string) => void): Generator<[string, Kept]> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    warn('the file of properties set while running cannot be read; they are lost')
    return
  }
  if (typeof parsed !== 'object' || parsed === null) return
  for (const [key, one] of Object.entries(parsed as Record<string, unknown>)) {
    if (typeof one !== 'object' || one === null || !('value' in one) || !('over' in one)) continue
    const { value, over } = one
    if (typeof value === 'string' && (typeof over === 'string' || over === null)) yield [key, { value, over }]
  }
}
