// server/admin/parse.ts: bodies of brokers to values: one function per shape, each tolerant of what is missing.
import { bigOf, flagOf, type Loose, listOf, numberOf, objectOf, parseLoose, tableOf, textOf } from './loose-json'
import type {
  BrokerAddress,
  Connection,
  ConsumeQueueStats,
  ConsumerConnections,
  FilterScript,
  GroupConfig,
  GroupConsumeStats,
  HaStatus,
  Producer,
  QueueAt,
  QueueStats,
  Replicas,
  Route,
  Running,
  ScriptVerdict,
  Subscription,
  TopicConfig,
} from './types'

const brokerDataOf = (value: Loose | undefined): BrokerAddress[] => {
  const data = objectOf(value)
  const name = textOf(data.brokerName)
  const wireCluster = textOf(data.cluster)
  return Object.entries(objectOf(data.brokerAddrs))
    .map(([id, address]) => ({ wireCluster, name, id: Number(id), address: textOf(address) }))
    .sort((a, b) => a.id - b.id)
}
export const clusterBrokersOf = (body: Loose): BrokerAddress[] =>
  Object.values(objectOf(objectOf(body).brokerAddrTable))
    .flatMap(brokerDataOf)
    .sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)

export const routeOf = (body: Loose): Route => ({
  brokers: listOf(objectOf(body).brokerDatas).flatMap(brokerDataOf),
  queues: listOf(objectOf(body).queueDatas).map((one) => {
    const data = objectOf(one)
    return {
      broker: textOf(data.brokerName),
      readQueues: numberOf(data.readQueueNums),
      writeQueues: numberOf(data.writeQueueNums),
      perm: numberOf(data.perm),
    }
  }),
})

export const topicConfigOf = (value: Loose | undefined): TopicConfig => {
  const data = objectOf(value)
  return {
    topic: textOf(data.topicName),
    readQueues: numberOf(data.readQueueNums),
    writeQueues: numberOf(data.writeQueueNums),
    perm: numberOf(data.perm),
    order: flagOf(data.order),
    sysFlag: numberOf(data.topicSysFlag),
    filterType: textOf(data.topicFilterType, 'SINGLE_TAG'),
    attributes: unsigned(tableOf(data.attributes)),
  }
}
/** Brokers store attribute names bare; some versions hand the sign of the change on. */
const unsigned = (table: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key.replace(/^\+/, ''), value]))

export const groupConfigOf = (value: Loose | undefined): GroupConfig => {
  const data = objectOf(value)
  return {
    group: textOf(data.groupName),
    consumeEnable: flagOf(data.consumeEnable, true),
    consumeFromMinEnable: flagOf(data.consumeFromMinEnable, true),
    consumeBroadcastEnable: flagOf(data.consumeBroadcastEnable, true),
    consumeMessageOrderly: flagOf(data.consumeMessageOrderly),
    retryQueueNums: numberOf(data.retryQueueNums, 1),
    retryMaxTimes: numberOf(data.retryMaxTimes, 16),
    brokerId: numberOf(data.brokerId),
    whichBrokerWhenConsumeSlowly: numberOf(data.whichBrokerWhenConsumeSlowly, 1),
    notifyConsumerIdsChangedEnable: flagOf(data.notifyConsumerIdsChangedEnable, true),
    consumeTimeoutMinute: numberOf(data.consumeTimeoutMinute, 15),
    attributes: unsigned(tableOf(data.attributes)),
    raw: data,
  }
}

/** A queue in key position: its text, or an object inside a quoted text. */
const queueKeyOf = (key: string): QueueAt => {
  const data = objectOf(parseLoose(key))
  return { topic: textOf(data.topic), broker: textOf(data.brokerName), queueId: numberOf(data.queueId) }
}
export const topicStatsOf = (body: Loose): QueueStats[] =>
  Object.entries(objectOf(objectOf(body).offsetTable)).map(([key, value]) => {
    const data = objectOf(value)
    return {
      ...queueKeyOf(key),
      min: bigOf(data.minOffset),
      max: bigOf(data.maxOffset),
      lastStoredAt: numberOf(data.lastUpdateTimestamp),
    }
  })
export const consumeQueuesOf = (body: Loose): ConsumeQueueStats[] =>
  Object.entries(objectOf(objectOf(body).offsetTable)).map(([key, value]) => {
    const data = objectOf(value)
    return {
      ...queueKeyOf(key),
      brokerOffset: bigOf(data.brokerOffset),
      consumerOffset: bigOf(data.consumerOffset),
      pullOffset: bigOf(data.pullOffset),
      lastTimestamp: numberOf(data.lastTimestamp),
    }
  })
export const allConsumeStatsOf = (body: Loose): GroupConsumeStats[] =>
  listOf(objectOf(body).consumeStatsList).flatMap((one) =>
    Object.entries(objectOf(one)).map(([group, stats]) => ({ group, queues: listOf(stats).flatMap(consumeQueuesOf) })),
  )
/** `topic@group` to queue to offset. */
export const allOffsetsOf = (body: Loose): Map<string, Map<number, number>> => {
  const found = new Map<string, Map<number, number>>()
  for (const [key, queues] of Object.entries(objectOf(objectOf(body).offsetTable)))
    found.set(key, new Map(Object.entries(objectOf(queues)).map(([id, offset]) => [Number(id), numberOf(offset)])))
  return found
}

