// server/desk/groups.ts: consumer groups, as the routers ask for them.
import type { Admin } from '../admin/open'
import type { Running } from '../admin/types'
import type { GroupChanges } from '../change/groups'
import type { Resets } from '../change/reset'
import { clientRows, groupList, groupView } from '../metrics/group-view'
import { type HistoryOptions, readHistory } from '../metrics/history'
import type { Sampler } from '../metrics/sampler'
import { askable, type GroupState, queueKey } from '../metrics/state'
import type { GroupDesk } from '../shared/desk'
import { DeskError, PeerError } from '../shared/errors'
import { known, unknown } from '../shared/known'
import { isSystemGroup, RETRY_PREFIX } from '../shared/names'
import type { ClientRunning, GroupView, SubscriptionMatrix } from '../shared/views'
import type { Lists } from './lists'

export interface GroupDeskOptions {
  sampler: Sampler
  lists: Lists
  past: HistoryOptions
  admin: Admin
  changes: GroupChanges
  resets: Resets
  now: () => number
}
/** Clients asked about themselves for one page; each may take seconds. */
const MOST_ASKED = 32
const OWNERS_KEPT_MS = 15_000
/** A page never waits longer for its clients: one that does not answer costs the broker's whole time-out. */
const OWNERS_WAIT_MS = 700

