// server/metrics/recorder.ts: writes the history of figures: 5 s for 2 h, 1 min for 7 d, 10 min for 90 d. A run of equal
// values is one row, so that what stands still costs nothing. Owner of the tables series and sample_*.
import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/open'
import { series } from '../db/schema'

/** Figure to column. NaN is unknown: it is written as null, and drawn as a gap. */
export const sampleColumns = {
  in: 'in_rate',
  out: 'out_rate',
  inBytes: 'in_bytes',
  outBytes: 'out_bytes',
  lag: 'lag',
  behindMs: 'behind_ms',
  putP99Ms: 'put_p99_ms',
  diskRatio: 'disk_ratio',
  kept: 'kept',
  clients: 'clients',
  dead: 'dead',
} as const
export type SampleField = keyof typeof sampleColumns
export type Values = Record<SampleField, number>
// `Object.keys` forgets the key type; the table is const, so its keys are exactly these.
const fields = Object.keys(sampleColumns) as readonly SampleField[]
const filled = (value: number): Values => {
  const values: Partial<Values> = {}
  for (const field of fields) values[field] = value
  return values as Values // every field was set
}
export const noValues: Values = filled(Number.NaN)
const columnList = fields.map((field) => sampleColumns[field]).join(', ')
const placeholders = `(${Array.from({ length: 3 + fields.length }, () => '?').join(', ')})`

export type SeriesKind = 'cluster' | 'broker' | 'topic' | 'group' | 'topic-group'
export interface Tier {
  table: 'sample_5s' | 'sample_1m' | 'sample_10m'
  stepMs: number
  keptMs: number
}
export const tiers: readonly Tier[] = [
  { table: 'sample_5s', stepMs: 5000, keptMs: 2 * 3_600_000 },
  { table: 'sample_1m', stepMs: 60_000, keptMs: 7 * 86_400_000 },
  { table: 'sample_10m', stepMs: 600_000, keptMs: 90 * 86_400_000 },
]
const FLUSH_EVERY_MS = 20_000
const CLEAN_EVERY_MS = 300_000
/** Rows of one transaction: a batch must not hold the database's thread for long. */
const BATCH_ROWS = 2000
/** Rows of one statement: preparing it costs more than running it. */
const STATEMENT_ROWS = 100

interface Run {
  at: number
  until: number
  values: Values
  /** Written as it is now. */
  written: boolean
}
interface Bucket {
  start: number
  sums: Values
  counts: Values
}
interface Series {
  id: number
  runs: (Run | undefined)[]
  buckets: (Bucket | undefined)[]
}
export interface Recorder {
  /** `fine`: also at the resolution of a turn; else by the minute and coarser only. */
  read(kind: SeriesKind, name: string, values: Values, at: number, fine?: boolean): void
  /** Ends a turn: writes what is due. */
  turn(at: number): Promise<void>
  /** Everything that waits, now. */
  flush(): Promise<void>
  /** The ids of series, `kind\nname`; those without one get it. */
  idsOf(keys: readonly string[]): Promise<Map<string, number>>
  /** Runs not yet in the file, for a reader who wants the newest. */
  open(kind: SeriesKind, name: string, tier: number): { at: number; until: number; values: Values }[]
}

export const openRecorder = (database: Database, cluster: string, turnMs: number): Recorder =>
  new SqlRecorder(database, cluster, turnMs)

class SqlRecorder implements Recorder {
  readonly #database: Database
  readonly #cluster: string
  readonly #turnMs: number
  readonly #series = new Map<string, Series>()
  /** Ended runs that wait to be written. */
  #ended: { key: string; tier: number; run: Run }[] = []
  #flushedAt = 0
  #cleanedAt = 0

  constructor(database: Database, cluster: string, turnMs: number) {
    this.#database = database
    this.#cluster = cluster
    this.#turnMs = turnMs
  }