const connectionOf = (value: Loose): Connection => {
  const data = objectOf(value)
  return {
    clientId: textOf(data.clientId),
    address: textOf(data.clientAddr),
    language: textOf(data.language, 'OTHER'),
    version: numberOf(data.version),
  }
}
const subscriptionOf = (value: Loose): Subscription => {
  const data = objectOf(value)
  return {
    topic: textOf(data.topic),
    expression: textOf(data.subString, '*'),
    type: textOf(data.expressionType, 'TAG'),
    version: numberOf(data.subVersion),
  }
}
export const consumerConnectionsOf = (body: Loose): ConsumerConnections => {
  const data = objectOf(body)
  return {
    connections: listOf(data.connectionSet).map(connectionOf),
    subscriptions: Object.values(objectOf(data.subscriptionTable)).map(subscriptionOf),
    consumeType: textOf(data.consumeType),
    messageModel: textOf(data.messageModel),
  }
}
export const producersOf = (body: Loose): Producer[] =>
  Object.entries(objectOf(objectOf(body).data)).flatMap(([group, list]) =>
    listOf(list).map((one) => {
      const data = objectOf(one)
      return {
        group,
        clientId: textOf(data.clientId),
        address: textOf(data.remoteIP).replace(/^\//, ''),
        language: textOf(data.language, 'OTHER'),
        version: numberOf(data.version),
        lastSeenAt: numberOf(data.lastUpdateTimestamp),
      }
    }),
  )
export const runningOf = (body: Loose): Running => {
  const data = objectOf(body)
  return {
    properties: tableOf(data.properties),
    queues: Object.entries(objectOf(data.mqTable)).map(([key, value]) => {
      const one = objectOf(value)
      return {
        ...queueKeyOf(key),
        commitOffset: bigOf(one.commitOffset),
        cachedMessages: numberOf(one.cachedMsgCount),
        cachedMiB: numberOf(one.cachedMsgSizeInMiB),
        locked: flagOf(one.locked),
        lastPullAt: numberOf(one.lastPullTimestamp),
        lastConsumeAt: numberOf(one.lastConsumeTimestamp),
      }
    }),
    topics: Object.entries(objectOf(data.statusTable)).map(([topic, value]) => {
      const one = objectOf(value)
      return {
        topic,
        pullRt: numberOf(one.pullRT),
        pullTps: numberOf(one.pullTPS),
        consumeRt: numberOf(one.consumeRT),
        okTps: numberOf(one.consumeOKTPS),
        failedTps: numberOf(one.consumeFailedTPS),
        failedHour: numberOf(one.consumeFailedMsgs),
      }
    }),
    subscriptions: listOf(data.subscriptionSet).map(subscriptionOf),
    stack: typeof data.jstack === 'string' ? data.jstack : null,
  }
}
export const haStatusOf = (body: Loose): HaStatus => {
  const data = objectOf(body)
  return {
    master: flagOf(data.master),
    masterOffset: bigOf(data.masterCommitLogMaxOffset),
    inSync: numberOf(data.inSyncSlaveNums),
    slaves: listOf(data.haConnectionInfo).map((one) => {
      const slave = objectOf(one)
      return {
        address: textOf(slave.addr),
        behindBytes: numberOf(slave.diff),
        behindMs: slave.behindMs === undefined ? null : numberOf(slave.behindMs),
        inSync: flagOf(slave.inSync),
        perSecondBytes: numberOf(slave.transferredByteInSecond),
      }
    }),
  }
}

export const filterScriptOf = (body: Loose, group: string): FilterScript | null => {
  const held = listOf(objectOf(body).scripts)
    .map(objectOf)
    .find((one) => textOf(one.group) === group)
  if (held === undefined) return null
  return {
    group,
    source: textOf(held.source),
    onFault: textOf(held.onFault) === 'closed' ? 'closed' : 'open',
    timeLimitMs: numberOf(held.timeLimitMs),
    updatedAtMs: numberOf(held.updatedAtMs),
    passed: numberOf(held.passed),
    leftOut: numberOf(held.leftOut),
    faults: numberOf(held.faults),
    lastFault: textOf(held.lastFault),
    lastFaultAtMs: numberOf(held.lastFaultAtMs),
    restsUntilMs: numberOf(held.restsUntilMs),
  }
}

export const scriptVerdictOf = (body: Loose): ScriptVerdict => {
  const { verdict, fault } = objectOf(body)
  const word = textOf(verdict)
  if (word === 'passed' || word === 'left-out') return { verdict: word, fault: null }
  return { verdict: 'fault', fault: textOf(fault) }
}

/** Null: the controller knows no broker of that name. */
export const replicasOf = (body: Loose, brokerName: string): Replicas | null => {
  const held = objectOf(objectOf(body).replicasInfoTable)[brokerName]
  if (held === undefined || held === null) return null
  const data = objectOf(held)
  const rows = (list: Loose | undefined, inSync: boolean): Replicas['brokers'] =>
    listOf(list).map((one) => {
      const replica = objectOf(one)
      return {
        id: numberOf(replica.brokerId),
        address: textOf(replica.brokerAddress),
        alive: flagOf(replica.alive),
        inSync,
      }
    })
  return {
    masterId: data.masterBrokerId === undefined || data.masterBrokerId === null ? null : numberOf(data.masterBrokerId),
    masterEpoch: numberOf(data.masterEpoch),
    syncStateSetEpoch: numberOf(data.syncStateSetEpoch),
    brokers: [...rows(data.inSyncReplicas, true), ...rows(data.notInSyncReplicas, false)].sort((a, b) => a.id - b.id),
  }
}

/** `key=value` lines, as java.util.Properties writes them. */
export const propertiesOf = (text: string): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#') || line.startsWith('!')) continue
    const at = line.indexOf('=')
    if (at > 0)
      found[line.slice(0, at).trim()] = line
        .slice(at + 1)
        .replace(/\\(.)/g, '$1')
        .trim()
  }
  return found
}
