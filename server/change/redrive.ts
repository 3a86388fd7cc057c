// server/change/redrive.ts: puts dead messages back: to their group's retry topic, or to the topic they came from. What will
// be done is shown first and compared when it is applied; what was put back is marked, so that a second time says so.
import type { Admin } from '../admin/open'
import { Property, type WireMessage } from '../admin/records'
import { DeskError, PeerError } from '../shared/errors'
import type { RedriveInput, RedrivePreviewInput } from '../shared/inputs'
import { DLQ_PREFIX, RETRY_PREFIX } from '../shared/names'
import type { ApplyResult, RedrivePreview, RedriveRow, SendResult } from '../shared/views'
import { mustMatch, openPreviews } from './previews'
import { carryOut } from './results'

export interface RedriveMark {
  offsetId: string
  storedAt: number
  at: number
  certain: boolean
}
export interface RedriveMarks {
  of(offsetIds: readonly string[]): Promise<RedriveMark[]>
  put(mark: RedriveMark): Promise<void>
  drop(mark: Pick<RedriveMark, 'offsetId' | 'storedAt'>): Promise<void>
}
export interface Redrives {
  preview(input: RedrivePreviewInput): Promise<RedrivePreview>
  apply(input: RedriveInput): Promise<ApplyResult>
}
export interface RedriveOptions {
  admin: Pick<Admin, 'names'>
  load: (offsetId: string) => Promise<WireMessage>
  putBack: (
    message: WireMessage,
    way: { topic: string; origin: string; redriveId: string },
  ) => Promise<Pick<SendResult, 'broker' | 'queueId' | 'queueOffset'>>
  marks: RedriveMarks
  /** Groups that read a topic, as far as the samples know. */
  groupsOf: (topic: string) => string[]
  now?: () => number
}
interface Planned extends RedrivePreview {
  input: RedrivePreviewInput
  messages: ReadonlyMap<string, WireMessage>
}
const PERM_WRITE = 2
const AT_ONCE = 8

