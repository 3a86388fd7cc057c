// server/desk/cluster.ts: one cluster, as the routers ask it: the sampler for what is seen, the admin client for what is
// acted on, the recorder for what was. It joins the rooms and decides nothing.
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterHandle } from '../../broker/types'
import { type AdminOptions, openAdmin } from '../admin/open'
import { openAlarms } from '../alarms/open'
import { openParts } from '../bundled/parts'
import { openAcl } from '../change/acl'
import { openBrokerChanges } from '../change/brokers'
import { openGroupChanges } from '../change/groups'
import { deadRefOf, type Gathered, openRedrives } from '../change/redrive'
import { openRedriveWork } from '../change/redrive-work'
import { openResets } from '../change/reset'
import { openTopicChanges } from '../change/topics'
import { openWaitingActs } from '../change/waiting'
import type { ClusterEntry } from '../clusters/registry'
import type { Database } from '../db/open'
import { openDoctor } from '../doctor/open'
import { WAIT_MS } from '../doctor/servers'
import { openJobs } from '../jobs/open'
import { openMessageDesk } from '../message/open'
import { brokerList, brokerView } from '../metrics/broker-view'
import { countersOf } from '../metrics/counters'
import { readHistory } from '../metrics/history'
import { overviewOf } from '../metrics/overview'
import { openRecorder } from '../metrics/recorder'
import { openSampler, TURN_MS } from '../metrics/sampler'
import { silentNames } from '../metrics/state'
import { openUsage } from '../metrics/usage'
import type { Notify } from '../notify/open'
import type { AuditDesk, ClusterDesk } from '../shared/desk'
import { DeskError } from '../shared/errors'
import { isKnown, unknown } from '../shared/known'
import { brokerKey } from '../shared/names'
import type { ClusterCard, Overview } from '../shared/views'
import { openBodyTypes } from './body-types'
import { clientList, clientRowsOf } from './clients'
import { deadList } from './dead'
import { openGroupDesk } from './groups'
import { openHalfWatch } from './half-watch'
import { groupImpact, topicImpact } from './impact'
import { infoOf } from './info'
import { jobRowOf, openJobsDesk } from './jobs'
import { openLists } from './lists'
import { openMembers } from './members'
import { openMetricsDesk } from './metrics'
import { openOffsetSnapshots } from './offset-snapshots'
import { findIn } from './palette'
import { openRecord } from './record'
import { openRedriveMarks } from './redrive-marks'
import { openTopicDesk } from './topics'

export interface ClusterDeskOptions extends Pick<AdminOptions, 'credentials' | 'tls' | 'resolve'> {
  entry: ClusterEntry
  bundled: ClusterHandle | undefined
  database: Database
  notify: Notify
  audit: Pick<AuditDesk, 'write'>
  log: (text: string) => void
  turnMs?: number
  now?: () => number
}
export interface OpenCluster extends ClusterDesk {
  readonly entry: ClusterEntry
  close(): Promise<void>
}

/** What a redrive looks through before it is shown. */
const GATHER_READ = 5_000_000
const GATHER_MS = 60_000
const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  if (ms > 0) await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined) // woken to end
}

