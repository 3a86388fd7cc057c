// server/change/waiting.ts: decides transactions that nobody answered, has those asked about again that were set aside, and
// calls back messages before their time. What waits is read anew when it is applied: what ended meanwhile is left alone.
import type { Admin } from '../admin/open'
import type { WireMessage } from '../admin/records'
import { type Facts, firstOf } from '../audit/facts'
import type { AuditEntry, By } from '../shared/desk'
import { DeskError, oneLine } from '../shared/errors'
import type { WaitingActInput, WaitingActPreviewInput } from '../shared/inputs'
import type {
  ApplyResult,
  HalfList,
  HalfRow,
  TimedRow,
  Timetable,
  WaitingActPreview,
  WaitingActRow,
} from '../shared/views'
import { waitingKey } from '../shared/waiting-key'
import { mustMatch, openPreviews } from './previews'
import { carryOut } from './results'

export interface WaitingActs {
  preview(input: WaitingActPreviewInput): Promise<WaitingActPreview>
  /** `by` stands in the audit log for what is done after the decision too. */
  apply(input: WaitingActInput, by: By): Promise<ApplyResult>
}
export interface WaitingOptions {
  admin: Pick<Admin, 'masters' | 'messages'>
  cluster: string
  halves: () => Promise<HalfList>
  timetable: () => Promise<Timetable>
  load: (offsetId: string) => Promise<WireMessage>
  /** Groups that read a topic, as far as the samples know. */
  groupsOf: (topic: string) => string[]
  log: (text: string) => void
  audit: (entry: AuditEntry) => Promise<void>
  sleep: (ms: number) => Promise<void>
  now?: () => number
}
/** A broker notes up to 3 s later what ended; a check in between puts it once more, and only that copy would be open then. */
const LOOKED_AFTER_MS = [1000, 4000]
/** A check may put again even what is taken away: looked after anew as long as there was one, but not for ever. */
const MOST_LOOKS = 20
interface Planned extends WaitingActPreview {
  input: WaitingActPreviewInput
}

