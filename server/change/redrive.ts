// server/change/redrive.ts: which dead messages are put back, and where to: shown first, and compared when it is applied. What
// is applied becomes a job (redrive-work.ts), and the preview's id is the job's: applied twice, it is one job.
import type { Admin } from '../admin/open'
import { Property, type WireMessage } from '../admin/records'
import { type Facts, firstOf } from '../audit/facts'
import type { JobState, Jobs } from '../jobs/open'
import type { By } from '../shared/desk'
import { DeskError } from '../shared/errors'
import type { RedriveInput, RedrivePreviewInput } from '../shared/inputs'
import { DLQ_PREFIX, isAddressableName, RETRY_PREFIX, topicKind } from '../shared/names'
import { atOnce } from '../shared/pace'
import type { DeadMark, Missing, Offset, RedrivePreview, RedriveRow, RedriveTarget } from '../shared/views'
import { mustMatch, openPreviews } from './previews'

/** Which dead messages were put back, by any redrive. */
export interface RedriveMarks {
  of(offsetIds: readonly string[]): Promise<DeadMark[]>
  putting(mark: DeadMark): { sql: string; params: readonly unknown[] }
  dropping(mark: Pick<DeadMark, 'offsetId' | 'storedAt'>): { sql: string; params: readonly unknown[] }
}
/** What of a dead message is needed to choose it: a hundred thousand of them are held at once. */
export interface DeadRef {
  offsetId: string
  uniqueId: string | null
  keys: string[]
  storedAt: number
  tries: number
  queue: string
  queueOffset: Offset
  origin: string | null
}
export interface Gathered {
  refs: DeadRef[]
  more: boolean
  missing: readonly Missing[]
}
export interface Redrives {
  preview(input: RedrivePreviewInput): Promise<RedrivePreview>
  apply(input: RedriveInput, by: By): Promise<JobState>
  toOf(preview: string): string | null
}
export interface RedriveOptions {
  admin: Pick<Admin, 'names'>
  load: (offsetId: string) => Promise<WireMessage>
  /** Those of a group's dead letters that pass; at most so many. */
  gather: (topic: string, select: All, most: number) => Promise<Gathered>
  /** The first offset each queue of a topic keeps now, by the refs' name of it. */
  keptOf: (topic: string) => Promise<ReadonlyMap<string, Offset>>
  marks: Pick<RedriveMarks, 'of'>
  jobs: Pick<Jobs, 'create' | 'get'>
  /** Groups that read a topic, as far as the samples know. */
  groupsOf: (topic: string) => string[]
  now?: () => number
}
type All = Extract<RedrivePreviewInput['select'], { kind: 'all' }>
/** How a job of this kind is written down. */
export interface RedrivePlan {
  group: string
  target: RedriveTarget
  toTopic: string | null
  again: boolean
  mostPerSecond: number
  /** The brokers of each topic they are put into, where they are looked for later. */
  brokers: Record<string, string[]>
}
export interface RedriveItem {
  storedAt: number
  to: string
  origin: string
  before: { at: number; certain: boolean } | null
}
interface Chosen extends RedriveRow {
  ref: DeadRef | null
}
interface Planned extends RedrivePreview {
  input: RedrivePreviewInput
  chosen: readonly Chosen[]
  brokers: Record<string, string[]>
}
const PERM_WRITE = 2
const AT_ONCE = 8
const ROWS_SHOWN = 200
/** At once in one job; what is kept beyond that is told and left for the next. */
export const MOST_ITEMS = 250_000
/** Large ones are held in memory until they are applied. */
const PREVIEWS_KEPT = 8
const REDRIVE = 'redrive' as const