export const openClusterDesk = (options: ClusterDeskOptions): OpenCluster => {
  const { entry, bundled, database, notify, audit, log, turnMs = TURN_MS, now = Date.now } = options
  const admin = openAdmin({
    namesrv: entry.namesrv,
    credentials: options.credentials,
    tls: options.tls,
    resolve: options.resolve,
  })
  const parts = openParts(bundled)
  const recorder = openRecorder(database, entry.id, turnMs)
  let keeping: Promise<void> = Promise.resolve()
  const sampler = openSampler({
    admin,
    turnMs,
    now,
    log,
    onTurn: async () => {
      await lists.prepare()
      await record()
      halfWatch.turn()
      keeping = snapshots.turn(state) // not waited for: pages and alarms go on meanwhile
      await alarms.turn({
        state,
        clusterName: entry.name,
        groups: lists.groups,
        topics: lists.topics,
        brokers: () => overview().brokers,
        halves: halfWatch.read,
        silent: silentNames(state),
        now: now(),
      })
    },
  })
  const { state } = sampler
  const lists = openLists(state, now)
  const members = openMembers(admin, state, now)
  const past = { database, recorder, cluster: entry.id, turnMs, now }

  const alarms = openAlarms({ database, notify, past, cluster: { id: entry.id, name: entry.name }, turnMs, now, log })
  let held: { revision: number; overview: Omit<Overview, 'alarms'> } | undefined
  const overview = (): Overview => {
    if (held?.revision !== state.revision || held === undefined)
      held = {
        revision: state.revision,
        overview: overviewOf(state, {
          turnMs,
          rows: lists.groups(),
          brokers: brokerList(state, parts.of),
          namesrv: entry.namesrv,
          clients: clientRowsOf(state).length,
          halves: halfWatch.read(),
          now: now(),
        }),
      }
    return { ...held.overview, alarms: alarms.summary() }
  }
  const card = (): ClusterCard => {
    const { verdict, inPerSecond, outPerSecond, lag, at, brokers } = overview()
    const alive = brokers.filter(({ state: one }) => one === 'ok').length
    return {
      id: entry.id,
      name: entry.name,
      bundled: bundled !== undefined,
      namesrv: [...entry.namesrv],
      readOnly: entry.readOnly,
      production: entry.production,
      colour: entry.colour,
      verdict,
      brokers: at === 0 ? unknown('no-sample-yet') : { value: alive, at },
      inPerSecond,
      outPerSecond,
      lag,
      at,
    }
  }
  const unreachable = (holds: (key: string) => boolean): string[] => {
    const silent = silentNames(state)
    return [...state.brokers.values()].filter(({ name, key }) => silent.has(name) && holds(key)).map(({ key }) => key)
  }
  const changed = (): Promise<void> => sampler.refresh()
  const topicChanges = openTopicChanges({
    admin,
    now,
    changed,
    impact: async (topic) => {
      await sampler.freshTopic(topic)
      return topicImpact(state, topic, now())
    },
    unreachable: (topic) => unreachable((key) => state.brokers.get(key)?.topicConfigs.has(topic) === true),
  })
  const groupChanges = openGroupChanges({
    admin,
    now,
    changed,
    impact: async (name) => {
      await sampler.freshGroup(name)
      const group = state.groups.get(name)
      if (group === undefined) throw new DeskError('not-found', `No broker has the group ${name}.`)
      return groupImpact(state, group, now())
    },
    unreachable: (group) => unreachable((key) => state.brokers.get(key)?.groupConfigs.has(group) === true),
    pick: (wanted) => messages.pick(wanted),
  })
  const snapshots = openOffsetSnapshots({ database, cluster: entry.id, now, log })
  const resets = openResets({
    admin,
    now,
    snapshots,
  })
  const brokerChanges = openBrokerChanges(admin, () => sampler.refreshBrokers())

  const messages = openMessageDesk({
    admin,
    now,
    bodyTypes: openBodyTypes(database.db, entry.id),
    topics: () =>
      lists
        .allTopics()
        .filter(({ kind }) => kind !== 'system')
        .sort((a, b) => lastOf(b) - lastOf(a))
        .map(({ name }) => name),
  })
  const halfWatch = openHalfWatch({ state, halves: messages.halves, turnMs, now, log })
  const load = async (offsetId: string) => (await messages.load(offsetId)).message
  const groupsOf = (topic: string): string[] =>
    lists
      .groups()
      .filter(({ topics }) => topics.includes(topic))
      .map(({ name }) => name)
  const waitingActs = openWaitingActs({
    admin,
    cluster: entry.id,
    now,
    halves: messages.halves,
    timetable: messages.timetable,
    load,
    groupsOf,
    log,
    audit: (line) => audit.write(line),
    sleep,
  })
  const marks = openRedriveMarks(database.db, entry.id)
  const jobs = openJobs({
    database,
    cluster: entry.id,
    works: {
      redrive: openRedriveWork({ load, putBack: messages.putBack, lookUp: messages.lookUp, marks, sleep, now }),
    },
    audit,
    log,
    readOnly: entry.readOnly,
    ended: () => void sampler.refresh(),
    now,
  })
  const redrives = openRedrives({
    admin,
    now,
    load,
    gather: async (topic, { kind: _, ...filter }, most) => {
      const refs: Gathered['refs'] = []
      const limits = { matches: most, read: GATHER_READ, ms: GATHER_MS }
      const read = await messages.gather(topic, filter, limits, (message, broker) =>
        refs.push(deadRefOf(message, `${broker} ${message.queueId}`)),
      )
      return { refs, ...read }
    },
    keptOf: async (topic) => {
      const asked = await admin.brokersOfTopic(topic)
      const found = await Promise.all(asked.map(({ address }) => admin.brokers.topicStats(address, topic)))
      return new Map(found.flat().map(({ broker, queueId, min }) => [`${broker} ${queueId}`, min]))
    },
    marks,
    jobs,
    groupsOf,
  })

  const doctor = openDoctor({
    admin,
    addresses: entry.namesrv,
    only: (namesrv) =>
      openAdmin({
        namesrv: namesrv.split(';'),
        credentials: options.credentials,
        tls: options.tls,
        resolve: options.resolve,
        longestTimeoutMs: WAIT_MS,
      }),
    sampler,
    members: (group) => members.of(group, WAIT_MS),
    now,
  })

  const usage = openUsage({
    database,
    recorder,
    cluster: entry.id,
    state,
    meanSize: ({ address }, topic) => admin.brokers.statsMean(address, 'TOPIC_PUT_SIZE', topic),
    log,
  })
  const record = openRecord({ recorder, sampler, lists, usage, overview, now })
  sampler.start()
  return {
    id: entry.id,
    entry,
    readOnly: entry.readOnly,
    production: entry.production,
    name: entry.name,
    card,
    info: async () => infoOf(state, card()),
    overview,
    counters: () => countersOf(state),
    history: (span) => readHistory(past, 'cluster', '', span),
    async *watch({ signal, after }) {
      for await (const _ of sampler.turns(signal, after)) yield overview()
    },
    topics: openTopicDesk({ sampler, lists, past, admin, changes: topicChanges, now }),
    groups: openGroupDesk({ sampler, lists, past, members, changes: groupChanges, resets, snapshots, now }),
    brokers: {
      list: () => brokerList(state, parts.of),
      async get(key) {
        const broker = state.brokers.get(key)
        if (broker === undefined) throw new DeskError('not-found', `No broker is called ${key} here.`)
        return brokerView(state, broker, parts.of(broker), now())
      },
      history: (key, span) => readHistory(past, 'broker', key, span),
      ...brokerChanges,
      parts: parts.all,
      part: parts.act,
    },
    messages,
    dead: {
      list: (input) => deadList(state, lists.topics(), lists.groups(), input, now()),
      marks: ({ offsetIds }) => marks.of(offsetIds.map((id) => id.toUpperCase())),
      redrivePreview(input, reading) {
        if (input.select.kind === 'all') messages.mustRead(reading, input.select)
        return redrives.preview(input)
      },
      redrive: async (input, by) => jobRowOf(await redrives.apply(input, by)),
      redriveTo: redrives.toOf,
    },
    doctor,
    jobs: openJobsDesk(jobs),
    alarms,
    metrics: openMetricsDesk({ past, lists, overview }),
    acl: openAcl({
      admin,
      setting: (name, key) => state.brokers.get(brokerKey(name, 0))?.config[key] ?? null,
    }),
    waiting: { halves: messages.halves, timetable: messages.timetable, ...waitingActs },
    clients: { list: async (input) => clientList(state, input, now()) },
    find: (input) => findIn(state, entry, input),
    async close() {
      await jobs.close()
      await sampler.close()
      await keeping
      await usage.write(now(), true)
      await recorder.flush().catch((error: unknown) => log(`history: ${String(error)}`))
      admin.close()
    },
  }
}
const lastOf = ({ lastMessageAt }: { lastMessageAt: Parameters<typeof isKnown>[0] }): number =>
  isKnown(lastMessageAt) ? Number(lastMessageAt.value ?? 0) : 0