export const openGroupDesk = ({ sampler, lists, past, admin, changes, resets, now }: GroupDeskOptions): GroupDesk => {
  const { state } = sampler
  const find = (name: string): GroupState => {
    const group = state.groups.get(name)
    if (group === undefined) throw new DeskError('not-found', `No broker has the group ${name}.`)
    return group
  }
  const runningOf = async (group: string, clientId: string, stack: boolean): Promise<Running> => {
    let last: unknown = new DeskError('client-offline', `No broker that answers knows the group ${group}.`)
    for (const broker of askable(state).filter((one) => one.groupConfigs.has(group)))
      try {
        return await admin.brokers.running(broker.address, group, clientId, stack)
      } catch (error) {
        last = /not online/.test((error instanceof PeerError && error.answer?.remark) || '')
          ? new DeskError(
              'client-offline',
              `The client ${clientId} is not online at ${broker.key}.`,
              {},
              { cause: error },
            )
          : error
      }
    throw last
  }
  const asked = async (group: GroupState): Promise<{ clientId: string; running: Running | null }[]> =>
    Promise.all(
      (group.clients ?? []).slice(0, MOST_ASKED).map(async ({ clientId }) => ({
        clientId,
        running: await runningOf(group.name, clientId, false).catch(() => null), // told as "does not report"
      })),
    )
  /** Who owns which queue now, as the clients say; held a while, since each answer costs the client. */
  const owners = new Map<string, { at: number; clients: string; found: Promise<Map<string, string>> }>()
  const ownersOf = (group: GroupState): Promise<Map<string, string>> => {
    const clients = (group.clients ?? []).map(({ clientId }) => clientId).join('\n')
    const held = owners.get(group.name)
    if (held !== undefined && held.clients === clients && now() - held.at < OWNERS_KEPT_MS) return held.found
    const found = asked(group).then((all) => {
      const byQueue = new Map<string, string>()
      for (const { clientId, running } of all)
        for (const { topic, broker, queueId } of running?.queues ?? [])
          byQueue.set(`${topic}\n${queueKey(broker, queueId)}`, clientId)
      return byQueue
    })
    if (owners.size > 200) {
      owners.clear()
      answered.clear()
    }
    owners.set(group.name, { at: now(), clients, found })
    void found.then((byQueue) => answered.set(group.name, byQueue))
    return found
  }
  /** What the clients said last; shown while they are asked again. */
  const answered = new Map<string, Map<string, string>>()
  const ownersSoon = async (group: GroupState): Promise<Map<string, string>> => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<Map<string, string>>((resolve) => {
      timer = setTimeout(() => resolve(answered.get(group.name) ?? new Map()), OWNERS_WAIT_MS)
    })
    return Promise.race([ownersOf(group), late]).finally(() => clearTimeout(timer))
  }
  const view = async (name: string): Promise<GroupView> => {
    const group = find(name)
    return groupView(state, group, await ownersSoon(group), now())
  }

  return {
    list(input) {
      const page = groupList(state, lists.groups(), input)
      for (const { name } of page.rows) sampler.watchGroup(name)
      return page
    },
    names: () => [...state.groups.keys()].filter((name) => !isSystemGroup(name)).sort((a, b) => (a < b ? -1 : 1)),
    async get(name) {
      await sampler.freshGroup(name)
      return view(name)
    },
    history: (name, span, topic) =>
      topic === undefined
        ? readHistory(past, 'group', name, span)
        : readHistory(past, 'topic-group', `${topic}@${name}`, span),
    async *watch(name, { signal, after }) {
      for await (const _ of sampler.turns(signal, after)) {
        sampler.watchGroup(name)
        if (state.groups.has(name)) yield await view(name)
      }
    },
    async clients(name) {
      await sampler.freshGroup(name)
      return clientRows(find(name))
    },
    async running({ group, clientId, stack }): Promise<ClientRunning> {
      const found = await runningOf(group, clientId, stack)
      const timeOf = (ms: number): number | null => (ms > 0 ? ms : null)
      return {
        clientId,
        at: now(),
        properties: found.properties,
        queues: found.queues.map((queue) => ({
          ...queue,
          lastPullAt: timeOf(queue.lastPullAt),
          lastConsumeAt: timeOf(queue.lastConsumeAt),
        })),
        topics: found.topics.map((one) => ({
          topic: one.topic,
          pullRtMs: one.pullRt,
          pullPerSecond: one.pullTps,
          consumeRtMs: one.consumeRt,
          okPerSecond: one.okTps,
          failedPerSecond: one.failedTps,
          failedLastHour: one.failedHour,
        })),
        subscriptions: found.subscriptions,
        stack: stack ? found.stack : null,
      }
    },
    async subscriptions(name): Promise<SubscriptionMatrix> {
      await sampler.freshGroup(name)
      const group = find(name)
      const plain = (all: readonly { topic: string; expression: string; type: string }[]) =>
        all
          .filter(({ topic }) => !topic.startsWith(RETRY_PREFIX))
          .map(({ topic, expression, type }) => ({ topic, expression, type }))
          .sort((a, b) => (a.topic < b.topic ? -1 : 1))
      const clients = (await asked(group)).map(({ clientId, running }) => ({
        clientId,
        known: running === null ? unknown('client-does-not-report') : known(plain(running.subscriptions), now()),
      }))
      return { group: plain(group.subscriptions), clients, disagreements: disagreementsOf(clients) }
    },
    ...changes,
    resetPreview: resets.preview,
    async reset(input) {
      const result = await resets.apply(input)
      await sampler.refresh()
      return result
    },
  }
}

/** Topic by topic: what most clients say, and who says something else. */
const disagreementsOf = (clients: SubscriptionMatrix['clients']): SubscriptionMatrix['disagreements'] => {
  const heard = clients.flatMap(({ clientId, known: one }) =>
    'value' in one ? [{ clientId, subscriptions: one.value }] : [],
  )
  const topics = new Set(heard.flatMap(({ subscriptions }) => subscriptions.map(({ topic }) => topic)))
  return [...topics].flatMap((topic) => {
    const said = heard.map(({ clientId, subscriptions }) => {
      const found = subscriptions.find((one) => one.topic === topic)
      return { clientId, says: found === undefined ? '' : `${found.type} ${found.expression}` }
    })
    const counts = new Map<string, number>()
    for (const { says } of said) counts.set(says, (counts.get(says) ?? 0) + 1)
    if (counts.size < 2) return []
    const most = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
    return [{ topic, differing: said.filter(({ says }) => says !== most).map(({ clientId }) => clientId) }]
  })
}
