// server/trpc/before.ts: how things stood before a change, for the audit log: for each change that replaces something, where
// to look. Only what the change names is kept, so that before and after can be read side by side. Never a secret.
import type { ClusterDesk, ConsoleDesk, SignedIn } from '../shared/desk'
import { isKnown } from '../shared/known'

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
  'group.update': async ({ cluster, input }) => (await cluster?.groups.get(text(input.group)))?.configs,
  'group.setFilter': ({ cluster, input }) => scriptsOf(cluster, text(input.group)),
  'group.removeFilter': ({ cluster, input }) => scriptsOf(cluster, text(input.group)),
  'group.delete': async ({ cluster, input }) => (await cluster?.groups.get(text(input.group)))?.configs,
  'broker.configUpdate': ({ cluster, input }) => settingsOf(cluster, input),
  'alarm.putRule': async ({ cluster, input }) => ({
    rule: (await cluster?.alarms.rules())?.find(({ id }) => id === input.id),
  }),
  'alarm.removeRule': async ({ cluster, input }) => (await cluster?.alarms.rules())?.find(({ id }) => id === input.id),
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
