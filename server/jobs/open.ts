// server/jobs/open.ts: long work on a cluster, one job after the other. Before something is done it is written down as begun,
// and its end is written down after: what a kill leaves between the two is looked up before anything is done about it.
import type { Database } from '../db/open'
import type { AuditDesk, By } from '../shared/desk'
import { DeskError, oneLine, PeerError } from '../shared/errors'
import type { JobCounts, JobItemState } from '../shared/views'
import { isOver, openJobStore } from './store'
import type { Item, Job, Outcome, Statement, StoredItem, Work } from './work'

export interface NewJob {
  id: string
  kind: string
  object: string
  reason: string | null
  plan: string
  items: readonly Item[]
}
/** A job and how far it is. */
export interface JobState {
  job: Job
  counts: JobCounts
  queued: boolean
  perSecond: number | null
  /** The last try came to nothing: it waits until `at` for the next one. */
  retry: { at: number; tried: number; most: number; why: string } | null
}
export interface Jobs {
  /** With an id that is there already, it answers with that job and does nothing. */
  create(job: NewJob, by: By): Promise<JobState>
  list(): Promise<JobState[]>
  get(id: string): Promise<JobState>
  items(id: string, state: JobItemState | undefined, most: number, skip: number): Promise<StoredItem[]>
  act(id: string, object: string, act: 'pause' | 'resume' | 'stop' | 'retry'): Promise<JobState>
  /** Ends what is under way at the next place where it can go on later. */
  close(): Promise<void>
}
export interface JobsOptions {
  database: Database
  cluster: string
  works: Readonly<Record<string, Work>>
  audit: Pick<AuditDesk, 'write'>
  log: (text: string) => void
  /** What was under way waits until somebody asks for it: nothing is changed there now. */
  readOnly?: boolean
  /** Told after each job. */
  ended?: () => void
  /** Between tries that come to nothing; after the last one the job pauses and says why. */
  retryWaitsMs?: readonly number[]
  now?: () => number
}
/** A broker that restarts, or does not answer for a while, is outlasted: a little over three minutes. */
const RETRY_WAITS_MS = [1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000, 60_000]
const MOST_LISTED = 50
const KEPT_MS = 30 * 86_400_000
const SETTLE_AT_ONCE = 500
const RATE_OVER_MS = 10_000

