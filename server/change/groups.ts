// server/change/groups.ts: makes, changes and deletes consumer groups on the masters.
import type { Admin } from '../admin/open'
import type { WireMessage } from '../admin/records'
import type { BrokerAddress, FilterScript, GroupConfig } from '../admin/types'
import { DeskError, PeerError } from '../shared/errors'
import type {
  GroupCreateInput,
  GroupDeleteInput,
  GroupFilterInput,
  GroupFilterTryInput,
  GroupUpdateInput,
  PickedMessage,
} from '../shared/inputs'
import { isKnown, known, unknown } from '../shared/known'
import { brokerKey, DLQ_PREFIX, isSystemGroup, RETRY_PREFIX } from '../shared/names'
import type { ApplyResult, DeletePreview, GroupFilter, GroupFilterRow, GroupFilterTrial } from '../shared/views'
import { deletedFacts, mustMatch, openPreviews } from './previews'
import { carryOut } from './results'
import { deleteTopicEverywhere, type Impact } from './topics'

export interface GroupChanges {
  create(input: GroupCreateInput): Promise<ApplyResult>
  update(input: GroupUpdateInput): Promise<ApplyResult>
  filter(group: string): Promise<GroupFilterRow[]>
  /** At every broker, slaves as well: whoever serves reads asks it. */
  setFilter(input: GroupFilterInput): Promise<ApplyResult>
  removeFilter(group: string): Promise<ApplyResult>
  /** By the broker that holds the message. */
  tryFilter(input: GroupFilterTryInput): Promise<GroupFilterTrial>
  deletePreview(group: string): Promise<DeletePreview>
  delete(input: GroupDeleteInput): Promise<ApplyResult>
}
export interface GroupChangeOptions {
  admin: Admin
  impact: (group: string) => Promise<Impact>
  unreachable: (group: string) => string[]
  changed: () => Promise<void>
  /** One stored message. */
  pick: (wanted: PickedMessage) => Promise<{ message: WireMessage; record: Buffer; broker: BrokerAddress }>
  now?: () => number
}
/** As a broker makes a group by itself. */
const defaults: Omit<GroupConfig, 'group'> = {
  consumeEnable: true,
  consumeFromMinEnable: true,
  consumeBroadcastEnable: true,
  consumeMessageOrderly: false,
  retryQueueNums: 1,
  retryMaxTimes: 16,
  brokerId: 0,
  whichBrokerWhenConsumeSlowly: 1,
  notifyConsumerIdsChangedEnable: true,
  consumeTimeoutMinute: 15,
  attributes: {},
  raw: {},
}
/** Fields that were sent; one that is undefined changes nothing. */
const sent = (change: GroupUpdateInput['config']): Partial<GroupConfig> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))

const everywhere = async (admin: Admin, act: (broker: BrokerAddress) => Promise<void>): Promise<ApplyResult> =>
  carryOut(
    (await admin.names.brokers()).map((broker) => ({
      item: brokerKey(broker.name, broker.id),
      run: () => act(broker),
    })),
  )
const isRefused = (error: unknown): boolean => error instanceof PeerError && error.answer?.kind === 'no-permission'
const timeOf = (ms: number): number | null => (ms > 0 ? ms : null)
const filterView = (held: FilterScript): GroupFilter => ({
  source: held.source,
  onFault: held.onFault,
  timeLimitMs: held.timeLimitMs,
  setAt: held.updatedAtMs,
  passed: held.passed,
  leftOut: held.leftOut,
  faults: held.faults,
  lastFault: held.lastFault === '' ? null : held.lastFault,
  lastFaultAt: timeOf(held.lastFaultAtMs),
  restsUntil: timeOf(held.restsUntilMs),
})

