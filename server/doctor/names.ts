// server/doctor/names.ts: whether the topic and the group a client names are there, and whether it may use them. Names come
// as somebody typed them: wrong ones are what is looked for here.
import type { Admin } from '../admin/open'
import type { ClusterState, GroupState, TopicState } from '../metrics/state'
import { askable } from '../metrics/state'
import { groupNameFault, isSystemGroup, type NameFault, topicKind, topicNameFault } from '../shared/names'
import type { Say } from './say'
import { versionsOf } from './servers'

const MOST_SIMILAR = 3
const REBALANCING_MS = 30_000
const PERM_READ = 4
const PERM_WRITE = 2

export const checkTopic = async (say: Say, admin: Admin, state: ClusterState, name: string): Promise<void> => {
  const fault = topicNameFault(name)
  const topic = state.topics.get(name)
  if (fault !== null && fault !== 'reserved' && topic === undefined) {
    say('topicBadName', name, { fault: plainFault[fault] })
    similar(say, 'topicSimilar', name, userTopics(state))
    return
  }
  const masters = askable(state).filter(({ id }) => id === 0)
  const having = masters.flatMap((broker) => {
    const config = broker.topicConfigs.get(name)
    return config === undefined ? [] : [{ broker: broker.name, config }]
  })
  if (having.length === 0) {
    const auto = masters.some(({ config }) => config.autoCreateTopicEnable === 'true')
    say(auto ? 'topicMissingAuto' : 'topicMissing', name)
    const inNamespaces = userTopics(state).filter((one) => one.endsWith(`%${name}`))
    if (inNamespaces.length > 0)
      say('topicInNamespace', name, { names: inNamespaces.slice(0, MOST_SIMILAR).join(', ') })
    similar(say, 'topicSimilar', name, userTopics(state))
    return
  }
  const queues = having.reduce((sum, { config }) => sum + config.readQueues, 0)
  say('topicExists', name, { brokers: having.length, queues })
  const without = (bit: number, field: 'readQueues' | 'writeQueues') =>
    having.filter(({ config }) => (config.perm & bit) === 0 || config[field] === 0).map(({ broker }) => broker)
  const noWrite = without(PERM_WRITE, 'writeQueues')
  const noRead = without(PERM_READ, 'readQueues')
  if (noWrite.length > 0) say('topicNotWritable', name, { brokers: noWrite.join(', ') })
  if (noRead.length > 0) say('topicNotReadable', name, { brokers: noRead.join(', ') })
  const lacking = masters.filter((broker) => !having.some((one) => one.broker === broker.name))
  if (lacking.length > 0) say('topicNotEverywhere', name, { brokers: lacking.map((one) => one.name).join(', ') })
  const route = await admin.names.route(name).catch(() => undefined)
  if (route === null || route?.queues.length === 0) say('topicNoRoute', name)
  if (topic !== undefined) checkKept(say, topic)
}
const checkKept = (say: Say, topic: TopicState): void => {
  const queues = [...topic.queues.values()]
  if (queues.length === 0 || queues.some(({ minAt, maxAt }) => minAt === 0 || maxAt === 0)) return // not known: nothing to say
  const sent = queues.reduce((sum, { max }) => sum + max, 0)
  const kept = queues.reduce((sum, { min, max }) => sum + Math.max(0, max - min), 0)
  if (sent === 0) say('topicNeverSent', topic.name)
  else if (kept === 0) say('topicNothingKept', topic.name, { sent })
  else say('topicHasMessages', topic.name, { kept })
}
const userTopics = (state: ClusterState): string[] =>
  [...state.topics.keys()].filter((name) => topicKind(name) === 'user')

export const checkGroup = (say: Say, state: ClusterState, name: string, now: number): GroupState | null => {
  const group = state.groups.get(name)
  const groups = [...state.groups.keys()].filter((one) => !isSystemGroup(one))
  const fault = groupNameFault(name)
  if (fault !== null && fault !== 'reserved' && group === undefined) {
    say('groupBadName', name, { fault: plainFault[fault] })
    similar(say, 'groupSimilar', name, groups)
    return null
  }
  const producing = [...state.brokers.values()].some(({ producers }) => producers.some((one) => one.group === name))
  const masters = askable(state).filter(({ id }) => id === 0)
  if (group === undefined) {
    const auto = masters.some(({ config }) => config.autoCreateSubscriptionGroup === 'true')
    say(auto ? 'groupMissingAuto' : 'groupMissing', name)
    if (producing) say('groupOnlyProduces', name)
    const inNamespaces = groups.filter((one) => one.endsWith(`%${name}`))
    if (inNamespaces.length > 0)
      say('groupInNamespace', name, { names: inNamespaces.slice(0, MOST_SIMILAR).join(', ') })
    similar(say, 'groupSimilar', name, groups)
    return null
  }
  const configs = masters.flatMap((broker) => {
    const config = broker.groupConfigs.get(name)
    return config === undefined ? [] : [{ broker: broker.name, config }]
  })
  say('groupExists', name, { brokers: configs.length })
  const off = configs.filter(({ config }) => !config.consumeEnable).map(({ broker }) => broker)
  if (off.length > 0) say('groupOff', name, { brokers: off.join(', ') })
  if (group.clients === null) {
    say('groupClientsUnknown', name)
    return group
  }
  if (group.clients.length === 0) {
    say('groupNoClient', name)
    if (producing) say('groupOnlyProduces', name)
    similar(say, 'groupSimilar', name, groups)
    return group
  }
  say('groupClients', name, { clients: group.clients.length })
  const byId = new Map<string, Set<string>>()
  for (const { clientId, address } of group.clients) byId.set(clientId, (byId.get(clientId) ?? new Set()).add(address))
  for (const [clientId, addresses] of byId)
    if (addresses.size > 1) say('clientTwice', clientId, { addresses: [...addresses].join(', ') })
  if (group.clientsChangedAt > 0 && now - group.clientsChangedAt < REBALANCING_MS)
    say('rebalancing', name, { seconds: Math.round((now - group.clientsChangedAt) / 1000) })
  const versions = versionsOf(group.clients)
  if (versions.length > 1) say('clientVersionsDiffer', name, { versions: versions.join(', ') })
  if (group.model === 'BROADCASTING') {
    const refusing = configs.filter(({ config }) => !config.consumeBroadcastEnable).map(({ broker }) => broker)
    if (refusing.length > 0) say('broadcastOff', name, { brokers: refusing.join(', ') })
    else say('broadcasting', name)
  }
  return group
}

/** As the catalogues choose by: letters only. */
const plainFault: Readonly<Record<NameFault, string>> = {
  empty: 'empty',
  'too-long': 'long',
  'bad-character': 'letters',
  reserved: 'letters',
}

// ---- names that were nearly right ----

const similar = (say: Say, finding: 'topicSimilar' | 'groupSimilar', name: string, all: readonly string[]): void => {
  const wanted = plain(name)
  const near = all.filter((one) => one !== name && (plain(one) === wanted || distance(plain(one), wanted) <= 2))
  if (near.length > 0) say(finding, name, { names: near.slice(0, MOST_SIMILAR).join(', ') })
}
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
/** Letters to add, drop or change; more than 2 is told as 3. Names of under four letters are near to everything: 3. */
const distance = (a: string, b: string): number => {
  if (Math.abs(a.length - b.length) > 2 || Math.min(a.length, b.length) < 4) return 3
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    if (Math.min(...next) > 2) return 3
    row = next
  }
  return row.at(-1) ?? 3
}
