// test/server/jobs/redrive.test.ts: a redrive that is paused, refused, left without an answer, and ended by a kill in the
// middle: each message arrives once, and what nobody can know is said to be unknown. The broker here is a list of what came.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WireMessage } from '../../../server/admin/records'
import {
  openRedriveWork,
  placeOf,
  REDRIVE_OF_PROPERTY,
  REDRIVE_PROPERTY,
  type RedriveWorkOptions,
} from '../../../server/change/redrive-work'
import { type Database, openDatabase } from '../../../server/db/open'
import { openRedriveMarks } from '../../../server/desk/redrive-marks'
import { type Jobs, openJobs } from '../../../server/jobs/open'
import type { AuditEntry } from '../../../server/shared/desk'
import { DeskError, PeerError } from '../../../server/shared/errors'
import { temporaryFolder } from '../../support/folders'

vi.setConfig({ testTimeout: 60_000 })
const COUNT = 200
const ID = (number: number): string => number.toString(16).toUpperCase().padStart(32, '0')
const messageOf = (id: string): WireMessage =>
  ({
    offsetId: id,
    uniqueId: `U${Number.parseInt(id, 16)}`,
    storedAt: 1,
    properties: new Map(shardingKey === undefined ? [] : [['__SHARDINGKEY', shardingKey]]),
  }) as unknown as WireMessage // what a redrive looks at

let file: string
let databases: Database[]
let opened: Jobs[]
let arrived: { id: string; job: string; offset: bigint }[]
let audited: AuditEntry[]
/** What the broker does with the message of that number: answers, unless told otherwise. */
let fate: (number: number) => 'stored' | 'silent-stored' | 'silent-lost' | 'hangs-stored' | 'hangs' | 'refused' | 'busy'
let lookUpAnswers: boolean
/** So many look-ups get no answer at all. */
let lookUpsLost: number
/** Since when each looked. */
let lookedFrom: number[]
/** Of every message. */
let shardingKey: string | undefined

beforeEach(() => {
  file = `${temporaryFolder('jobs')}/console.db`
  databases = []
  opened = []
  arrived = []
  audited = []
  fate = () => 'stored'
  lookUpAnswers = true
  lookUpsLost = 0
  lookedFrom = []
  shardingKey = undefined
})
afterEach(async () => {
  await Promise.all(opened.map((jobs) => Promise.race([jobs.close(), new Promise((left) => setTimeout(left, 100))])))
  for (const { close } of databases) await close()
})
const hang = () => new Promise<never>(() => undefined)
const putBack: RedriveWorkOptions['putBack'] = async ({ offsetId }, { marks }) => {
  const number = Number.parseInt(offsetId, 16)
  const end = fate(number)
  if (end === 'refused') throw new PeerError('refused', 'b', 'nobody listens')
  if (end === 'busy') throw new PeerError('answered', 'b', 'busy', busy)
  if (end === 'silent-lost') throw new PeerError('silent', 'b', 'no answer')
  if (end === 'hangs') return hang()
  arrived.push({
    id: marks[REDRIVE_OF_PROPERTY] ?? '',
    job: marks[REDRIVE_PROPERTY] ?? '',
    offset: BigInt(arrived.length),
  })
  if (end === 'silent-stored') throw new PeerError('silent', 'b', 'no answer')
  if (end === 'hangs-stored') return hang()
  return { status: 'SEND_OK', broker: 'b', queueId: 0, queueOffset: BigInt(arrived.length - 1) }
}
const busy = { kind: 'broker-busy' as const, code: 2, codeName: 'SYSTEM_BUSY', remark: 'busy' }
const lookUp: RedriveWorkOptions['lookUp'] = async ({ ids, topic, keyOf, from }) => {
  lookedFrom.push(from)
  if (lookUpsLost-- > 0) throw new PeerError('silent', 'b', 'b did not answer PULL_MESSAGE in time.')
  const places = new Map<string, { queue: { topic: string; broker: string; queueId: number }; offset: bigint }>()
  for (const { id, job, offset } of lookUpAnswers ? arrived : []) {
    const properties = new Map([
      [REDRIVE_PROPERTY, job],
      [REDRIVE_OF_PROPERTY, id],
    ])
    const key = keyOf({ properties } as unknown as WireMessage) // what is asked of it
    if (key !== null && ids.some((one) => one.key === key))
      places.set(key, { queue: { topic, broker: 'b', queueId: 0 }, offset })
  }
  return { places, complete: lookUpAnswers }
}
/** As a process would: its own connection to the file, its own jobs. */
const open = async (
  sleep: RedriveWorkOptions['sleep'] = async () => undefined,
  readOnly = false,
  retryWaitsMs = [1, 1, 1, 1],
): Promise<Jobs> => {
  const database = await openDatabase({ file, thread: false })
  databases.push(database)
  const marks = openRedriveMarks(database.db, 'c')
  const load = async (id: string) => {
    if (Number.parseInt(id, 16) >= COUNT) throw new DeskError('not-found', 'gone')
    return messageOf(id)
  }
  const jobs = openJobs({
    database,
    cluster: 'c',
    works: { redrive: openRedriveWork({ load, putBack, lookUp, marks, sleep }) },
    audit: { write: async (entry) => void audited.push(entry) },
    log: () => undefined,
    readOnly,
    retryWaitsMs,
  })
  opened.push(jobs)
  return jobs
}
const plan = (more: object = {}) =>
  JSON.stringify({
    ...{ group: 'g', target: 'retry', toTopic: null, again: false, mostPerSecond: 0 },
    ...{ brokers: { '%RETRY%g': ['b'] }, ...more },
  })
