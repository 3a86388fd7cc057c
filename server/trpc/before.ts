// server/trpc/before.ts: how things stood before a change, for the audit log: for each change that replaces something, where
// to look. Only what the change names is kept, so that before and after can be read side by side. Never a secret.
import { type AlarmRuleBody, alarmRuleBody } from '../shared/alarms'
import type { ClusterDesk, ConsoleDesk, SignedIn } from '../shared/desk'
import { isKnown } from '../shared/known'
import type { ChannelRow } from '../shared/views'

export interface Asked {
  desk: ConsoleDesk
  signedIn: SignedIn
  /** Of a change on a cluster. */
  cluster: ClusterDesk | undefined
  input: Readonly<Record<string, unknown>>
}
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export const before: Readonly<Record<string, (asked: Asked) => unknown>> = {
  'topic.update': async ({ cluster, input }) => (await cluster?.topics.get(text(input.topic)))?.configs,
  'message.setBodyType': async ({ cluster, input }) => ({
    type: await cluster?.messages.bodyType(text(input.topic)),
  }),
  'topic.delete': async ({ cluster, input }) => (await cluster?.topics.get(text(input.topic)))?.configs,
  'group.update': ({ cluster, input }) => groupSettingsOf(cluster, input),
  'group.setFilter': ({ cluster, input }) => scriptsOf(cluster, text(input.group)),
  'group.removeFilter': ({ cluster, input }) => scriptsOf(cluster, text(input.group)),
  'group.delete': async ({ cluster, input }) => (await cluster?.groups.get(text(input.group)))?.configs,
  'broker.configUpdate': ({ cluster, input }) => settingsOf(cluster, input),
  'alarm.putRule': async (asked) => {
    const rule = await ruleOf(asked)
    return rule && { rule }
  },
  'alarm.removeRule': ruleOf,
  'acl.putUser': async ({ cluster, input }) =>
    (await cluster?.acl.state())?.users.find(({ name }) => name === input.user),
  'acl.deleteUser': async ({ cluster, input }) =>
    (await cluster?.acl.state())?.users.find(({ name }) => name === input.user),
  'acl.putPolicies': async ({ cluster, input }) => ({
    entries: (await cluster?.acl.state())?.policies.filter(({ user }) => user === input.user),
  }),
  'acl.deletePolicy': async ({ cluster, input }) =>
    (await cluster?.acl.state())?.policies.find(
      ({ user, resource }) => user === input.user && resource === input.resource,
    ),
  'channel.put': async (asked) => {
    const channel = channelHeld(await channelOf(asked))
    return channel && { channel }
  },
  'channel.remove': async (asked) => channelHeld(await channelOf(asked)),
  'channel.setEnabled': channelOf,
  'channel.setPolicy': ({ desk }) => desk.notify.policy(),
  'access.updateUser': async ({ desk, signedIn, input }) =>
    (await desk.access.people.users(signedIn)).find(({ id }) => id === input.id),
  'access.deleteUser': async ({ desk, signedIn, input }) =>
    (await desk.access.people.users(signedIn)).find(({ id }) => id === input.id),
  'access.putRole': async ({ desk, input }) =>
    (await desk.access.people.roles()).find(({ name }) => name === input.name),
  'access.deleteRole': async ({ desk, input }) =>
    (await desk.access.people.roles()).find(({ name }) => name === input.name),
  'access.putMask': ({ desk, input }) => desk.masking.list().find(({ id }) => id === input.id),
  'access.removeMask': ({ desk, input }) => desk.masking.list().find(({ id }) => id === input.id),
  'console.putOidc': ({ desk }) => desk.oidc.settings(),
  'console.removeOidc': ({ desk }) => desk.oidc.settings(),
  'cluster.update': ({ desk, input }) => desk.clusters.settings().find(({ id }) => id === input.id),
  'cluster.remove': ({ desk, input }) => desk.clusters.settings().find(({ id }) => id === input.id),
}
async function channelOf({ desk, input }: Asked): Promise<ChannelRow | undefined> {
  return (await desk.notify.list()).find(({ id }) => id === input.id)
}
/** What somebody set, and nothing of how it fares. */
async function ruleOf({ cluster, input }: Asked): Promise<AlarmRuleBody | undefined> {
  const found = (await cluster?.alarms.rules())?.find(({ id }) => id === input.id)
  return found && alarmRuleBody.parse(found)
}
const channelHeld = (row: ChannelRow | undefined) =>
  row && channelFacts({ ...row.settings, kind: row.kind, name: row.name, ...(row.hasSecret && { secret: 'held' }) })
