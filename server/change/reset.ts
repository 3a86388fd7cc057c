// server/change/reset.ts: moves where a group stands. The plan is made from fresh answers, shown, and made again when it
// is applied: what changed in between in a way that matters stops it, with the new plan in hand.
import type { Admin } from '../admin/open'
import type { BrokerAddress } from '../admin/types'
import { type Facts, firstOf } from '../audit/facts'
import { DeskError, PeerError } from '../shared/errors'
import type { ResetInput, ResetPreviewInput } from '../shared/inputs'
import { isKnown, type Known, known, sum, unknown } from '../shared/known'
import { RETRY_PREFIX } from '../shared/names'
import type {
  ApplyResult,
  QueueOffset,
  QueueRef,
  ResetPreview,
  ResetRow,
  ResetWarning,
  SnapshotRow,
  Total,
} from '../shared/views'
import { mustMatch, openPreviews } from './previews'
import { carryOut, type Moved } from './results'

/** Where a group stood, so that it can be put back to there. */
export interface Snapshots {
  /** Answers with its id. */
  keep(of: {
    group: string
    why: SnapshotRow['why']
    who: string | null
    queues: readonly QueueOffset[]
  }): Promise<string>
  find(group: string, id: string): Promise<{ at: number; queues: QueueOffset[] } | null>
}
export interface Resets {
  preview(input: ResetPreviewInput): Promise<ResetPreview>
  /** Where all of the group's queues stood is kept before the first of them moves. */
  apply(input: ResetInput, who: string): Promise<ApplyResult>
  /** Keeps where the group stands now, and moves nothing. */
  keep(group: string, who: string): Promise<string>
}
export interface ResetOptions {
  admin: Admin
  snapshots: Snapshots
  now?: () => number
}
/** By broker what it holds as offsets, by `topic@group` and queue; null: it gave no answer. */
type Tables = ReadonlyMap<string, Map<string, Map<number, number>> | null>
interface Planned extends ResetPreview {
  input: ResetPreviewInput
}
/** Queue by queue where the group stood and where it stands now. */
const factsOf = ({ target }: Planned, result: ApplyResult | null): Facts => {
  const to = target.kind === 'offsets' ? { kind: target.kind, offsets: target.offsets.length } : target
  if (result === null) return { after: { target: to } }
  const { rows } = result
  return {
    before: firstOf(
      'queues',
      rows.map(({ item, before }) => ({ queue: item, offset: before })),
    ),
    after: {
      target: to,
      ...firstOf(
        'queues',
        rows.map(({ item, after, error }) =>
          error === null ? { queue: item, offset: after } : { queue: item, error },
        ),
      ),
    },
  }
}
const keyOf = ({ topic, broker, queueId }: QueueRef): string => `${topic}\n${broker}\n${queueId}`
const topicOfKey = (key: string): string => key.slice(0, key.indexOf('\n'))