export const openWaitingActs = (options: WaitingOptions): WaitingActs => {
  const { admin, cluster, halves, timetable, load, groupsOf, log, audit, sleep, now = Date.now } = options
  const previews = openPreviews<Planned>(now, factsOf)

  const waitingNow = async (act: WaitingActPreviewInput['act']): Promise<readonly (HalfRow | TimedRow)[]> => {
    if (act === 'recall') return (await timetable()).timed
    const { open, setAside } = await halves()
    return act === 'resume' ? setAside : open
  }
  const plan = async (input: WaitingActPreviewInput): Promise<Omit<Planned, 'id'>> => {
    const { act } = input
    const waiting = await waitingNow(act)
    const byKey = new Map(waiting.map((row) => [waitingKey(row), row]))
    const rows = [...new Set(input.waiting)].map((key): WaitingActRow => {
      const row = byKey.get(key)
      if (row === undefined) return { ...nothing, key }
      const { broker, offsetId, queueOffset, uniqueId, topic, keys, tag, bornAt } = row
      const plain = { key, broker, queueOffset, offsetId, uniqueId, topic, keys, tag, bornAt, changed: false }
      return 'dueAt' in row
        ? {
            ...{ ...plain, producerGroup: '', dueAt: row.dueAt, deliverAt: row.deliverAt },
            note: row.fixed === null ? null : 'fixed',
          }
        : { ...plain, producerGroup: row.producerGroup, dueAt: null, deliverAt: null, note: null }
    })
    const topics = [...new Set(rows.flatMap(({ topic, note }) => (note === null ? [topic] : [])))]
    return {
      kind: 'waiting',
      input,
      act,
      name: topics.length === 1 ? (topics[0] ?? cluster) : cluster,
      at: now(),
      rows,
      sends: rows.filter(({ note }) => note === null).length,
      readers: act === 'commit' ? topics.map((topic) => ({ topic, groups: groupsOf(topic) })) : [],
    }
  }
  const run = async (act: WaitingActPreviewInput['act'], row: WaitingActRow): Promise<void> => {
    if (act === 'commit' || act === 'rollback') return end(row, act === 'commit')
    const address = (await admin.masters([row.broker]))[0]?.address ?? ''
    if (act === 'resume') return admin.messages.resumeCheck(address, row.offsetId)
    const { topic, broker: brokerName, dueAt, uniqueId } = row
    return admin.messages.recall(address, { topic, brokerName, deliverAt: dueAt ?? 0, uniqueId: uniqueId ?? '' })
  }
  const end = async (row: HalfRow | WaitingActRow, commit: boolean): Promise<void> => {
    const address = (await admin.masters([row.broker]))[0]?.address ?? ''
    const { commitLogOffset } = await load(row.offsetId)
    const { topic, producerGroup, queueOffset, uniqueId } = row
    const half = { topic, producerGroup, uniqueId: uniqueId ?? '', queueOffset, commitLogOffset }
    await admin.messages.endTransaction(address, half, commit)
  }
  /**
   * What was decided is delivered or dropped by then: a copy that a check made of it meanwhile is taken away. Apache's brokers
   * decide about the copy they are told of and would ask about the newer one, and deliver it once more.
   */
  const lookAfter = async (decided: readonly WaitingActRow[], by: By): Promise<void> => {
    let place = 0
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const waitMs = LOOKED_AFTER_MS[place]
      if (waitMs === undefined) return
      await sleep(waitMs)
      const { open } = await halves()
      place++
      for (const row of decided) {
        const newer = open.find((one) => waitingKey(one) === row.key && one.queueOffset > row.queueOffset)
        if (newer === undefined) continue
        log(`${row.key} was put again by a check while it was decided: its newer copy is taken away`)
        await takeAway(newer, by)
        place = 0
      }
    }
  }
  /** A roll back that nobody asked for by itself: it stands in the audit log, as the decision does. */
  const takeAway = async (copy: HalfRow, by: By): Promise<void> => {
    const began = performance.now()
    let error: string | null = null
    try {
      await end(copy, false)
    } catch (caught) {
      error = oneLine(caught)
      throw caught
    } finally {
      await audit({
        ...by,
        cluster,
        action: 'waiting.takeAway',
        object: copy.topic,
        after: JSON.stringify({
          act: 'rollback',
          broker: copy.broker,
          offsetId: copy.offsetId,
          uniqueId: copy.uniqueId,
        }),
        reason: 'a check put it again while it was decided',
        result: error === null ? 'ok' : 'failed',
        error,
        tookMs: performance.now() - began,
      })
    }
  }
  const show = ({ input: _, ...shown }: Planned): WaitingActPreview => shown

  return {
    preview: async (input) => show(previews.keep(await plan(input))),
    apply({ preview: id, confirm }, by) {
      return previews.apply(id, async (held) => {
        mustMatch(confirm, held.name)
        const chosen = held.rows.filter(({ note }) => note === null)
        if (chosen.length === 0) throw new DeskError('bad-input', 'None of these messages waits any longer.')
        const fresh = await plan(held.input)
        const drifted = new Set(
          chosen.flatMap(({ key }) => (fresh.rows.some((row) => row.key === key && row.note === null) ? [] : [key])),
        )
        if (drifted.size > 0) {
          const rows = fresh.rows.map((row) => ({ ...row, changed: drifted.has(row.key) }))
          throw new DeskError('drift', `${drifted.size} messages changed since the preview; nothing was done.`, {
            preview: show(previews.keep({ ...fresh, rows })),
          })
        }
        // The fresh rows: a check may have put one again meanwhile, and its newest copy is the one to name.
        const decided: WaitingActRow[] = []
        const result = await carryOut(
          fresh.rows
            .filter((row) => chosen.some(({ key }) => key === row.key))
            .map((row) => ({
              item: row.uniqueId ?? row.offsetId,
              run: async () => {
                await run(held.act, row)
                if (row.dueAt === null && held.act !== 'resume') decided.push(row)
              },
            })),
        )
        if (decided.length > 0)
          void lookAfter(decided, by).catch((error: unknown) => log(`after a decision: ${oneLine(error)}`))
        return result
      })
    },
  }
}
/** What was decided, of which messages, and what of it failed. */
const factsOf = ({ act, name, rows, sends }: Planned, result: ApplyResult | null): Facts => {
  const errors = new Map(result?.rows.map(({ item, error }) => [item, error]))
  const messages = rows.flatMap((row) => {
    if (row.note !== null) return []
    const { topic, broker, offsetId, uniqueId, dueAt } = row
    const error = errors.get(uniqueId ?? offsetId)
    return [{ topic, broker, offsetId, uniqueId, ...(dueAt === null ? {} : { dueAt }), ...(error ? { error } : {}) }]
  })
  return { object: name, after: { act, sends, ...firstOf('messages', messages) } }
}
/** What waits no longer. */
const nothing: Omit<WaitingActRow, 'key'> = {
  offsetId: '',
  broker: '',
  queueOffset: 0n,
  uniqueId: null,
  topic: '',
  keys: [],
  tag: null,
  bornAt: 0,
  producerGroup: '',
  dueAt: null,
  deliverAt: null,
  note: 'gone',
  changed: false,
}