export const openRedrives = (options: RedriveOptions): Redrives => {
  const { admin, load, putBack, marks, groupsOf, now = Date.now } = options
  const previews = openPreviews<Planned>(now)

  const plan = async (input: RedrivePreviewInput): Promise<Omit<Planned, 'id'>> => {
    const { group, target, again } = input
    const offsetIds = [...new Set(input.offsetIds.map((id) => id.toUpperCase()))]
    const [messages, marked] = await Promise.all([loadAll(offsetIds), marks.of(offsetIds)])
    const writable = new Map<string, Promise<boolean>>()
    const mayWrite = (topic: string): Promise<boolean> => {
      const asked = writable.get(topic) ?? isWritable(topic)
      writable.set(topic, asked)
      return asked
    }
    const rows = await Promise.all(
      offsetIds.map(async (offsetId): Promise<RedriveRow> => {
        const message = messages.get(offsetId)
        const blank = { offsetId, uniqueId: null, keys: [], storedAt: null, tries: 0, changed: false }
        if (message === undefined) return { ...blank, to: null, before: null, note: 'gone' }
        if (message.topic !== DLQ_PREFIX + group)
          throw new DeskError('bad-input', `${offsetId} is no dead message of ${group}.`)
        const { uniqueId, keys, storedAt, reconsumeTimes: tries } = message
        const origin = originOf(message)
        const to = origin === null ? null : target === 'origin' ? origin : RETRY_PREFIX + group
        const mark = marked.find((one) => one.offsetId === offsetId && one.storedAt === storedAt)
        const before = mark === undefined ? null : { at: mark.at, certain: mark.certain }
        const note =
          to === null ? 'no-origin' : !(await mayWrite(to)) ? 'no-topic' : before !== null && !again ? 'put-back' : null
        return { ...blank, uniqueId, keys, storedAt, tries, to, before, note }
      }),
    )
    const topics = target === 'origin' ? [...new Set(rows.flatMap(({ to, note }) => (to && !note ? [to] : [])))] : []
    return {
      kind: 'redrive',
      input,
      messages,
      group,
      target,
      again,
      at: now(),
      rows,
      sends: rows.filter(({ note }) => note === null).length,
      readers: topics
        .map((topic) => ({ topic, groups: groupsOf(topic).filter((name) => name !== group) }))
        .filter(({ groups }) => groups.length > 0),
    }
  }
  const loadAll = async (offsetIds: readonly string[]): Promise<Map<string, WireMessage>> => {
    const found = new Map<string, WireMessage>()
    let next = 0
    const worker = async (): Promise<void> => {
      for (let id = offsetIds[next++]; id !== undefined; id = offsetIds[next++])
        try {
          found.set(id, await load(id))
        } catch (error) {
          if (!(error instanceof DeskError && error.kind === 'not-found')) throw error
        }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, offsetIds.length) }, worker))
    return found
  }
  const isWritable = async (topic: string): Promise<boolean> => {
    const route = await admin.names.route(topic)
    return (
      route?.queues.some(
        ({ perm, broker, writeQueues }) =>
          (perm & PERM_WRITE) !== 0 &&
          writeQueues > 0 &&
          route.brokers.some(({ name, id }) => name === broker && id === 0),
      ) === true
    )
  }

  const putBackOne = async (message: WireMessage, row: RedriveRow, redriveId: string) => {
    const { offsetId, storedAt } = message
    const origin = originOf(message)
    if (row.to === null || origin === null)
      throw new DeskError('bad-input', `Nobody knows where ${offsetId} came from.`)
    // Marked before it is sent: whatever ends this process, a second time is told that it may have arrived.
    await marks.put({ offsetId, storedAt, at: now(), certain: false })
    try {
      const { broker, queueId, queueOffset } = await putBack(message, { topic: row.to, origin, redriveId })
      await marks.put({ offsetId, storedAt, at: now(), certain: true })
      return { queue: { topic: row.to, broker, queueId }, after: queueOffset }
    } catch (error) {
      const mayHaveArrived = error instanceof PeerError && (error.fault === 'silent' || error.fault === 'garbled')
      if (!mayHaveArrived)
        await (row.before === null ? marks.drop(message) : marks.put({ ...row.before, offsetId, storedAt }))
      throw error
    }
  }
  const show = ({ input: _, messages: __, ...shown }: Planned): RedrivePreview => shown
  /** One after the other: two at once would both find no mark. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = last.then(run, run)
    last = mine.catch(() => undefined)
    return mine
  }

  return {
    preview: async (input) => show(previews.keep(await plan(input))),
    async apply({ group, preview: id, confirm, offsetIds }) {
      mustMatch(confirm, group)
      return previews.apply(id, (held) =>
        inTurn(async () => {
          if (held.group !== group) throw new DeskError('preview-expired', 'This preview is of another group.')
          const wanted = new Set(offsetIds.map((one) => one.toUpperCase()))
          const chosen = held.rows.filter((row) => row.note === null && wanted.has(row.offsetId))
          if (chosen.length === 0) throw new DeskError('bad-input', 'None of these messages can be put back.')
          const fresh = await plan(held.input)
          const next = new Map(fresh.rows.map((row) => [row.offsetId, row]))
          const drifted = new Set(
            chosen.filter((row) => differs(row, next.get(row.offsetId))).map(({ offsetId }) => offsetId),
          )
          if (drifted.size > 0) {
            const rows = fresh.rows.map((row) => ({ ...row, changed: drifted.has(row.offsetId) }))
            throw new DeskError('drift', `${drifted.size} messages changed since the preview; nothing was done.`, {
              preview: show(previews.keep({ ...fresh, rows })),
            })
          }
          return carryOut(
            chosen.flatMap((row) => {
              const message = fresh.messages.get(row.offsetId)
              return message === undefined
                ? []
                : [{ item: row.uniqueId ?? row.offsetId, run: () => putBackOne(message, row, held.id) }]
            }),
          )
        }),
      )
    },
  }
}

/** Where a message was sent before it died; brokers since 5.0 write it down apart from the retry's own note. */
const originOf = ({ properties }: WireMessage): string | null => {
  const origin = properties.get(Property.dlqOriginTopic) ?? properties.get(Property.retryTopic)
  return origin === undefined || origin.startsWith(RETRY_PREFIX) || origin.startsWith(DLQ_PREFIX) ? null : origin
}
const differs = (held: RedriveRow, fresh: RedriveRow | undefined): boolean =>
  fresh === undefined ||
  fresh.note !== held.note ||
  fresh.to !== held.to ||
  fresh.storedAt !== held.storedAt ||
  fresh.before?.at !== held.before?.at
