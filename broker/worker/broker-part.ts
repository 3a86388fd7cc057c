// broker/worker/broker-part.ts: a broker as a part: joins settings, catalog, store, sessions, processors, listeners and
// the registration with name servers, in the order in which each may need the ones before it, and ends them backwards.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBroadcastOffsets } from '../catalog/broadcast-offsets'
import { openFilterScripts } from '../catalog/filter-scripts'
import { openGroups } from '../catalog/groups'
import { openOffsets } from '../catalog/offsets'
import { openTopics } from '../catalog/topics'
import type { TopicCatalog } from '../catalog/types'
import { createMessageFilters } from '../filter/message-filter'
import { createScripts } from '../filter/scripts'
import { openDialer } from '../net/dial'
import { createTurn } from '../net/turn'
import { createRegistration, type Registration } from '../peer/registration'
import { createRouteLookup } from '../peer/route-lookup'
import { openPop } from '../pop/open'
import type { BrokerContext } from '../processor/context'
import { openDelayLevels } from '../schedule/delay-levels'
import { openPrepared } from '../schedule/prepared'
import { openTimers } from '../schedule/timers'
import { createColdReads } from '../session/cold-reads'
import { createConsumers } from '../session/consumers'
import { createHeldPulls } from '../session/held-pulls'
import { createProducers } from '../session/producers'
import { createQueueLocks } from '../session/queue-locks'
import { openStatistics } from '../stats/statistics'
import { openMessageStore } from '../store'
import { openPartAccess } from './access'
import { createActingPart, sightsOf, takeBackFromSlaves } from './acting-part'
import { admissionFor } from './admission'
import { adopt } from './adopt'
import { openDoors } from './broker-doors'
import { followAddressService, identityOf, openConfig } from './broker-settings'
import { startFilterThread } from './filter-thread'
import type { PartPlan } from './messages'
import type { PartLog, RunningPart } from './part-thread'
import { createCopies, openReplication, type Place } from './replication'
import { flushPolicyKeys, flushPolicyOf, storeOptionsOf } from './store-options'
import { openPartTls } from './tls'

const MAX_HELD_PULLS = 200_000
const EXPIRE_EVERY_MS = 10_000

/** Opened so far, newest last: what a failed start closes again, and what a stop closes in turn. */
type Ends = (() => Promise<unknown> | unknown)[]

/** `place`: what a controller made of it. */
export const startBroker = async (plan: PartPlan, log: PartLog, place?: Place): Promise<RunningPart> => {
  const ends: Ends = []
  try {
    return await openBroker(plan, log, ends, place)
  } catch (error) {
    await closeAll(ends, log)
    throw error
  }
}