export const openGroupChanges = ({
  admin,
  impact,
  unreachable,
  changed,
  pick,
  now = Date.now,
}: GroupChangeOptions): GroupChanges => {
  const previews = openPreviews<DeletePreview>(now, deletedFacts)
  return {
    async create(input) {
      const masters = await admin.masters(input.brokers)
      const held = await Promise.all(masters.map((master) => admin.brokers.groupConfigs(master.address)))
      if (held.some((groups) => groups.some(({ group }) => group === input.group)))
        throw new DeskError('exists', `The group ${input.group} exists already.`)
      const config: GroupConfig = { ...defaults, ...sent(input.config), group: input.group }
      const result = await carryOut(
        masters.map((master) => ({
          item: brokerKey(master.name, master.id),
          run: () => admin.brokers.putGroup(master.address, config),
        })),
      )
      await changed()
      return result
    },
    async update(input) {
      const masters = await admin.masters(input.brokers)
      const result = await carryOut(
        masters.map((master) => ({
          item: brokerKey(master.name, master.id),
          run: async () => {
            const current = (await admin.brokers.groupConfigs(master.address)).find(
              ({ group }) => group === input.group,
            )
            if (current === undefined) throw new DeskError('not-found', `${master.name} does not have it.`)
            await admin.brokers.putGroup(master.address, { ...current, ...sent(input.config), group: input.group })
          },
        })),
      )
      await changed()
      return result
    },
    async filter(group) {
      const brokers = await admin.names.brokers()
      return Promise.all(
        brokers.map(async (broker) => {
          try {
            const held = await admin.brokers.filterScript(broker.address, group)
            const filter = held === undefined ? unknown('not-supported') : known(held && filterView(held), now())
            return { broker: brokerKey(broker.name, broker.id), filter }
          } catch (error) {
            return {
              broker: brokerKey(broker.name, broker.id),
              filter: unknown(isRefused(error) ? 'not-allowed' : 'broker-silent'),
            }
          }
        }),
      )
    },
    setFilter: ({ group, source, onFault, timeLimitMs, seen = [] }) =>
      everywhere(admin, ({ name, id, address }) => {
        const replaces = seen.find(({ broker }) => broker === brokerKey(name, id))?.setAt
        return admin.brokers.putFilterScript(address, { group, source, onFault, timeLimitMs, replaces })
      }),
    async tryFilter({ group, source, timeLimitMs, message: wanted }) {
      const { message, record, broker } = await pick(wanted)
      const { topic, offsetId, queueId, queueOffset, storedAt } = message
      return {
        ...(await admin.brokers.tryFilterScript(broker.address, { group, source, timeLimitMs }, record)),
        message: { topic, offsetId, broker: broker.name, queueId, queueOffset, storedAt },
      }
    },
    removeFilter: (group) => everywhere(admin, ({ address }) => admin.brokers.removeFilterScript(address, group)),
    async deletePreview(group) {
      const found = await impact(group)
      const silent = unreachable(group)
      return previews.keep({
        kind: 'delete-group',
        name: group,
        at: now(),
        brokers: (await admin.masters()).map(({ name }) => name),
        unreachable: silent,
        groups: found.groups,
        clientsOnline: found.groups[0]?.clients ?? unknown('no-sample-yet'),
        producersOnline: unknown('not-supported'),
        inPerSecond: found.inPerSecond,
        outPerSecond: found.outPerSecond,
        unread: found.unread,
        kept: found.kept,
        leftBehind: found.leftBehind,
        refused: isSystemGroup(group) ? 'system' : silent.length > 0 ? 'unreachable' : null,
      })
    },
    async delete({ group, preview, confirm, withRetryTopics }) {
      mustMatch(confirm, group)
      return previews.apply(preview, async (held) => {
        if (held.kind !== 'delete-group' || held.name !== group)
          throw new DeskError('preview-expired', 'This preview is of something else.')
        if (held.refused !== null || isSystemGroup(group))
          throw new DeskError('bad-input', `This group is not deleted: ${held.refused ?? 'system'}.`)
        // A client that came since would make the group anew at once, and was not in the preview.
        const masters = await admin.masters()
        const before = isKnown(held.clientsOnline) ? held.clientsOnline.value : 0
        for (const master of masters) {
          const online =
            (await admin.brokers.consumers(master.address, group).catch(() => null))?.connections.length ?? 0
          if (before > 0 || online === 0) continue
          const fresh = { ...held, at: now(), clientsOnline: { value: online, at: now() } }
          throw new DeskError('drift', `${online} clients came online since the preview; nothing was done.`, {
            preview: previews.keep(fresh),
          })
        }
        const result = await carryOut(
          masters.map((master) => ({
            item: brokerKey(master.name, master.id),
            run: () => admin.brokers.deleteGroup(master.address, group, true),
          })),
        )
        const rows = [...result.rows]
        if (withRetryTopics)
          for (const topic of [RETRY_PREFIX + group, DLQ_PREFIX + group])
            if ((await admin.names.route(topic)) !== null)
              rows.push(
                ...(await deleteTopicEverywhere(admin, topic)).rows.map((row) => ({
                  ...row,
                  item: `${topic} ${row.item}`,
                })),
              )
        await changed()
        const ok = rows.filter((row) => row.ok).length
        return { rows, ok, failed: rows.length - ok, tookMs: result.tookMs }
      })
    },
  }
}