export const openRedrives = (options: RedriveOptions): Redrives => {
  const { admin, load, gather, keptOf, marks, jobs, groupsOf, now = Date.now } = options
  const previews = openPreviews<Planned, JobState>(now, factsOf, PREVIEWS_KEPT)

  /** The brokers that take messages of that topic; none: nobody does. */
  const writableAt = async (topic: string): Promise<string[]> => {
    const route = await admin.names.route(topic)
    const queues = route?.queues.filter(
      ({ perm, broker, writeQueues }) =>
        (perm & PERM_WRITE) !== 0 &&
        writeQueues > 0 &&
        route.brokers.some(({ name, id }) => name === broker && id === 0),
    )
    return [...new Set(queues?.map(({ broker }) => broker))]
  }
  const loadAll = async (group: string, offsetIds: readonly string[]): Promise<(DeadRef | string)[]> => {
    const found: (DeadRef | string)[] = []
    await atOnce(AT_ONCE, offsetIds, async (id, place) => {
      try {
        const message = await load(id)
        if (message.topic !== DLQ_PREFIX + group)
          throw new DeskError('bad-input', `${id} is no dead message of ${group}.`)
        found[place] = deadRefOf(message, '')
      } catch (error) {
        if (!(error instanceof DeskError && error.kind === 'not-found')) throw error
        found[place] = id
      }
    })
    return found
  }
  const select = async (
    input: RedrivePreviewInput,
  ): Promise<Omit<Gathered, 'refs'> & { found: (DeadRef | string)[] }> => {
    const most = Math.min(input.first ?? MOST_ITEMS, MOST_ITEMS)
    if (input.select.kind === 'ids') {
      const ids = [...new Set(input.select.offsetIds.map((id) => id.toUpperCase()))]
      return { found: (await loadAll(input.group, ids)).slice(0, most), more: false, missing: [] }
    }
    const { refs, more, missing } = await gather(DLQ_PREFIX + input.group, input.select, MOST_ITEMS)
    refs.sort((a, b) => a.storedAt - b.storedAt || (a.queueOffset < b.queueOffset ? -1 : 1))
    return { found: refs.slice(0, most), more: more || refs.length > most, missing }
  }
  const judge = async (
    input: RedrivePreviewInput,
    found: readonly (DeadRef | string)[],
  ): Promise<{ chosen: Chosen[]; brokers: Record<string, string[]> }> => {
    const { group, target, toTopic, again } = input
    const ids = found.map((one) => (typeof one === 'string' ? one : one.offsetId))
    const marked = new Map((await marks.of(ids)).map((mark) => [`${mark.offsetId} ${mark.storedAt}`, mark]))
    const writable = new Map<string, string[]>()
    const chosen: Chosen[] = []
    for (const one of found) {
      if (typeof one === 'string') {
        const blank = { uniqueId: null, keys: [], storedAt: null, tries: 0, changed: false }
        chosen.push({ ...blank, offsetId: one, to: null, before: null, note: 'gone', ref: null })
        continue
      }
      const { offsetId, uniqueId, keys, storedAt, tries, origin } = one
      const to =
        target === 'topic'
          ? (toTopic ?? null)
          : origin === null
            ? null
            : target === 'origin'
              ? origin
              : RETRY_PREFIX + group
      if (to !== null && !writable.has(to)) writable.set(to, await writableAt(to))
      const mark = marked.get(`${offsetId} ${storedAt}`)
      const before = mark === undefined ? null : { at: mark.at, certain: mark.certain }
      const note =
        to === null
          ? 'no-origin'
          : writable.get(to)?.length === 0
            ? 'no-topic'
            : before !== null && !again
              ? 'put-back'
              : null
      chosen.push({ offsetId, uniqueId, keys, storedAt, tries, to, before, note, changed: false, ref: one })
    }
    const going = new Set(chosen.flatMap(({ to, note }) => (to !== null && note === null ? [to] : [])))
    return { chosen, brokers: Object.fromEntries([...writable].filter(([topic]) => going.has(topic))) }
  }
  const plan = async (input: RedrivePreviewInput): Promise<Omit<Planned, 'id'>> => {
    const { group, target, again } = input
    const toTopic = target === 'topic' ? (input.toTopic ?? '') : null
    if (toTopic !== null && !(isAddressableName(toTopic) && topicKind(toTopic) === 'user'))
      throw new DeskError('bad-input', 'Name the topic to put them into: a topic of users.')
    const { found, more, missing } = await select(input)
    const { chosen, brokers } = await judge(input, found)
    return {
      ...{ kind: REDRIVE, input, chosen, brokers, group, target, toTopic, again, at: now(), more, missing },
      ...summaryOf(chosen),
      readers:
        target === 'retry'
          ? []
          : Object.keys(brokers)
              .map((topic) => ({ topic, groups: groupsOf(topic).filter((name) => name !== group) }))
              .filter(({ groups }) => groups.length > 0),
    }
  }
  const show = ({ input: _, chosen: __, brokers: ___, ...shown }: Planned): RedrivePreview => shown

  /** What is not as it was: put back by somebody else, taken by retention, or its topic takes no writes any more. */
  const drifted = async (planned: Planned): Promise<Omit<Planned, 'id'> | null> => {
    const { input, chosen, group } = planned
    const before = chosen.filter(({ note }) => note === null)
    let found: (DeadRef | string)[]
    if (input.select.kind === 'ids')
      found = await loadAll(
        group,
        chosen.map(({ offsetId }) => offsetId),
      )
    else {
      const kept = await keptOf(DLQ_PREFIX + group)
      found = chosen.map(({ ref, offsetId }) =>
        ref === null || ref.queueOffset < (kept.get(ref.queue) ?? 0n) ? offsetId : ref,
      )
    }
    const fresh = (await judge(input, found)).chosen
    const rows = fresh.map((row, index): Chosen => ({ ...row, changed: differs(chosen[index], row) }))
    if (!rows.some((row, index) => row.changed && before.includes(chosen[index] ?? row))) return null
    // The changed ones first: they are what somebody must look at.
    rows.sort((a, b) => Number(b.changed) - Number(a.changed))
    return { ...planned, at: now(), chosen: rows, ...summaryOf(rows) }
  }

  return {
    preview: async (input) => show(previews.keep(await plan(input))),
    toOf: (id) => previews.find(id)?.toTopic ?? null,
    async apply({ group, preview: id, confirm, reason, mostPerSecond }, by) {
      mustMatch(confirm, group)
      return previews.apply(id, async (held) => {
        if (held.group !== group) throw new DeskError('preview-expired', 'This preview is of another group.')
        if (held.sends === 0) throw new DeskError('bad-input', 'None of these messages can be put back.')
        const fresh = await drifted(held)
        if (fresh !== null) {
          const changed = fresh.rows.filter((row) => row.changed).length
          throw new DeskError('drift', `${changed} messages changed since the preview; nothing was done.`, {
            preview: show(previews.keep(fresh)),
          })
        }
        const { target, toTopic, again, brokers } = held
        const written: RedrivePlan = { group, target, toTopic, again, mostPerSecond, brokers }
        const items = held.chosen.flatMap(({ note, ref, to, before }) =>
          note !== null || ref === null || to === null
            ? []
            : [{ key: ref.offsetId, title: ref.uniqueId ?? ref.offsetId, input: itemText(ref, to, before) }],
        )
        const state = await jobs.create(
          {
            ...{ id, kind: REDRIVE, object: group, reason: reason ?? null, plan: JSON.stringify(written) },
            items: items.map((item, seq) => ({ ...item, seq })),
          },
          by,
        )
        held.chosen = [] // up to 250,000 rows, which the job has now; asked again, it answers with the job
        return state
      })
    },
  }
}
const itemText = (ref: DeadRef, to: string, before: RedriveItem['before']): string => {
  const item: RedriveItem = { storedAt: ref.storedAt, to, origin: ref.origin ?? to, before }
  return JSON.stringify(item)
}
/** Where to, how many, and the first of them: their job has the rest. */
const factsOf = ({ target, toTopic, again, sends, twice, rows }: Planned): Facts => ({
  after: {
    ...{ target, toTopic, again, sends, twice },
    ...firstOf(
      'messages',
      rows.flatMap(({ offsetId, to, note }) => (note === null ? [{ offsetId, to }] : [])),
      sends,
    ),
  },
})
const summaryOf = (chosen: readonly Chosen[]) => {
  const left = new Map<NonNullable<RedriveRow['note']>, number>()
  for (const { note } of chosen) if (note !== null) left.set(note, (left.get(note) ?? 0) + 1)
  return {
    rows: chosen.slice(0, ROWS_SHOWN).map(({ ref: _, ...row }): RedriveRow => row),
    total: chosen.length,
    sends: chosen.filter(({ note }) => note === null).length,
    left: [...left].map(([note, count]) => ({ note, count })),
    twice: chosen.filter(({ note, before }) => note === null && before?.certain === true).length,
    uncertain: chosen.filter(({ before }) => before?.certain === false).length,
  }
}
export const deadRefOf = (message: WireMessage, queue: string): DeadRef => {
  const { offsetId, uniqueId, keys, storedAt, reconsumeTimes, queueOffset } = message
  return { offsetId, uniqueId, keys, storedAt, tries: reconsumeTimes, queue, queueOffset, origin: originOf(message) }
}
/** Where a message was sent before it died; brokers since 5.0 write it down apart from the retry's own note. */
const originOf = ({ properties }: WireMessage): string | null => {
  const origin = properties.get(Property.dlqOriginTopic) ?? properties.get(Property.retryTopic)
  return origin === undefined || origin.startsWith(RETRY_PREFIX) || origin.startsWith(DLQ_PREFIX) ? null : origin
}
const differs = (held: RedriveRow | undefined, fresh: RedriveRow): boolean =>
  held === undefined ||
  fresh.note !== held.note ||
  fresh.to !== held.to ||
  fresh.storedAt !== held.storedAt ||
  fresh.before?.at !== held.before?.at