export const openJobs = (options: JobsOptions): Jobs => {
  const { database, cluster, works, audit, log, readOnly = false, ended, now = Date.now } = options
  const { retryWaitsMs = RETRY_WAITS_MS } = options
  const store = openJobStore(database)
  const closing = new AbortController()
  /** What is asked for while a job runs: it looks here between two chunks. */
  const held = new Map<string, AbortController>()
  /** Of the job that runs: how many items ended when. */
  const pace = new Map<string, { at: number; items: number }[]>()
  /** Of jobs that ended: they change no more, and counting a large one takes a while. */
  const final = new Map<string, JobCounts>()
  /** Jobs that wait for their next try. */
  const retries = new Map<string, NonNullable<JobState['retry']>>()
  let order: Promise<void> = Promise.resolve()
  let current: string | null = null

  const must = async (id: string): Promise<Job> => {
    const job = await store.get(id)
    if (job === undefined || job.cluster !== cluster)
      throw new DeskError('not-found', `No job ${id} is known here: results are kept for 30 days.`)
    return job
  }
  const workOf = (job: Job): Work => {
    const work = works[job.kind]
    if (work === undefined) throw new Error(`nobody here does work of the kind ${job.kind}`)
    return work
  }
  const countsOf = async (job: Job): Promise<JobCounts> => {
    const kept = final.get(job.id)
    if (kept !== undefined) return kept
    const counts = await store.counts(job.id)
    if (isOver(job.state) && counts.begun === 0 && !held.has(job.id)) final.set(job.id, counts)
    return counts
  }
  const stateOf = async (job: Job): Promise<JobState> => {
    const recent = (pace.get(job.id) ?? []).filter(({ at }) => now() - at <= RATE_OVER_MS)
    const first = recent[0]
    const spanMs = first === undefined ? 0 : now() - first.at
    const items = recent.slice(1).reduce((sum, one) => sum + one.items, 0)
    return {
      job,
      counts: await countsOf(job),
      queued: job.state === 'running' && current !== job.id,
      perSecond: current === job.id && items > 0 && spanMs > 0 ? (items * 1000) / spanMs : null,
      retry: retries.get(job.id) ?? null,
    }
  }
  const end = async (job: Job, outcomes: readonly Outcome[], items: readonly Item[]): Promise<void> => {
    if (outcomes.length === 0) return
    const bySeq = new Map(items.map((item) => [item.seq, item]))
    const beside = outcomes.flatMap(({ seq, state }): Statement[] => {
      const item = bySeq.get(seq)
      return item === undefined ? [] : workOf(job).alongside(item, state)
    })
    await store.end(job.id, outcomes, now(), beside)
  }

  /** Nothing is done about what was begun before it is known what became of it. */
  const settle = async (job: Job, state: 'begun' | 'unsure', stop: AbortSignal): Promise<void> => {
    const items = await store.next(job.id, state, Number.MAX_SAFE_INTEGER)
    for (let from = 0; from < items.length && !stop.aborted; from += SETTLE_AT_ONCE) {
      const part = items.slice(from, from + SETTLE_AT_ONCE)
      const outcomes = await unlessStopped(workOf(job).settle(job, part), stop)
      if (outcomes === undefined) return // it changes nothing: it is looked up again before the job goes on
      // What got no answer from a living peer could still be on its way: it is not sent once more without being asked for.
      await end(
        job,
        outcomes.map((one) =>
          state === 'unsure' && one.state === 'waiting'
            ? { seq: one.seq, state: 'failed', error: 'No answer came, and it was not found where it was sent to.' }
            : one,
        ),
        part,
      )
    }
  }
  /** As far as it goes: to the end, or to what comes to nothing now, which it answers with. */
  const drive = async (job: Job, stop: AbortSignal, moved: () => void, last: () => boolean): Promise<string | null> => {
    const work = workOf(job)
    await settle(job, 'begun', stop)
    while (!stop.aborted) {
      const items = await store.next(job.id, 'waiting', work.chunk(job))
      if (items.length === 0) break
      const out = await work.admit(job, items)
      await end(job, out, items)
      const left = items.filter(({ seq }) => !out.some((one) => one.seq === seq))
      if (left.length === 0) continue
      const beside = left.flatMap((item) => work.alongside(item, 'begun'))
      await store.begin(job.id, left, now(), beside)
      const outcomes = await work.run(job, left, stop)
      await end(job, outcomes, left)
      const passed = outcomes.filter(({ state }) => state !== 'waiting')
      pace.get(job.id)?.push({ at: now(), items: passed.length })
      if (passed.length > 0) moved()
      else if (!stop.aborted)
        return outcomes.find(({ error }) => error !== undefined)?.error ?? 'Nothing could be done.'
    }
    if (stop.aborted) return null
    await settle(job, 'unsure', stop)
    if (stop.aborted) return null
    const { unsure } = await store.counts(job.id)
    if (unsure > 0 && !last()) return 'Some are not certain, and where they may lie does not answer.'
    await store.set(job.id, { state: 'done', endedAt: now() })
    await told(job)
    return null
  }
  /** One answer that does not come needs nobody's help: only what fails again and again does. */
  const persist = async (job: Job, stop: AbortSignal): Promise<void> => {
    const most = retryWaitsMs.length + 1
    let tried = 0
    const moved = (): void => {
      tried = 0
      retries.delete(job.id)
    }
    while (!stop.aborted) {
      const why = await drive(job, stop, moved, () => tried + 1 >= most).catch((error: unknown) => {
        if (!(error instanceof PeerError || error instanceof DeskError))
          log(`job ${job.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
        return oneLine(error)
      })
      if (why === null || stop.aborted) return
      const waitMs = retryWaitsMs[tried]
      tried += 1
      if (waitMs === undefined) {
        log(`job ${job.id} pauses after ${tried} tries: ${why}`)
        await store.set(job.id, { state: 'paused', trouble: `Tried ${tried} times; the last time: ${why}` })
        return
      }
      retries.set(job.id, { at: now() + waitMs, tried, most, why })
      await waited(waitMs, stop)
    }
  }
  const told = async (job: Job): Promise<void> => {
    const counts = await store.counts(job.id)
    const failed = counts.failed + counts.unsure
    await audit.write({
      who: job.who,
      from: job.from,
      cluster,
      action: `job.${job.kind}`,
      object: job.object,
      after: JSON.stringify({ job: job.id, ...counts }),
      reason: job.reason,
      result: failed === 0 ? 'ok' : counts.done > 0 ? 'partial' : 'failed',
      tookMs: now() - (job.beganAt ?? job.createdAt),
    })
    ended?.()
  }
  /** One after the other: two at once could both do what only one of them may. */
  const enqueue = (id: string): void => {
    if (held.has(id)) return
    const stop = new AbortController()
    held.set(id, stop)
    order = order.then(async () => {
      try {
        const job = await store.get(id)
        if (job === undefined || job.state !== 'running' || closing.signal.aborted || stop.signal.aborted) return
        current = id
        pace.set(id, [{ at: now(), items: 0 }])
        const began = { ...job, beganAt: job.beganAt ?? now() }
        await store.set(id, { beganAt: began.beganAt, trouble: null })
        await persist(began, AbortSignal.any([stop.signal, closing.signal]))
      } catch (error) {
        log(`job ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
        await store.set(id, { state: 'paused', trouble: oneLine(error) }).catch(() => undefined) // the file is gone, and told above
      } finally {
        current = null
        pace.delete(id)
        retries.delete(id)
        held.delete(id)
      }
    })
  }
  const ready = (async () => {
    await store.forget(cluster, now() - KEPT_MS)
    for (const job of await store.running(cluster))
      if (readOnly) await store.set(job.id, { state: 'paused', trouble: 'This cluster is connected read-only.' })
      else enqueue(job.id)
  })().catch((error: unknown) => log(`jobs: ${oneLine(error)}`))

  return {
    async create({ id, kind, object, reason, plan, items }, { who, from }) {
      await ready
      const job: Job = {
        ...{ id, cluster, kind, object, reason, plan, who, from, state: 'running' as const },
        ...{ createdAt: now(), beganAt: null, endedAt: null, total: items.length, trouble: null },
      }
      await store.create(job, items)
      enqueue(id)
      return stateOf(await must(id))
    },
    async list() {
      return Promise.all((await store.list(cluster, MOST_LISTED)).map(stateOf))
    },
    get: async (id) => stateOf(await must(id)),
    async items(id, state, most, skip) {
      await must(id)
      return store.items(id, state, most, skip)
    },
    async act(id, object, act) {
      const job = await must(id)
      if (job.object !== object) throw new DeskError('not-found', `${object} has no job ${id}.`)
      if (act === 'pause' || act === 'stop') {
        if (isOver(job.state)) throw new DeskError('bad-input', 'This job has ended.')
        await store.set(id, act === 'pause' ? { state: 'paused' } : { state: 'stopped', endedAt: now() })
        held.get(id)?.abort()
        if (act === 'stop') await told(job)
      } else {
        if (act === 'resume' && job.state !== 'paused') throw new DeskError('bad-input', 'Only a paused job goes on.')
        if (act === 'retry') {
          if (job.state === 'running') throw new DeskError('bad-input', 'This job still runs.')
          await store.again(id)
          final.delete(id)
        }
        await store.set(id, { state: 'running', endedAt: null, trouble: null })
        // What was told to end may still be at its last chunk; whoever waits behind it begins when it has.
        const before = order
        void before.then(() => enqueue(id))
        if (!held.has(id)) enqueue(id)
      }
      return stateOf(await must(id))
    },
    async close() {
      closing.abort()
      for (const stop of held.values()) stop.abort()
      await ready
      await order
    },
  }
}
const waited = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stop.addEventListener('abort', end)
    if (stop.aborted) end()
  })
/** Undefined: it is not waited for. */
const unlessStopped = <T>(work: Promise<T>, stop: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const stopped = () => resolve(undefined)
    stop.addEventListener('abort', stopped)
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', stopped))
    if (stop.aborted) stopped()
  })
