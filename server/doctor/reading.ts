// server/doctor/reading.ts: why a group that is connected does not read a topic, or not all of it: subscriptions, filters,
// queues without a client, positions.
import type { Admin } from '../admin/open'
import { messagesOf } from '../admin/records'
import type { Running } from '../admin/types'
import { disagreementsOf } from '../metrics/agreement'
import { behindOf, deadLettersOf, groupFigures, lagOf, readingsOf } from '../metrics/figures'
import { askable, type ClusterState, type GroupState, silentNames } from '../metrics/state'
import { isKnown } from '../shared/known'
import { RETRY_PREFIX } from '../shared/names'
import type { Say } from './say'

const STILL_MS = 60_000
/** Newest messages looked at, to see whether a filter takes any of them. */
const LOOKED_AT = { queues: 16, each: 8 }
const MOST_TAGS = 5
const MOST_NAMED = 5

export interface ReadingOptions {
  admin: Admin
  state: ClusterState
  now: () => number
  members: (group: GroupState) => Promise<readonly { clientId: string; running: Running | null }[]>
}

export const checkReading = async (
  say: Say,
  { admin, state, now, members }: ReadingOptions,
  group: GroupState,
  topic: string,
): Promise<void> => {
  const online = (group.clients?.length ?? 0) > 0
  const subscribed = group.subscriptions.filter((one) => !one.topic.startsWith(RETRY_PREFIX))
  const own = subscribed.find((one) => one.topic === topic)
  if (online && topic !== '') {
    if (own === undefined)
      say('notSubscribed', topic, {
        topics:
          subscribed
            .map((one) => one.topic)
            .slice(0, MOST_NAMED)
            .join(', ') || '–',
      })
    else say('subscribed', topic, { expression: own.expression, type: own.type })
  }
  const said = online ? await members(group) : []
  checkAgreement(say, group, said)
  if (own !== undefined) {
    if (own.type !== 'TAG') {
      const off = askable(state).filter(({ config }) => config.enablePropertyFilter === 'false')
      if (off.length > 0) say('sqlOff', topic, { brokers: off.map(({ key }) => key).join(', ') })
    } else if (own.expression !== '*') await checkFilter(say, admin, state, topic, own.expression)
    if (group.model !== 'BROADCASTING') checkOwners(say, state, group, topic, said)
  }
  if (group.model !== 'BROADCASTING') checkPositions(say, state, group, topic, now())
}

const checkAgreement = (
  say: Say,
  group: GroupState,
  said: readonly { clientId: string; running: Running | null }[],
): void => {
  if (said.length < 2) return
  const heard = said.flatMap(({ clientId, running }) =>
    running === null
      ? []
      : [{ clientId, subscriptions: running.subscriptions.filter(({ topic }) => !topic.startsWith(RETRY_PREFIX)) }],
  )
  for (const { topic, differing } of disagreementsOf(heard))
    say('subscriptionsDiffer', topic, { clients: differing.slice(0, MOST_NAMED).join(', '), count: differing.length })
  if (heard.length < said.length)
    say('subscriptionsUnknown', group.name, { silent: said.length - heard.length, clients: said.length })
  else if (disagreementsOf(heard).length === 0) say('subscriptionsAgree', group.name, { clients: said.length })
}

/** The newest messages beside the tags that are asked for. */
const checkFilter = async (
  say: Say,
  admin: Admin,
  state: ClusterState,
  topic: string,
  expression: string,
): Promise<void> => {
  const wanted = new Set(expression.split('||').map((tag) => tag.trim()))
  const queues = [...(state.topics.get(topic)?.queues.values() ?? [])]
    .filter(({ max, maxAt }) => maxAt > 0 && max > 0)
    .slice(0, LOOKED_AT.queues)
  const answers = await Promise.allSettled(
    queues.map(async ({ broker, queueId, max, min }) => {
      const address = askable(state).find(({ name }) => name === broker)?.address
      if (address === undefined) return []
      const offset = BigInt(Math.max(min, max - LOOKED_AT.each))
      const pulled = await admin.messages.pull(address, {
        group: 'TOOLS_CONSUMER',
        topic,
        queueId,
        offset,
        max: LOOKED_AT.each,
        timeoutMs: 3000,
      })
      return messagesOf(pulled.records)
    }),
  )
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (found.length === 0) return
  const taken = found.filter(({ tag }) => tag !== null && wanted.has(tag)).length
  const tags = [...new Set(found.map(({ tag }) => tag ?? '–'))].slice(0, MOST_TAGS).join(', ')
  say(taken === 0 ? 'filterTakesNone' : 'filterTakes', topic, { expression, looked: found.length, taken, tags })
}

