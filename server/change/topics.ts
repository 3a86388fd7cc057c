// server/change/topics.ts: makes, changes and deletes topics, broker by broker. What is deleted is shown first.
import type { Admin } from '../admin/open'
import type { TopicConfig } from '../admin/types'
import { DeskError } from '../shared/errors'
import type { TopicCreateInput, TopicDeleteInput, TopicUpdateInput } from '../shared/inputs'
import { type Known, known, unknown } from '../shared/known'
import { brokerKey, isSystemTopic } from '../shared/names'
import type { ApplyResult, DeletePreview, Total } from '../shared/views'
import { deletedFacts, mustMatch, openPreviews } from './previews'
import { carryOut } from './results'

export interface TopicChanges {
  create(input: TopicCreateInput): Promise<ApplyResult>
  update(input: TopicUpdateInput): Promise<ApplyResult>
  deletePreview(topic: string): Promise<DeletePreview>
  delete(input: TopicDeleteInput): Promise<ApplyResult>
}
/** What the sampler knows of an object, for the preview. */
export interface Impact {
  inPerSecond: Total
  outPerSecond: Total
  unread: Total
  kept: Total
  groups: { name: string; clients: Known<number>; lag: Total }[]
  leftBehind: { topic: string; kept: Total }[]
}
export interface TopicChangeOptions {
  admin: Admin
  impact: (topic: string) => Promise<Impact>
  /** Brokers that hold it and do not answer. */
  unreachable: (topic: string) => string[]
  /** After a change: lists are read anew. */
  changed: () => Promise<void>
  now?: () => number
}

export const openTopicChanges = ({
  admin,
  impact,
  unreachable,
  changed,
  now = Date.now,
}: TopicChangeOptions): TopicChanges => {
  const previews = openPreviews<DeletePreview>(now, deletedFacts)
  return {
    async create(input) {
      if ((await admin.names.route(input.topic)) !== null)
        throw new DeskError('exists', `The topic ${input.topic} exists already.`)
      const masters = await admin.masters(input.brokers)
      const attributes = {
        ...(input.type === 'UNSPECIFIED' ? {} : { 'message.type': input.type }),
        ...input.attributes,
      }
      const config: TopicConfig = {
        topic: input.topic,
        readQueues: input.readQueues,
        writeQueues: input.writeQueues,
        perm: input.perm,
        order: input.order,
        sysFlag: 0,
        filterType: 'SINGLE_TAG',
        attributes: {},
      }
      const signed = Object.entries(attributes).map(([key, value]) => `+${key}=${value}`)
      const result = await carryOut(
        masters.map((master) => ({
          item: brokerKey(master.name, master.id),
          run: () => admin.brokers.putTopic(master.address, config, signed.join(',')),
        })),
      )
      if (input.order && result.failed === 0)
        await admin.names.putKv(
          'ORDER_TOPIC_CONFIG',
          input.topic,
          masters.map(({ name }) => `${name}:${input.writeQueues}`).join(';'),
        )
      await changed()
      return result
    },
    async update(input) {
      if (isSystemTopic(input.topic))
        throw new DeskError('bad-input', 'A topic of the system is not changed from here.')
      const masters = (await admin.brokersOfTopic(input.topic)).filter(
        ({ id, name }) => id === 0 && (input.brokers.length === 0 || input.brokers.includes(name)),
      )
      const result = await carryOut(
        masters.map((master) => ({
          item: brokerKey(master.name, master.id),
          run: async () => {
            const current = (await admin.brokers.topicConfigs(master.address)).find(
              ({ topic }) => topic === input.topic,
            )
            if (current === undefined) throw new DeskError('not-found', `${master.name} does not have it.`)
            await admin.brokers.putTopic(master.address, {
              ...current,
              readQueues: input.readQueues ?? current.readQueues,
              writeQueues: input.writeQueues ?? current.writeQueues,
              perm: input.perm ?? current.perm,
              order: input.order ?? current.order,
            })
          },
        })),
      )
      await changed()
      return result
    },
    async deletePreview(topic) {
      const route = await admin.names.route(topic)
      if (route === null) throw new DeskError('not-found', `No broker has the topic ${topic}.`)
      const found = await impact(topic)
      const silent = unreachable(topic)
      const online = found.groups.map(({ clients }) => clients)
      return previews.keep({
        kind: 'delete-topic',
        name: topic,
        at: now(),
        brokers: [...new Set(route.queues.map(({ broker }) => broker))],
        unreachable: silent,
        groups: found.groups,
        clientsOnline: online.every((one) => 'value' in one)
          ? known(
              online.reduce((sum, one) => sum + ('value' in one ? one.value : 0), 0),
              now(),
            )
          : unknown('no-sample-yet'),
        producersOnline: unknown('not-supported'), // producers name no topic on the wire
        inPerSecond: found.inPerSecond,
        outPerSecond: found.outPerSecond,
        unread: found.unread,
        kept: found.kept,
        leftBehind: found.leftBehind,
        refused: isSystemTopic(topic) ? 'system' : silent.length > 0 ? 'unreachable' : null,
      })
    },
    async delete({ topic, preview, confirm }) {
      mustMatch(confirm, topic)
      return previews.apply(preview, async (held) => {
        if (held.kind !== 'delete-topic' || held.name !== topic)
          throw new DeskError('preview-expired', 'This preview is of something else.')
        if (held.refused !== null || isSystemTopic(topic))
          throw new DeskError('bad-input', `This topic is not deleted: ${held.refused ?? 'system'}.`)
        const result = await deleteTopicEverywhere(admin, topic)
        await changed()
        return result
      })
    },
  }
}

/** From the brokers first and then from the name servers, or a broker would register it again. */
export const deleteTopicEverywhere = async (admin: Admin, topic: string): Promise<ApplyResult> => {
  const masters = await admin.masters()
  const atBrokers = await carryOut(
    masters.map((master) => ({
      item: brokerKey(master.name, master.id),
      run: () => admin.brokers.deleteTopic(master.address, topic),
    })),
  )
  const atNames = await carryOut([{ item: 'name servers', run: () => admin.names.deleteTopic(topic) }])
  return {
    rows: [...atBrokers.rows, ...atNames.rows],
    ok: atBrokers.ok + atNames.ok,
    failed: atBrokers.failed + atNames.failed,
    tookMs: atBrokers.tookMs + atNames.tookMs,
  }
}