export const openResets = ({ admin, snapshots, now = Date.now }: ResetOptions): Resets => {
  const previews = openPreviews<Planned>(now, factsOf)

  const plan = async (input: ResetPreviewInput): Promise<Omit<Planned, 'id'>> => {
    const { group, target } = input
    const { offsets: given, at: snapshotAt } = await givenBy(input)
    const masters = await admin.masters()
    const offsets = await tablesOf(masters)
    const consumers = await firstAnswer(masters, (one) => admin.brokers.consumers(one.address, group))
    const online: Known<number> =
      consumers === undefined ? unknown('broker-silent') : known(consumers?.connections.length ?? 0, now())
    // Of what a snapshot does not name it says nothing: such a queue is no part of putting back.
    const named = target.kind === 'snapshot' ? new Set([...given.keys()].map(topicOfKey)) : null
    const topics =
      input.topics.length > 0
        ? input.topics.filter((topic) => named?.has(topic) !== false)
        : named !== null
          ? [...named].sort()
          : topicsOf(group, offsets, consumers?.subscriptions.map(({ topic }) => topic) ?? []).filter(
              (topic) => !topic.startsWith(RETRY_PREFIX),
            )
    const rows: ResetRow[] = []
    for (const topic of topics) rows.push(...(await rowsOfTopic(input, topic, offsets, given)))
    const wanted = input.queues === undefined ? null : new Set(input.queues.map(keyOf))
    const chosen = rows
      .filter((row) => (wanted === null || wanted.has(keyOf(row))) && (named === null || given.has(keyOf(row))))
      .sort(byPlace)

    const warnings = new Set<ResetWarning>(chosen.flatMap(({ note }) => (note === null ? [] : [note])))
    if (isKnown(online)) warnings.add(online.value > 0 ? 'clients-online' : 'group-offline')
    const broadcasting = consumers?.messageModel === 'BROADCASTING'
    const changes = chosen.map(({ change }) => change)
    return {
      kind: 'reset',
      input,
      group,
      target,
      snapshotAt,
      at: now(),
      rows: chosen,
      again: total(changes.map((change) => mapped(change, (value) => Math.max(0, -value)))),
      skipped: total(changes.map((change) => mapped(change, (value) => Math.max(0, value)))),
      lagNow: total(chosen.map((row) => distance(row.now, row.max))),
      lagAfter: total(chosen.map((row) => distance(row.after, row.max))),
      clientsOnline: online,
      warnings: [...warnings],
      refused: broadcasting ? 'broadcasting' : chosen.length === 0 ? 'no-queues' : null,
    }
  }

  const tablesOf = async (masters: readonly BrokerAddress[]): Promise<Tables> =>
    new Map(
      await Promise.all(
        masters.map(async (one) => [one.name, await admin.brokers.allOffsets(one.address).catch(() => null)] as const),
      ),
    )
  /**
   * Where all queues of the group stand, those of its retry topic too, whatever a reset was asked for. A topic that is
   * gone has nothing to be put back to; of rows that were just read the answer stays.
   */
  const standing = async (group: string, read: readonly ResetRow[] = []): Promise<QueueOffset[]> => {
    const masters = await admin.masters()
    const tables = await tablesOf(masters)
    const found = new Map<string, QueueOffset>()
    for (const topic of topicsOf(group, tables, [])) {
      if ((await admin.names.route(topic)) === null) continue
      await Promise.all(
        masters.map(async ({ name: broker, address }) => {
          const held = tables.get(broker)?.get(`${topic}@${group}`)
          if (held === undefined) return
          const exact = await admin.brokers.consumeStats(address, group, topic).catch(() => [])
          for (const [queueId, rounded] of held) {
            const offset = exact.find((one) => one.queueId === queueId)?.consumerOffset ?? BigInt(rounded)
            found.set(keyOf({ topic, broker, queueId }), { topic, broker, queueId, offset })
          }
        }),
      )
    }
    for (const one of stoodAt(read)) found.set(keyOf(one), one)
    return [...found.values()]
  }

  /** The offsets that are the target, queue by queue, where somebody or a snapshot names them. */
  const givenBy = async ({ group, target }: ResetPreviewInput) => {
    if (target.kind === 'offsets') return { offsets: byQueue(target.offsets), at: null }
    if (target.kind !== 'snapshot') return { offsets: byQueue([]), at: null }
    const found = await snapshots.find(group, target.id)
    if (found === null) throw new DeskError('not-found', 'This snapshot of the offsets is no longer kept.')
    return { offsets: byQueue(found.queues), at: found.at }
  }
  const rowsOfTopic = async (
    { group, target }: ResetPreviewInput,
    topic: string,
    offsets: Tables,
    given: ReadonlyMap<string, bigint>,
  ): Promise<ResetRow[]> => {
    const route = await admin.names.route(topic)
    if (route === null) throw new DeskError('not-found', `No broker has the topic ${topic}.`)
    const found = await Promise.all(
      route.queues.map(async (data): Promise<ResetRow[]> => {
        const master = route.brokers.find((one) => one.name === data.broker && one.id === 0)
        const table = offsets.get(data.broker)
        try {
          if (master === undefined || table == null)
            throw new PeerError('silent', data.broker, `${data.broker} has no master that answers.`)
          const stats = await admin.brokers.topicStats(master.address, topic)
          const exact = await admin.brokers.consumeStats(master.address, group, topic).catch(() => [])
          const others =
            target.kind === 'group' ? (table.get(`${topic}@${target.group}`) ?? new Map<number, number>()) : null
          const mine = table.get(`${topic}@${group}`)
          return await Promise.all(
            stats
              .filter(({ queueId }) => queueId < data.readQueues)
              .map(async (queue) => {
                const has = mine?.has(queue.queueId) === true
                const position =
                  exact.find(({ queueId }) => queueId === queue.queueId)?.consumerOffset ??
                  BigInt(mine?.get(queue.queueId) ?? 0)
                const other = others?.get(queue.queueId)
                return rowOf(
                  master,
                  { topic, broker: data.broker, queueId: queue.queueId },
                  queue,
                  has ? position : null,
                  other === undefined ? null : BigInt(other),
                )
              }),
          )
        } catch (error) {
          if (!(error instanceof PeerError)) throw error
          const none = unknown('broker-silent')
          return Array.from({ length: data.readQueues }, (_, queueId) => ({
            topic,
            broker: data.broker,
            queueId,
            min: none,
            max: none,
            now: none,
            after: none,
            change: none,
            firstMessageAt: none,
            note: 'broker-silent' as const,
            changed: false,
          }))
        }
      }),
    )
    return found.flat()

    async function rowOf(
      master: BrokerAddress,
      ref: QueueRef,
      queue: { min: bigint; max: bigint; lastStoredAt: number },
      committed: bigint | null,
      other: bigint | null,
    ): Promise<ResetRow> {
      const { after, note } = await aim(master, ref, queue, committed, other)
      const at = now()
      const first = after === null || after >= queue.max ? null : await storedAt(master, ref, after)
      return {
        ...ref,
        min: known(queue.min, at),
        max: known(queue.max, at),
        now: committed === null ? unknown('never-committed') : known(committed, at),
        after: after === null ? unknown('never-committed') : known(after, at),
        change: after === null ? unknown('never-committed') : known(Number(after - (committed ?? queue.min)), at),
        firstMessageAt: known(first, at),
        note: note ?? (committed === null ? 'never-committed' : null),
        changed: false,
      }
    }
    async function aim(
      master: BrokerAddress,
      ref: QueueRef,
      queue: { min: bigint; max: bigint; lastStoredAt: number },
      committed: bigint | null,
      other: bigint | null,
    ): Promise<{ after: bigint | null; note: ResetWarning | null }> {
      const clamped = (offset: bigint): { after: bigint; note: ResetWarning | null } => {
        if (offset < queue.min) return { after: queue.min, note: 'clamped' }
        if (offset > queue.max) return { after: queue.max, note: 'clamped' }
        return { after: offset, note: null }
      }
      switch (target.kind) {
        case 'earliest':
          return { after: queue.min, note: null }
        case 'latest':
          return { after: queue.max, note: null }
        case 'time': {
          if (queue.max === queue.min || (queue.lastStoredAt > 0 && target.at > queue.lastStoredAt))
            return { after: queue.max, note: queue.max === queue.min ? null : 'none-after-time' }
          return clamped(await admin.brokers.offsetAtTime(master.address, ref.topic, ref.queueId, target.at))
        }
        case 'shift':
          return clamped((committed ?? queue.min) + BigInt(target.by))
        case 'offsets':
        case 'snapshot': {
          const named = given.get(keyOf(ref))
          return named === undefined ? { after: committed, note: null } : clamped(named)
        }
        case 'group':
          return other === null ? { after: committed, note: 'never-committed' } : clamped(other)
      }
    }
    async function storedAt(master: BrokerAddress, ref: QueueRef, offset: bigint): Promise<number | null> {
      const pulled = await admin.messages.pull(master.address, {
        group: 'TOOLS_CONSUMER',
        topic: ref.topic,
        queueId: ref.queueId,
        offset,
        max: 1,
      })
      return pulled.records.length === 0 ? null : admin.messages.storedAt(pulled.records)
    }
  }

  return {
    async preview(input) {
      const { input: _, ...shown } = previews.keep(await plan(input))
      return shown
    },
    async apply({ group, preview: id, confirm, queues }, who) {
      mustMatch(confirm, group)
      return previews.apply(id, async (held) => {
        if (held.group !== group) throw new DeskError('preview-expired', 'This preview is of another group.')
        if (held.refused !== null) throw new DeskError('bad-input', `This reset is refused: ${held.refused}.`)
        const fresh = await plan(held.input)
        const wanted = queues === undefined ? null : new Set(queues.map(keyOf))
        const chosen = (rows: readonly ResetRow[]): ResetRow[] =>
          rows.filter((row) => isKnown(row.after) && (wanted === null || wanted.has(keyOf(row))))
        const drifted = driftOf(chosen(held.rows), fresh, held)
        if (drifted.size > 0) {
          const rows = fresh.rows.map((row) => ({ ...row, changed: drifted.has(keyOf(row)) }))
          const { input: _, ...shown } = previews.keep({ ...fresh, rows })
          throw new DeskError('drift', `${drifted.size} queues changed since the preview; nothing was done.`, {
            preview: shown,
          })
        }
        const masters = new Map((await admin.masters()).map((one) => [one.name, one]))
        const live = isKnown(fresh.clientsOnline) ? fresh.clientsOnline.value > 0 : true
        // Where they stood right before: a group that went on reading since the preview is put back to there.
        const stood = new Map(fresh.rows.map((row) => [keyOf(row), row.now]))
        await snapshots.keep({ group, why: 'reset', who, queues: await standing(group, fresh.rows) })
        const whole = new Map<string, Promise<boolean>>()
        return carryOut(
          chosen(held.rows).map((row) => ({
            item: `${row.topic} ${row.broker} ${row.queueId}`,
            queue: { topic: row.topic, broker: row.broker, queueId: row.queueId },
            before: offsetOf(stood.get(keyOf(row)) ?? row.now),
            run: async (): Promise<Moved> => {
              const master = masters.get(row.broker)
              if (master === undefined || !isKnown(row.after))
                throw new DeskError('broker-silent', `${row.broker} has no master that answers.`)
              const offset = row.after.value
              let single = whole.get(master.address)
              if (single === undefined) {
                single = resetsByQueue(admin, master.address)
                whole.set(master.address, single)
              }
              if (await single) await admin.brokers.resetQueue(master.address, group, row.topic, row.queueId, offset)
              else if (live)
                throw new DeskError(
                  'not-supported',
                  'This broker version moves single queues only while no client of the group is online.',
                )
              else await admin.brokers.setGroupOffset(master.address, group, row.topic, row.queueId, offset)
              // It was moved already: a broker that falls silent now takes nothing of that back.
              const now = await admin.brokers
                .groupOffset(master.address, group, row.topic, row.queueId)
                .catch(() => null)
              return { set: offset, now }
            },
          })),
        )
      })
    },
    async keep(group, who) {
      const queues = await standing(group)
      if (queues.length === 0) throw new DeskError('not-found', `${group} has no offsets that could be kept.`)
      return snapshots.keep({ group, why: 'hand', who, queues })
    },
  }
}