/** A queue is read by one client at a time: with more clients than queues some have nothing to do. */
const checkOwners = (
  say: Say,
  state: ClusterState,
  group: GroupState,
  topic: string,
  said: readonly { clientId: string; running: Running | null }[],
): void => {
  if (group.consumeType === 'CONSUME_POP') return // every client takes from every queue
  const clients = group.clients?.length ?? 0
  const queues = askable(state).reduce((sum, { topicConfigs }) => sum + (topicConfigs.get(topic)?.readQueues ?? 0), 0)
  const idle = said.filter(({ running }) => running !== null && !running.queues.some((one) => one.topic === topic))
  if (queues > 0 && clients > queues)
    say('idleClients', topic, {
      clients,
      queues,
      idle: clients - queues,
      names:
        idle
          .map(({ clientId }) => clientId)
          .slice(0, MOST_NAMED)
          .join(', ') || '–',
    })
  else if (queues > 0) say('enoughQueues', topic, { clients, queues })
  if (said.length === 0 || said.length < clients || said.some(({ running }) => running === null)) return
  const owned = new Set(
    said.flatMap(({ running }) =>
      (running?.queues ?? []).filter((one) => one.topic === topic).map(({ broker, queueId }) => `${broker}/${queueId}`),
    ),
  )
  const all = [...(state.topics.get(topic)?.queues.values() ?? [])].map(({ broker, queueId }) => `${broker}/${queueId}`)
  const unowned = all.filter((queue) => !owned.has(queue))
  if (unowned.length > 0 && queues > 0)
    say('queuesUnowned', topic, { count: unowned.length, queues: unowned.slice(0, MOST_NAMED).join(', ') })
}

const checkPositions = (say: Say, state: ClusterState, group: GroupState, topic: string, now: number): void => {
  const silent = silentNames(state)
  const whole = groupFigures(state, group, silent, now)
  const { lag, behind } = groupFigures(state, group, silent, now, topic === '' ? undefined : topic)
  const positions = topic === '' ? [] : [...readingsOf(state, group, topic)]
  if (topic !== '' && positions.every(({ position }) => position === undefined)) say('neverCommitted', topic)
  else if (!isKnown(lag)) say('positionUnknown', topic || group.name)
  else if (lag.value === 0 && lag.missing === 0) say('caughtUp', topic || group.name)
  else {
    const late = isKnown(behind) && behind.value > STILL_MS
    const ms = isKnown(behind) ? Math.round(behind.value) : 0
    say(late ? 'lagging' : 'reading', topic || group.name, { lag: lag.value, spanMs: ms })
  }
  if (isKnown(behind) && behind.pastKept) say('pastKept', topic || group.name)
  const online = (group.clients?.length ?? 0) > 0
  for (const reading of positions) {
    const { queue, position } = reading
    const unread = lagOf(reading, silent)
    const age = behindOf(reading, silent, now)
    if (!online || queue === undefined || position === undefined || !isKnown(unread) || unread.value === 0) continue
    const stillMs = Math.min(
      now - Math.max(position.movedAt, group.firstSeenAt),
      isKnown(age) ? age.value : Number.POSITIVE_INFINITY,
    )
    if (stillMs > STILL_MS)
      say('queueStill', `${queue.broker}/${queue.queueId}`, {
        spanMs: Math.round(stillMs),
        offset: String(position.committed),
        unread: unread.value,
      })
  }
  if (isKnown(whole.retryLag) && whole.retryLag.value > 0) say('retrying', group.name, { count: whole.retryLag.value })
  const dead = deadLettersOf(state, group.name, silent)
  if (isKnown(dead) && dead.value > 0) say('deadLetters', group.name, { count: dead.value })
}