  read(kind: SeriesKind, name: string, values: Values, at: number, fine = true): void {
    const key = `${kind}\n${name}`
    let one = this.#series.get(key)
    if (one === undefined) {
      one = { id: 0, runs: [undefined, undefined, undefined], buckets: [undefined, undefined, undefined] }
      this.#series.set(key, one)
    }
    if (fine) this.#extend(key, one, 0, values, at, this.#turnMs)
    for (let tier = 1; tier < tiers.length; tier++) {
      const stepMs = tiers[tier]?.stepMs ?? 60_000
      const start = Math.floor(at / stepMs) * stepMs
      let bucket = one.buckets[tier]
      if (bucket !== undefined && bucket.start !== start) {
        this.#extend(key, one, tier, meanOf(bucket), bucket.start, stepMs)
        bucket = undefined
      }
      if (bucket === undefined) {
        bucket = { start, sums: { ...zero }, counts: { ...zero } }
        one.buckets[tier] = bucket
      }
      for (const field of fields) {
        if (Number.isNaN(values[field])) continue
        bucket.sums[field] += values[field]
        bucket.counts[field] += 1
      }
    }
  }
  #extend(key: string, one: Series, tier: number, values: Values, at: number, stepMs: number): void {
    const run = one.runs[tier]
    if (run !== undefined && equal(run.values, values) && at - run.until <= stepMs * 2.5) {
      run.until = at
      run.written = false
      return
    }
    if (run !== undefined && !run.written) this.#ended.push({ key, tier, run })
    one.runs[tier] = { at, until: at, values, written: false }
  }

  async turn(at: number): Promise<void> {
    if (at - this.#flushedAt >= FLUSH_EVERY_MS) {
      this.#flushedAt = at
      await this.flush()
    }
    if (at - this.#cleanedAt >= CLEAN_EVERY_MS) {
      this.#cleanedAt = at
      await this.#database.batch(
        tiers.map(({ table, keptMs }) => ({
          // Series by series, so that the primary key finds what is old.
          sql: `delete from ${table} where series_id in (select id from series) and at < ? and until < ?`,
          params: [at - keptMs, at - keptMs],
        })),
      )
    }
  }

  async flush(): Promise<void> {
    const due = this.#ended
    this.#ended = []
    for (const [key, { runs }] of this.#series)
      runs.forEach((run, tier) => {
        if (run === undefined || run.written) return
        run.written = true
        due.push({ key, tier, run })
      })
    for (let from = 0; from < due.length; from += BATCH_ROWS) {
      const part = due.slice(from, from + BATCH_ROWS)
      await this.#name(new Set(part.map(({ key }) => key)))
      const statements: { sql: string; params: unknown[] }[] = []
      tiers.forEach(({ table }, index) => {
        const rows = part.filter(({ tier }) => tier === index)
        for (let first = 0; first < rows.length; first += STATEMENT_ROWS) {
          const some = rows.slice(first, first + STATEMENT_ROWS)
          statements.push({
            sql: `insert into ${table} (series_id, at, until, ${columnList})
              values ${some.map(() => placeholders).join()}
              on conflict (series_id, at) do update set until = excluded.until`,
            params: some.flatMap(({ key, run }) => [
              this.#series.get(key)?.id ?? 0,
              run.at,
              run.until,
              ...fields.map((field) => written(run.values[field])),
            ]),
          })
        }
      })
      await this.#database.batch(statements)
    }
  }
  /** Gives series without one their id. */
  async #name(keys: ReadonlySet<string>): Promise<void> {
    const nameless = [...keys].filter((key) => this.#series.get(key)?.id === 0)
    if (nameless.length === 0) return
    const parts = nameless.map((key) => ({
      key,
      kind: key.slice(0, key.indexOf('\n')),
      name: key.slice(key.indexOf('\n') + 1),
    }))
    await this.#database.batch(
      parts.map(({ kind, name }) => ({
        sql: 'insert or ignore into series (cluster, kind, name) values (?, ?, ?)',
        params: [this.#cluster, kind, name],
      })),
    )
    const rows = await this.#database.db.select().from(series).where(eq(series.cluster, this.#cluster))
    for (const row of rows) {
      const held = this.#series.get(`${row.kind}\n${row.name}`)
      if (held !== undefined) held.id = row.id
    }
  }

  async idsOf(keys: readonly string[]): Promise<Map<string, number>> {
    for (const key of keys)
      if (!this.#series.has(key))
        this.#series.set(key, {
          id: 0,
          runs: [undefined, undefined, undefined],
          buckets: [undefined, undefined, undefined],
        })
    await this.#name(new Set(keys))
    return new Map(keys.map((key) => [key, this.#series.get(key)?.id ?? 0]))
  }

  open(kind: SeriesKind, name: string, tier: number) {
    const key = `${kind}\n${name}`
    const waiting = this.#ended.filter((one) => one.key === key && one.tier === tier).map(({ run }) => run)
    const held = this.#series.get(key)
    const run = held?.runs[tier]
    const bucket = held?.buckets[tier]
    return [
      ...waiting,
      ...(run === undefined ? [] : [run]),
      // The step that is under way, as far as it goes.
      ...(bucket === undefined ? [] : [{ at: bucket.start, until: bucket.start, values: meanOf(bucket) }]),
    ]
  }
}

const zero: Values = filled(0)
/** Three digits are what a chart shows: whole numbers take a third of the room of others on disk. */
const written = (value: number): number | null =>
  Number.isNaN(value) ? null : Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
const meanOf = ({ sums, counts }: Bucket): Values => {
  const mean = { ...noValues }
  for (const field of fields) if (counts[field] > 0) mean[field] = sums[field] / counts[field]
  return mean
}
const equal = (a: Values, b: Values): boolean => fields.every((field) => Object.is(a[field], b[field]))
export const findSeries = async (
  database: Database,
  cluster: string,
  kind: SeriesKind,
  name: string,
): Promise<number | null> => {
  const [row] = await database.db
    .select({ id: series.id })
    .from(series)
    .where(and(eq(series.cluster, cluster), eq(series.kind, kind), eq(series.name, name)))
  return row?.id ?? null
}
