// server/desk/groups.ts: consumer groups, as the routers ask for them.
import type { GroupChanges } from '../change/groups'
import type { Resets } from '../change/reset'
import { disagreementsOf, triesOf } from '../metrics/agreement'
import { clientRows, groupList, groupView } from '../metrics/group-view'
import { type HistoryOptions, readHistory } from '../metrics/history'
import type { Sampler } from '../metrics/sampler'
import type { GroupState } from '../metrics/state'
import type { GroupDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { isKnown, known, unknown } from '../shared/known'
import { isSystemGroup, RETRY_PREFIX } from '../shared/names'
import type { ClientRunning, GroupView, SubscriptionMatrix } from '../shared/views'
import type { Lists } from './lists'
import type { Members } from './members'
import type { OffsetSnapshots } from './offset-snapshots'

export interface GroupDeskOptions {
  sampler: Sampler
  lists: Lists
  past: HistoryOptions
  members: Members
  changes: GroupChanges
  resets: Resets
  snapshots: Pick<OffsetSnapshots, 'list'>
  now: () => number
}
/** A page never waits longer for its clients: one that does not answer costs the broker's whole time-out. */
const OWNERS_WAIT_MS = 700
/** Who opens the matrix came for what clients say. */
const SUBSCRIPTIONS_WAIT_MS = 2000

export const openGroupDesk = (options: GroupDeskOptions): GroupDesk => {
  const { sampler, lists, past, members, changes, resets, snapshots, now } = options
  const { state } = sampler
  const find = (name: string): GroupState => {
    const group = state.groups.get(name)
    if (group === undefined) throw new DeskError('not-found', `No broker has the group ${name}.`)
    return group
  }
  const view = async (name: string): Promise<GroupView> => {
    const group = find(name)
    return groupView(state, group, await members.owners(group, OWNERS_WAIT_MS), now())
  }

  return {
    list(input) {
      const page = groupList(state, lists.groups(), input, now())
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
      const found = await members.ask(group, clientId, stack)
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
      const clients = (await members.of(group, SUBSCRIPTIONS_WAIT_MS)).map(({ clientId, running }) => ({
        clientId,
        known: running === null ? unknown('client-does-not-report') : known(plain(running.subscriptions), now()),
        tries: running === null ? null : triesOf(running.properties),
      }))
      return {
        group: plain(group.subscriptions),
        clients,
        tries: [
          ...new Set([...state.brokers.values()].flatMap((one) => one.groupConfigs.get(name)?.retryMaxTimes ?? [])),
        ],
        disagreements: disagreementsOf(
          clients.flatMap(({ clientId, known: one }) => (isKnown(one) ? [{ clientId, subscriptions: one.value }] : [])),
        ),
      }
    },
    ...changes,
    resetPreview: resets.preview,
    async reset(input, who) {
      const result = await resets.apply(input, who)
      await sampler.refresh()
      return result
    },
    snapshots: snapshots.list,
    async keepOffsets(group, who) {
      return { id: await resets.keep(group, who) }
    },
  }
}