const start = (jobs: Jobs, id = 'job', count = COUNT, more: object = {}) =>
  jobs.create(
    {
      ...{ id, kind: 'redrive', object: 'g', reason: null, plan: plan(more) },
      items: Array.from({ length: count }, (_, seq) => ({
        ...{ seq, key: ID(seq), title: `U${seq}` },
        input: JSON.stringify({ storedAt: 1, to: '%RETRY%g', origin: 'T', before: null }),
      })),
    },
    { who: 'ann', from: '::1' },
  )
const until = async (jobs: Jobs, good: (state: Awaited<ReturnType<Jobs['get']>>) => boolean, id = 'job') => {
  for (const end = Date.now() + 60_000; ; ) {
    const state = await jobs.get(id)
    if (good(state) || Date.now() > end) return state
    await new Promise((next) => setTimeout(next, 10))
  }
}
const over = ({ job: { state } }: { job: { state: string } }): boolean => state !== 'running'
const timesOf = () => {
  const times = new Map<string, number>()
  for (const { id } of arrived) times.set(id, (times.get(id) ?? 0) + 1)
  return times
}
const onceEach = (count = COUNT) => ({
  distinct: timesOf().size === count,
  most: Math.max(0, ...timesOf().values()),
})

it('puts each message back once, tells where each lies, and writes one line about the whole', async () => {
  const jobs = await open()
  await start(jobs)
  const { job, counts } = await until(jobs, over)
  expect({ state: job.state, ...counts }).toMatchObject({ state: 'done', done: COUNT, failed: 0, waiting: 0 })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
  const [first] = await jobs.items('job', 'done', 1, 0)
  expect(first && placeOf(first)).toMatchObject({ queue: { topic: '%RETRY%g', broker: 'b' } })
  expect(audited).toMatchObject([{ action: 'job.redrive', object: 'g', who: 'ann', result: 'ok' }])
})
it('goes on after a kill: what was under way is looked up, and none comes twice or never', async () => {
  fate = (number) => (number < 100 ? 'stored' : number % 2 === 0 ? 'hangs-stored' : 'hangs')
  const killed = await open()
  await start(killed)
  // A chunk is under way that never ends: some of it arrived, some did not, and nobody wrote down which.
  let still = 0
  let seen = 0
  const before = await until(killed, ({ counts }) => {
    still = counts.begun > 0 && arrived.length === seen ? still + 1 : 0
    seen = arrived.length
    return still > 20
  })
  expect(before.counts.begun).toBeGreaterThan(0)
  expect(before.counts.done).toBeLessThan(COUNT)

  fate = () => 'stored'
  const next = await open()
  const { job, counts } = await until(next, over)
  expect({ state: job.state, ...counts }).toMatchObject({ state: 'done', done: COUNT, begun: 0, failed: 0, unsure: 0 })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
})
it('needs nobody where a read gets no answer after a restart, or a broker takes nothing for a while', async () => {
  fate = () => 'hangs-stored'
  const killed = await open()
  await start(killed)
  await until(killed, () => arrived.length > 0)
  let refusals = 150
  fate = () => (refusals-- > 0 ? 'refused' : 'stored')
  lookUpsLost = 3
  const { job, counts } = await until(await open(undefined, false, [1, 1, 1, 1, 1, 1, 1, 1]), over)
  expect({ state: job.state, trouble: job.trouble, ...counts }).toMatchObject({
    ...{ state: 'done', trouble: null, done: COUNT, begun: 0, unsure: 0 },
  })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
  expect({ lookUpsLost: lookUpsLost < 0, refusals: refusals < 0 }).toEqual({ lookUpsLost: true, refusals: true })
})
it('looks for what is not certain around the time it was begun, however often it looks', async () => {
  fate = (number) => (number === 5 ? 'silent-lost' : 'stored')
  lookUpAnswers = false
  const jobs = await open()
  await start(jobs)
  const { job, counts } = await until(jobs, over)
  expect({ state: job.state, ...counts }).toMatchObject({ state: 'done', done: COUNT - 1, unsure: 1 })
  expect(lookedFrom).toHaveLength(5)
  expect(new Set(lookedFrom).size).toBe(1)
})
it('says what came of the last try while it waits for the next, and can be paused meanwhile', async () => {
  fate = () => 'refused'
  const jobs = await open(undefined, false, [600_000])
  await start(jobs, 'job', 10)
  const { retry, job } = await until(jobs, (state) => state.retry !== null)
  expect({ state: job.state, retry }).toMatchObject({
    state: 'running',
    retry: { tried: 1, most: 2, why: 'nobody listens' },
  })
  await jobs.act('job', 'g', 'pause')
  expect((await until(jobs, (state) => state.retry === null)).job).toMatchObject({ state: 'paused', trouble: null })
  fate = () => 'stored'
  await jobs.act('job', 'g', 'resume')
  expect((await until(jobs, over)).counts).toMatchObject({ done: 10 })
})
it('keeps the order of a sharding key, also where one of them has to wait', async () => {
  shardingKey = 'order 7'
  let refusals = 0
  fate = (number) => (number === 3 && refusals++ < 1 ? 'busy' : 'stored')
  const jobs = await open()
  await start(jobs, 'job', 10)
  expect((await until(jobs, over)).counts).toMatchObject({ done: 10 })
  expect(arrived.map(({ id }) => Number.parseInt(id, 16))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(refusals).toBe(2)
})
it('ends at once when the console does, also while it looks up what became of some', async () => {
  fate = () => 'hangs-stored'
  const killed = await open()
  await start(killed, 'job', 10)
  await until(killed, () => arrived.length === 10)
  let waits = 0
  const next = await open(() => {
    waits += 1
    return hang()
  })
  await until(next, () => waits > 0)
  await next.close()
  fate = () => 'stored'
  const { job, counts } = await until(await open(), over)
  expect({ state: job.state, ...counts }).toMatchObject({ state: 'done', done: 10 })
  expect(onceEach(10)).toEqual({ distinct: true, most: 1 })
})
it('sends nothing to a cluster that was made read-only meanwhile', async () => {
  fate = () => 'hangs-stored'
  const killed = await open()
  await start(killed)
  await until(killed, () => arrived.length > 0)
  const came = arrived.length
  fate = () => 'stored'
  const { job } = await until(await open(undefined, true), over)
  expect(job).toMatchObject({ state: 'paused', trouble: expect.stringContaining('read-only') })
  expect(arrived.length).toBe(came)
})
it('sends nothing again of which nobody can tell whether it arrived', async () => {
  fate = (number) => (number === 5 ? 'silent-stored' : number === 6 ? 'silent-lost' : 'stored')
  lookUpAnswers = false
  const jobs = await open()
  await start(jobs)
  const first = await until(jobs, over)
  expect(first.counts).toMatchObject({ done: COUNT - 2, unsure: 2 })

  // Now it can be looked up: one is found, the other is known to be nowhere and goes once more.
  lookUpAnswers = true
  fate = () => 'stored'
  await jobs.act('job', 'g', 'retry')
  expect((await until(jobs, over)).counts).toMatchObject({ done: COUNT, unsure: 0, failed: 0 })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
})
it('pauses by itself when nothing can be sent, loses nothing, and goes on when told', async () => {
  fate = (number) => (number < 64 ? 'stored' : number % 2 === 0 ? 'refused' : 'busy')
  const jobs = await open()
  await start(jobs)
  const paused = await until(jobs, over)
  expect(paused.job).toMatchObject({ state: 'paused' })
  expect(paused.job.trouble).toMatch(/^Tried 5 times; the last time: (nobody listens|busy)/)
  expect(paused.counts).toMatchObject({ done: 64, failed: 0, waiting: COUNT - 64 })
  fate = () => 'stored'
  await jobs.act('job', 'g', 'resume')
  expect((await until(jobs, over)).counts).toMatchObject({ done: COUNT })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
})
it('waits while it is paused, also over a restart, and ends for good when it is stopped', async () => {
  const jobs = await open((ms) => new Promise((done) => setTimeout(done, Math.max(0, ms))))
  await start(jobs, 'job', COUNT, { mostPerSecond: 20 })
  await until(jobs, ({ counts }) => counts.done > 0)
  await jobs.act('job', 'g', 'pause')
  const { counts } = await until(jobs, (state) => state.counts.begun === 0)
  await jobs.close()
  const next = await open()
  expect((await next.get('job')).counts.done).toBe(counts.done)
  expect((await next.get('job')).job.state).toBe('paused')
  await next.act('job', 'g', 'stop')
  await expect(next.act('job', 'g', 'resume')).rejects.toMatchObject({ kind: 'bad-input' })
  await expect(next.act('job', 'other', 'retry')).rejects.toMatchObject({ kind: 'not-found' })
  expect(arrived).toHaveLength(counts.done)
})
it('leaves to another redrive what that one put back meanwhile, and tells what is gone', async () => {
  const jobs = await open()
  await Promise.all([start(jobs, 'one', 50), start(jobs, 'two', COUNT + 1)])
  await until(jobs, over, 'one')
  const { counts } = await until(jobs, over, 'two')
  expect(counts).toMatchObject({ skipped: 50, done: COUNT - 50, failed: 1 })
  expect(onceEach()).toEqual({ distinct: true, most: 1 })
})