async function openBroker(plan: PartPlan, log: PartLog, ends: Ends, place: Place | undefined): Promise<RunningPart> {
  const config = await openConfig(plan, log)
  const { values } = config
  const rootDir = values.storePathRootDir ?? plan.dataDir
  const configDir = join(rootDir, 'config')
  await mkdir(configDir, { recursive: true })
  const clock = Date.now
  const turn = createTurn()
  const identity = await identityOf(config)
  const access = await openPartAccess(plan, configDir, log)
  ends.push(() => access.close())
  const tls = await openPartTls(plan, log)
  ends.push(() => tls.door?.close())

  // The store comes first: it locks the folder, and what it must ask of the topics it asks later.
  let known: TopicCatalog | undefined
  const copies = createCopies()
  const store = await openMessageStore(
    storeOptionsOf(values, {
      rootDir,
      storeHost: identity.storeHost,
      turn,
      durability: copies,
      keepsQueues: (topic) => known === undefined || known.get(topic) !== undefined,
      clock,
      log,
    }),
  )
  ends.push(() => store.close())
  config.onChange(flushPolicyKeys, () => store.setFlushPolicy(flushPolicyOf(values)))
  const isSlave = values.brokerRole === 'SLAVE'
  const sights = sightsOf(store, isSlave, clock)
  const onStored = (topic: string, queueId: number, sizeBytes: number): void => {
    if (!isSlave) statistics.put(topic, queueId, 1, sizeBytes, 0)
  }

  const topics = await openTopics({
    configDir,
    clock,
    log,
    clusterName: identity.clusterName,
    brokerName: identity.brokerName,
    autoCreateTopicEnable: values.autoCreateTopicEnable,
    defaultTopicQueueNums: values.defaultTopicQueueNums,
    traceTopicEnable: values.traceTopicEnable,
    msgTraceTopicName: values.msgTraceTopicName,
    timerWheelEnable: values.timerWheelEnable,
    clusterTopicEnable: values.clusterTopicEnable,
    brokerTopicEnable: values.brokerTopicEnable,
  })
  known = topics
  const groups = await openGroups({ configDir, clock, log, mayCreate: () => values.autoCreateSubscriptionGroup })
  const offsets = await openOffsets({ configDir, clock, log, saveIntervalMs: values.flushConsumerOffsetInterval })
  ends.push(() => Promise.all([topics.close(), groups.close(), offsets.close()]))

  const statistics = openStatistics({
    clusterName: identity.clusterName,
    isSystem: (topic) => topics.isSystem(topic),
    perQueue: () => values.enableDetailStat,
    clock,
  })
  ends.push(() => statistics.close())

  const delays = await openDelayLevels({
    configDir,
    store: sights.delayed,
    clock,
    log,
    levels: values.messageDelayLevel,
    saveIntervalMs: values.flushDelayOffsetInterval,
    onDelivered: onStored, // counted once where it waited, and again where it was wanted
  })
  ends.push(() => delays.stop())
  const timers = await openTimers({
    rootDir,
    configDir,
    store: sights.timed,
    settings: values,
    clock,
    log,
    onStored,
  })
  ends.push(() => timers.stop())
  const dialing = { tls: tls.dialing, ...(access.sign === undefined ? {} : { sign: access.sign }) }
  if (place === undefined) await takeBackFromSlaves({ identity, values, store, offsets, delays, timers, dialing, log })

  const producers = createProducers({ clock, log })
  const prepared = await openPrepared({
    brokerName: identity.brokerName,
    storeHost: identity.storeHost,
    settings: values,
    store: sights.served,
    topics,
    offsets,
    producers,
    clock,
    log,
    onTopicMade: (topic) => void registration.topicsChanged([topic]),
    onStored,
  })
  ends.push(() => prepared.stop())
  config.onChange(['transactionCheckInterval'], () => prepared.settingsChanged())

  const pop = await openPop({
    ...identity,
    configDir,
    settings: values,
    store: sights.served,
    reviveStore: sights.revived,
    escapes: isSlave,
    topics,
    groups,
    offsets,
    timers,
    clock,
    log,
    onTopicMade: (topic) => void registration.topicsChanged([topic]),
    onStored,
  })
  ends.push(() => pop.stop())

  const heldPulls = createHeldPulls({ clock, maxCount: MAX_HELD_PULLS })
  store.onArrival(({ topic, queueId, maxOffset, tagsCode }) => heldPulls.arrived(topic, queueId, maxOffset, tagsCode))

  const coldReads = createColdReads({ settings: values, clock })
  config.onChange(['coldDataFlowControlEnable'], () => coldReads.wakeAll())

  const dialer = openDialer({
    ...dialing,
    turn,
    onClose: (address) => registration.connectionLost(address),
  })
  ends.push(() => dialer.close())
  const registration: Registration = createRegistration({
    ...identity,
    topics,
    dialer,
    // what is set holds; the address service is for a broker that was told nothing
    namesrvAddr: () => values.namesrvAddr ?? found.namesrvAddr,
    brokerPermission: () => values.brokerPermission,
    actsAsMaster: () => place === undefined && values.enableSlaveActingMaster,
    notActiveMs: () => values.brokerNotActiveTimeoutMillis,
    periodMs: () => values.registerNameServerPeriod,
    requestTimeoutMs: () => values.registerBrokerTimeoutMills,
    onMaster: (master) => replication.masterAt(master),
    log,
  })
  config.onChange(['namesrvAddr'], () => void registration.again())
  const found = followAddressService(plan, config, () => void registration.again(), log)
  ends.push(() => found.stop())

  const routeLookup = createRouteLookup({
    dialer,
    namesrvAddr: () => values.namesrvAddr ?? '',
    keepMs: () => values.loadBalancePollNameServerInterval,
    clock,
  })

  const filterScripts = await openFilterScripts({ configDir, log })
  const scripts = createScripts({ start: (events) => startFilterThread(events, plan.filterEntry), clock, log })
  ends.push(() => Promise.all([filterScripts.close(), scripts.close()]))

  const tables = { topics, groups, offsets, delays, timers }
  const replication = await openReplication({
    ...tables,
    requestModes: pop.modes,
    filterScripts: {
      replaceAll(all) {
        for (const group of filterScripts.replaceAll(all)) scripts.forget(group)
      },
    },
    host: plan.host,
    admits: admissionFor('ha', plan.allowFrom, (line) => log('warn', line))?.admits,
    values,
    store,
    copies,
    dialer,
    askNameServers: () => void registration.again(),
    place,
    clock,
    log,
  })
  ends.push(() => replication.stop())
  const acting = createActingPart({
    ...tables,
    identity,
    values,
    namesrvAddr: () => values.namesrvAddr ?? found.namesrvAddr,
    dialer,
    routes: routeLookup,
    store,
    sights,
    pop,
    ha: replication.ha,
    clock,
    log,
  })
  ends.push(() => acting.stop())
  if (place?.isMaster) await adopt(place, store, topics, log)

  const consumers = createConsumers({ clock, log })
  const broadcasts = openBroadcastOffsets({
    offsets,
    beginOf: (topic, queueId) => (store.inMemory(topic, queueId, 0) ? 0 : store.maxOffset(topic, queueId)),
    isOnline: (group, clientId) => consumers.channelOf(group, clientId) !== undefined,
    expireMs: () => values.broadcastOffsetExpireSecond * 1000,
    expireOnlineMs: () => values.broadcastOffsetExpireMaxSecond * 1000,
    clock,
  })
  ends.push(() => broadcasts.close())

  const broker: BrokerContext = {
    identity,
    settings: values,
    store: sights.served,
    topics,
    groups,
    offsets,
    broadcasts,
    filters: createMessageFilters(),
    filterScripts,
    scripts,
    consumers,
    producers,
    locks: createQueueLocks({ clock }),
    heldPulls,
    coldReads,
    delays,
    timers,
    prepared,
    pop,
    counters: statistics,
    routes: {
      topicsChanged: (names) => registration.topicsChanged(names),
      queuesOf: (topic) => routeLookup.queuesOf(topic),
      askMaster: async (brokerName, topic, code, ext) => {
        const address = await routeLookup.masterOf(brokerName, topic)
        if (address === undefined) throw new Error(`no name server knows a master ${brokerName} with topic ${topic}`)
        return dialer.request(address, code, ext, undefined, values.forwardTimeout)
      },
    },
    ha: replication.ha,
    acting,
    startedAtMs: clock(),
    clock,
    log,
  }
  const expiring = setInterval(() => {
    broker.consumers.expire(values.channelExpiredTimeout)
    broker.producers.expire(values.channelExpiredTimeout)
  }, EXPIRE_EVERY_MS)
  ends.push(() => clearInterval(expiring))

  const doors = await openDoors(plan, config, broker, statistics, access, tls, turn, log)
  ends.push(async () => {
    pop.held.close()
    coldReads.close()
    heldPulls.close() // who waits is answered, then nobody is in flight
    await Promise.all(doors.map((door) => door.close()))
  })
  replication.start()
  // what waits for its time is the master's to deliver
  if (!isSlave) delays.start()
  if (values.timerWheelEnable && !isSlave) timers.start()
  if (!isSlave) prepared.start()
  if (values.timerWheelEnable && !isSlave) pop.start()
  ends.push(() => registration.stop())
  await registration.start()
  if (place === undefined) acting.start()
  return {
    address: identity.address,
    role: values.brokerRole,
    stop: () => closeAll(ends, log),
    masterStops: () => replication.masterStops(),
  }
}

/** The newest first. One that fails does not keep the others open. */
async function closeAll(ends: Ends, log: PartLog): Promise<void> {
  for (const end of ends.splice(0).reverse()) {
    try {
      await end()
    } catch (error) {
      log('error', `stopping: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    }
  }
}