const byQueue = (offsets: readonly QueueOffset[]): ReadonlyMap<string, bigint> =>
  new Map(offsets.map((one) => [keyOf(one), one.offset]))
const stoodAt = (rows: readonly ResetRow[]): QueueOffset[] =>
  rows.flatMap(({ topic, broker, queueId, now }) =>
    isKnown(now) ? [{ topic, broker, queueId, offset: now.value }] : [],
  )

/** Brokers before 5.0 take a reset of a whole topic only, and would move every queue. */
const resetsByQueue = async (admin: Admin, address: string): Promise<boolean> =>
  Number(/^V(\d+)/.exec((await admin.brokers.runtime(address)).brokerVersionDesc ?? '')?.[1] ?? 5) >= 5

const topicsOf = (group: string, offsets: Tables, subscribed: readonly string[]): string[] => {
  const found = new Set<string>(subscribed)
  for (const table of offsets.values())
    for (const key of table?.keys() ?? []) {
      const split = key.indexOf('@')
      if (key.slice(split + 1) === group) found.add(key.slice(0, split))
    }
  return [...found].sort()
}
const firstAnswer = async <T>(
  masters: readonly BrokerAddress[],
  ask: (one: BrokerAddress) => Promise<T>,
): Promise<T | undefined> => {
  for (const one of masters)
    try {
      return await ask(one)
    } catch {
      // the next one may answer
    }
  return undefined
}
const byPlace = (a: QueueRef, b: QueueRef): number =>
  a.topic < b.topic
    ? -1
    : a.topic > b.topic
      ? 1
      : a.broker < b.broker
        ? -1
        : a.broker > b.broker
          ? 1
          : a.queueId - b.queueId
