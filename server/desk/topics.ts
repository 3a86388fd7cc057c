// server/desk/topics.ts: topics, as the routers ask for them.
import type { Admin } from '../admin/open'
import { messagesOf } from '../admin/records'
import type { TopicChanges } from '../change/topics'
import { type HistoryOptions, readHistory } from '../metrics/history'
import type { Sampler } from '../metrics/sampler'
import { askable, type TopicState } from '../metrics/state'
import { groupsByTopic, producerRows, type TopicFigures, topicList, topicNames, topicView } from '../metrics/topic-view'
import type { TopicDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { isKnown, type Known, known, unknown } from '../shared/known'
import type { TopicView } from '../shared/views'
import type { Lists } from './lists'
import { sampleTags } from './topic-tags'

export interface TopicDeskOptions {
  sampler: Sampler
  lists: Lists
  past: HistoryOptions
  admin: Admin
  changes: TopicChanges
  now: () => number
}
const MOST_HELD = 200
const OLDEST_KEPT_MS = 60_000
/** A page asks no more queues than these one by one. */
const MOST_QUEUES_ASKED = 64
const NEWEST_READ = 32

export const openTopicDesk = ({ sampler, lists, past, admin, changes, now }: TopicDeskOptions): TopicDesk => {
  const { state } = sampler
  const find = (name: string): TopicState => {
    const topic = state.topics.get(name)
    if (topic === undefined) throw new DeskError('not-found', `No broker has the topic ${name}.`)
    return topic
  }
  /** Several browsers on one page cost one question. */
  const views = new Map<string, { revision: number; found: Promise<TopicView> }>()
  const view = (name: string): Promise<TopicView> => {
    const held = views.get(name)
    if (held !== undefined && held.revision === state.revision) return held.found
    const found = load(name)
    if (views.size >= MOST_HELD) views.clear()
    views.set(name, { revision: state.revision, found })
    found.catch(() => views.delete(name))
    return found
  }
  /** What only the open page asks: bytes by the broker's own statistics, the day's count, and the oldest message. */
  const load = async (name: string): Promise<TopicView> => {
    const topic = find(name)
    const base = topicView(state, topic, groupsByTopic(state).get(name) ?? [], now())
    const brokers = askable(state).filter((one) => one.topicConfigs.has(name))
    const summed = async (ask: (address: string) => Promise<number>): Promise<Known<number>> => {
      const answers = await Promise.allSettled(brokers.map(({ address }) => ask(address)))
      if (answers.length === 0 || answers.some(({ status }) => status === 'rejected')) return unknown('broker-silent')
      return known(
        answers.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0),
        now(),
      )
    }
    const [inBytesPerSecond, countToday, oldestAt] = await Promise.all([
      summed((address) => admin.brokers.statsPerSecond(address, 'TOPIC_PUT_SIZE', name)),
      inToday(topic),
      oldest(topic),
    ])
    const rate = base.row.inPerSecond
    const meanSizeBytes =
      isKnown(rate) && isKnown(inBytesPerSecond) && rate.value > 0 && inBytesPerSecond.value > 0
        ? known(inBytesPerSecond.value / rate.value, inBytesPerSecond.at)
        : await lastMean(name, brokers)
    return { ...base, inBytesPerSecond, inToday: countToday, oldestAt, meanSizeBytes }
  }
  /** Without traffic now: of the last minute, hour or day that had some, as brokers counted it. */
  const lastMean = async (name: string, brokers: readonly { address: string }[]): Promise<Known<number>> => {
    const asked = brokers.map(({ address }) => admin.brokers.statsMean(address, 'TOPIC_PUT_SIZE', name))
    const means = (await Promise.allSettled(asked)).flatMap((one) =>
      one.status === 'fulfilled' && one.value !== null ? [one.value] : [],
    )
    if (means.length > 0) return known(means.reduce((sum, mean) => sum + mean, 0) / means.length, now())
    return newestMean(find(name))
  }
  const newestMeans = new Map<string, { at: number; found: Promise<Known<number>> }>()
  /** Brokers count by the hour: of a young topic that rests, its newest messages tell; read once a minute at most. */
  const newestMean = (topic: TopicState): Promise<Known<number>> => {
    const held = newestMeans.get(topic.name)
    if (held !== undefined && now() - held.at < OLDEST_KEPT_MS) return held.found
    const found = askNewest(topic).catch(() => unknown('broker-silent'))
    if (newestMeans.size >= MOST_HELD) newestMeans.clear()
    newestMeans.set(topic.name, { at: now(), found })
    return found
  }
  const askNewest = async (topic: TopicState): Promise<Known<number>> => {
    const alive = new Map(askable(state).map((one) => [one.name, one.address]))
    const [fullest] = [...topic.queues.values()].sort((a, b) => b.max - b.min - (a.max - a.min))
    const address = alive.get(fullest?.broker ?? '')
    if (fullest === undefined || address === undefined || fullest.max <= fullest.min) return unknown('no-traffic')
    const { queueId, min, max } = fullest
    const offset = BigInt(Math.max(min, max - NEWEST_READ))
    const pulled = await admin.messages.pull(address, {
      ...{ group: 'TOOLS_CONSUMER', topic: topic.name, queueId, offset, max: NEWEST_READ },
    })
    const { length } = messagesOf(pulled.records)
    return length === 0 ? unknown('no-traffic') : known(pulled.records.length / length, now())
  }
  /** Where each queue of a topic stood at midnight: asked once a day, since that never changes. */
  const midnights = new Map<string, { midnight: number; first: Map<string, Promise<bigint>> }>()
  /**
   * What came in since midnight on this machine's clock. A broker's own day figure (315) is taken once an hour and
   * would say 0 for the first one.
   */
  const inToday = async (topic: TopicState): Promise<Known<number>> => {
    const midnight = new Date(now()).setHours(0, 0, 0, 0)
    let held = midnights.get(topic.name)
    if (held === undefined || held.midnight !== midnight) {
      if (midnights.size >= MOST_HELD) midnights.clear()
      held = { midnight, first: new Map() }
      midnights.set(topic.name, held)
    }
    const { first } = held
    const alive = new Map(askable(state).map((one) => [one.name, one.address]))
    const filled = [...topic.queues].filter(([, { max, min }]) => max > min)
    if (filled.length > MOST_QUEUES_ASKED) return unknown('budget')
    const counts = filled.map(async ([key, { broker, queueId, max, min }]) => {
      const address = alive.get(broker)
      if (address === undefined) throw new DeskError('broker-silent', `${broker} does not answer.`)
      let asked = first.get(key)
      if (asked === undefined) {
        asked = admin.brokers.offsetAtTime(address, topic.name, queueId, midnight)
        first.set(key, asked)
        asked.catch(() => first.delete(key))
      }
      return max - Math.max(Number(await asked), min)
    })
    const answers = await Promise.allSettled(counts)
    let count = 0
    for (const answer of answers) {
      if (answer.status === 'rejected') return unknown('broker-silent')
      count += Math.max(0, answer.value)
    }
    return known(count, now())
  }
  const oldestTimes = new Map<string, { at: number; found: Promise<Known<number | null>> }>()
  /** One call per queue: asked again only after a minute, since retention moves slowly. */
  const oldest = (topic: TopicState): Promise<Known<number | null>> => {
    const held = oldestTimes.get(topic.name)
    if (held !== undefined && now() - held.at < OLDEST_KEPT_MS) return held.found
    const found = askOldest(topic)
    if (oldestTimes.size >= MOST_HELD) oldestTimes.clear()
    // An empty topic may get its first message at any moment.
    if ([...topic.queues.values()].some(({ max, min }) => max > min)) oldestTimes.set(topic.name, { at: now(), found })
    return found
  }
  const askOldest = async (topic: TopicState): Promise<Known<number | null>> => {
    const alive = new Map(askable(state).map((one) => [one.name, one.address]))
    const kept = [...topic.queues.values()].filter(({ max, min }) => max > min).slice(0, MOST_QUEUES_ASKED)
    const answers = await Promise.allSettled(
      kept.flatMap(({ broker, queueId }) => {
        const address = alive.get(broker)
        return address === undefined ? [] : [admin.messages.earliestStoredAt(address, topic.name, queueId)]
      }),
    )
    const times = answers.flatMap((one) => (one.status === 'fulfilled' && one.value !== null ? [one.value] : []))
    if (answers.length > 0 && times.length === 0) return unknown('broker-silent')
    return known(times.length === 0 ? null : Math.min(...times), now())
  }
  const rowsFor = async (names: readonly string[] | undefined, retry: boolean): Promise<TopicFigures[]> => {
    if (names !== undefined) {
      const wanted = new Set(names)
      return lists.topicsWhere((name) => wanted.has(name))
    }
    if (!retry) return lists.topics()
    await lists.prepare(true)
    return lists.allTopics()
  }
  return {
    async list(input) {
      const { names, kind } = input
      const page = topicList(state, await rowsFor(names, kind.length === 0 || kind.includes('retry')), input, now())
      for (const { name } of page.rows) sampler.watchTopic(name)
      return page
    },
    names: () => topicNames(state),
    async get(name) {
      await sampler.freshTopic(name)
      return view(name)
    },
    history: (name, span, group) =>
      group === undefined
        ? readHistory(past, 'topic', name, span)
        : readHistory(past, 'topic-group', `${name}@${group}`, span),
    async *watch(name, { signal, after }) {
      for await (const _ of sampler.turns(signal, after)) {
        sampler.watchTopic(name)
        if (state.topics.has(name)) yield await view(name)
      }
    },
    async producers(name) {
      find(name)
      return producerRows(state, name)
    },
    tags: (name) => sampleTags(admin, state, find(name), now),
    ...changes,
  }
}