/** What people call it: the call has no more than an id. */
const channelName = async (asked: Asked) => (await channelOf(asked))?.name
export const objects: Readonly<Record<string, (asked: Asked) => Promise<string | undefined>>> = {
  'channel.test': channelName,
  'channel.setEnabled': channelName,
  'channel.remove': channelName,
  'alarm.removeRule': async (asked) => (await ruleOf(asked))?.name,
  'alarm.endSilence': async ({ cluster, input }) =>
    (await cluster?.alarms.silences())?.find(({ id }) => id === input.id)?.pattern,
}
/** Of a channel what is no secret. Its address may be all of its secret: that there is one is all that is said of it. */
export const channelFacts = (channel: object): object =>
  Object.fromEntries(
    Object.entries(channel).flatMap(([key, value]): [string, unknown][] => {
      if (plainOfChannel.has(key)) return [[key, value]]
      return (key === 'url' || key === 'secret') && typeof value === 'string' && value !== '' ? [[key, 'given']] : []
    }),
  )
const plainOfChannel: ReadonlySet<string> = new Set([
  ...['kind', 'name', 'language', 'host', 'port', 'security', 'user', 'from', 'to'],
])
/** The settings of a group that are to change, broker by broker. */
const groupSettingsOf = async (cluster: ClusterDesk | undefined, { group, brokers, config }: Asked['input']) => {
  if (typeof config !== 'object' || config === null) return undefined
  const chosen = Array.isArray(brokers) && brokers.length > 0 ? brokers : null
  const keys = new Set(Object.keys(config))
  return (await cluster?.groups.get(text(group)))?.configs
    .filter(({ broker }) => chosen?.includes(broker) !== false)
    .slice(0, MOST_BROKERS)
    .map(({ broker, ...held }) => ({ broker, config: namedBy(held, keys) }))
}
/** Of a script what somebody set, and nothing of what it met: what it threw may hold pieces of messages. */
const scriptsOf = async (cluster: ClusterDesk | undefined, group: string) =>
  (await cluster?.groups.filter(group))?.flatMap(({ broker, filter }) => {
    if (!isKnown(filter) || filter.value === null) return []
    const { source, onFault, timeLimitMs } = filter.value
    return [{ broker, source, onFault, timeLimitMs }]
  })
/** The settings that are to change, broker by broker. */
const settingsOf = async (cluster: ClusterDesk | undefined, { brokers, changes }: Asked['input']) => {
  if (!Array.isArray(brokers) || typeof changes !== 'object' || changes === null) return undefined
  return Promise.all(
    brokers.slice(0, MOST_BROKERS).map(async (broker) => {
      const view = await cluster?.brokers.get(text(broker))
      const entries = view !== undefined && isKnown(view.config) ? view.config.value : []
      const held = entries.filter(({ key }) => Object.hasOwn(changes, key)).map(({ key, value }) => [key, value])
      return { broker, changes: Object.fromEntries(held) }
    }),
  )
}
const MOST_BROKERS = 32
/** What names the object itself stands in a column of its own. */
const naming: ReadonlySet<string> = new Set(['broker'])
/** Of what was there, what the change names: objects by field, lists one by one. */
export const namedBy = (held: unknown, keys: ReadonlySet<string>): unknown => {
  if (Array.isArray(held)) return held.map((one) => namedBy(one, keys))
  if (typeof held !== 'object' || held === null) return held
  return Object.fromEntries(Object.entries(held).filter(([key]) => keys.has(key) || naming.has(key)))
}
/** Changes that leave nothing: of those all that was there is kept. */
export const leavesNothing = (path: string): boolean => /\.(delete|remove)/.test(path)