const offsetOf = (figure: Known<bigint>): bigint | null => (isKnown(figure) ? figure.value : null)
const mapped = (figure: Known<number>, map: (value: number) => number): Known<number> =>
  isKnown(figure) ? known(map(figure.value), figure.at) : figure
const distance = (from: Known<bigint>, to: Known<bigint>): Known<number> => {
  if (!isKnown(to)) return to
  if (!isKnown(from)) return from
  return known(Math.max(0, Number(to.value - from.value)), Math.min(from.at, to.at))
}
const total = (figures: readonly Known<number>[]): Total => {
  const added = sum(figures)
  if (figures.length === 0 || added.missing < figures.length) return added
  const first = figures.find((figure) => !isKnown(figure))
  return unknown(first !== undefined && 'unknown' in first ? first.unknown : 'broker-silent')
}

/**
 * What changed in a way that matters: another end for a queue, a position that somebody moved back, delivering again
 * that became skipping, or clients that came or went. A group that merely goes on reading is no drift.
 */
const driftOf = (rows: readonly ResetRow[], fresh: Omit<Planned, 'id'>, held: Planned): Set<string> => {
  const now = new Map(fresh.rows.map((row) => [keyOf(row), row]))
  const found = new Set<string>()
  const relative = held.target.kind === 'latest' || held.target.kind === 'shift'
  const online = (preview: Pick<ResetPreview, 'clientsOnline'>): boolean | null =>
    isKnown(preview.clientsOnline) ? preview.clientsOnline.value > 0 : null
  const cameOrWent = online(fresh) !== online(held)
  for (const row of rows) {
    const next = now.get(keyOf(row))
    const key = keyOf(row)
    if (next === undefined || !isKnown(next.after) || !isKnown(row.after)) {
      found.add(key)
      continue
    }
    const below = isKnown(next.min) && row.after.value < next.min.value
    const movedBack = isKnown(row.now) && isKnown(next.now) && next.now.value < row.now.value
    const flipped = isKnown(row.change) && isKnown(next.now) && row.change.value > 0 && row.after.value < next.now.value
    if ((!relative && next.after.value !== row.after.value) || below || movedBack || flipped || cameOrWent)
      found.add(key)
  }
  return found
}
