// server/doctor/servers.ts: the way of a client to a broker: name servers, the addresses they tell, what answers there. Asked
// now, each with its own short wait: what the sampler holds may be older than the trouble.
import type { Admin } from '../admin/open'
import type { BrokerAddress } from '../admin/types'
import { versionText } from '../admin/versions'
import type { BrokerState, ClusterState } from '../metrics/state'
import { DeskError, PeerError } from '../shared/errors'
import { brokerKey } from '../shared/names'
import type { Say } from './say'

export const WAIT_MS = 3000
/** Beyond it timed messages, retries and histories go by different times. */
const CLOCK_OFF_MS = 3000
const DISK_FULL_RATIO = 0.9
const PERM_READ = 4
const PERM_WRITE = 2

export interface ServersOptions {
  addresses: readonly string[]
  /** An admin client that knows this one name server only. */
  only: (namesrv: string) => Admin
  state: ClusterState
  now: () => number
}

/** Name servers, each asked alone; answers with the brokers they tell of. */
export const checkNameServers = async (
  say: Say,
  { addresses, only }: ServersOptions,
  topic: string,
): Promise<BrokerAddress[]> => {
  const answers = await Promise.all(
    addresses.map(async (address) => {
      const admin = only(address)
      const began = performance.now()
      try {
        const brokers = await admin.names.brokers()
        const tookMs = performance.now() - began
        const route = topic === '' ? null : await admin.names.route(topic).catch(() => null) // an odd name is told elsewhere
        return { address, brokers, tookMs, hasRoute: route !== null }
      } catch (error) {
        return { address, error }
      } finally {
        admin.close()
      }
    }),
  )
  const known = new Map<string, BrokerAddress>()
  for (const answer of answers) {
    if ('error' in answer) {
      // The name servers' client wraps what the connection said.
      const cause = answer.error instanceof DeskError ? answer.error.cause : answer.error
      const refused = cause instanceof PeerError && cause.fault === 'refused'
      say(refused ? 'nameServerRefuses' : 'nameServerSilent', answer.address, { seconds: WAIT_MS / 1000 })
      continue
    }
    say('nameServerAnswers', answer.address, {
      ms: Math.max(1, Math.round(answer.tookMs)),
      brokers: answer.brokers.length,
    })
    for (const broker of answer.brokers) known.set(`${brokerKey(broker.name, broker.id)}\n${broker.address}`, broker)
  }
  const heard = answers.flatMap((one) => ('error' in one ? [] : [one]))
  const allKeys = new Set(heard.flatMap(({ brokers }) => brokers.map(({ name, id }) => brokerKey(name, id))))
  const someRoute = heard.some(({ hasRoute }) => hasRoute)
  for (const { address, brokers, hasRoute } of heard) {
    const there = new Set(brokers.map(({ name, id }) => brokerKey(name, id)))
    const lacks = [...allKeys].filter((key) => !there.has(key))
    if (someRoute && !hasRoute) lacks.push(topic)
    if (lacks.length > 0) say('nameServersDiffer', address, { lacks: lacks.join(', ') })
  }
  const differ = heard.some(({ brokers, hasRoute }) => brokers.length < allKeys.size || (someRoute && !hasRoute))
  if (heard.length > 1 && !differ) say('nameServersAgree', addresses.join(';'))
  return [...known.values()]
}

/** The address a client was given, beside those of this cluster. It is compared and never asked: it may be anybody's. */
export const checkGivenAddress = (
  say: Say,
  given: string,
  addresses: readonly string[],
  brokers: readonly BrokerAddress[],
): void => {
  for (const one of given.split(/[;,\s]+/).filter((part) => part !== '')) {
    const known = addresses.join(';')
    if (!/^[a-zA-Z0-9_.-]+:\d{1,5}$/.test(one)) say('addressForm', one, { known })
    else if (addresses.some((address) => samePlace(address, one))) say('addressKnown', one)
    else if (brokers.some(({ address }) => samePlace(address, one))) say('addressIsBroker', one, { known })
    else say('addressOther', one, { known })
  }
}

/** 127.0.0.1 has a name. */
const samePlace = (one: string, other: string): boolean =>
  one.replace(/^localhost:/, '127.0.0.1:') === other.replace(/^localhost:/, '127.0.0.1:')
const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'))
export const isLoopback = (address: string): boolean => /^(127\.|localhost$|\[?::1\]?$)/.test(hostOf(address))

/** Every broker at the very address that clients are told. */
export const checkBrokers = async (
  say: Say,
  admin: Admin,
  brokers: readonly BrokerAddress[],
  { addresses, state, now }: ServersOptions,
): Promise<void> => {
  if (brokers.length === 0) {
    say('noBroker', addresses.join(';'))
    return
  }
  const local = addresses.every(isLoopback)
  await Promise.all(
    brokers.map(async (broker) => {
      const key = brokerKey(broker.name, broker.id)
      const { address } = broker
      const values = { address }
      if (/^(0\.0\.0\.0|\[?::\]?)$/.test(hostOf(address))) say('announcesAny', key, values)
      else if (isLoopback(address)) say(local ? 'onlyThisMachine' : 'announcesLoopback', key, values)
      const began = performance.now()
      try {
        const runtime = await admin.brokers.runtime(address)
        say('brokerAnswers', key, { ...values, ms: Math.max(1, Math.round(performance.now() - began)) })
        const skewMs = clockSkewOf(runtime, now())
        if (skewMs !== null && Math.abs(skewMs) > CLOCK_OFF_MS)
          say('clockOff', key, { seconds: Math.round(Math.abs(skewMs) / 1000), way: skewMs > 0 ? 'ahead' : 'behind' })
        else if (skewMs !== null) say('clockRight', key)
        const disk = Number(runtime.commitLogDiskRatio)
        if (broker.id === 0 && disk >= DISK_FULL_RATIO) say('diskFull', key, { percent: Math.round(disk * 1000) / 10 })
        if (broker.id === 0) await checkVip(say, admin, key, address)
      } catch (error) {
        if (error instanceof PeerError && error.answer !== null)
          say('brokerDenies', key, { text: error.answer.remark ?? String(error.answer.code) })
        else if (error instanceof PeerError && error.fault === 'refused') say('brokerRefuses', key, values)
        else say('brokerSilent', key, { ...values, seconds: WAIT_MS / 1000 })
      }
    }),
  )
  for (const name of new Set(brokers.map((broker) => broker.name)))
    if (!brokers.some((broker) => broker.name === name && broker.id === 0)) say('noMaster', name)
  const held = [...state.brokers.values()]
  for (const broker of held) if (broker.id === 0) checkPermission(say, broker)
  checkAccess(say, held)
  const versions = [...new Set(held.flatMap(({ runtime }) => runtime.brokerVersionDesc ?? []))].sort()
  if (versions.length > 1) say('versionsDiffer', addresses.join(';'), { versions: versions.join(', ') })
}
/** Java clients before 4.x, and all that ask for it, send to the port two below. */
const checkVip = async (say: Say, admin: Admin, key: string, address: string): Promise<void> => {
  const at = address.lastIndexOf(':')
  const vip = `${address.slice(0, at)}:${Number(address.slice(at + 1)) - 2}`
  await admin.brokers.runtime(vip).catch((error: unknown) => {
    if (!(error instanceof PeerError) || error.answer === null) say('vipClosed', key, { address: vip })
  })
}
/** What a broker's clock says, from when it began and for how long it runs; it tells seconds. */
const clockSkewOf = (runtime: Readonly<Record<string, string>>, now: number): number | null => {
  const span = /(\d+) days?, (\d+) hours?, (\d+) minutes?, (\d+) seconds?/.exec(runtime.runtime ?? '')
  const began = Number(runtime.bootTimestamp)
  if (span === null || !(began > 0)) return null
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = span.slice(1).map(Number)
  return began + (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + 500 - now
}
const checkPermission = (say: Say, { key, config, routePerm }: BrokerState): void => {
  const own = config.brokerPermission === undefined ? 6 : Number(config.brokerPermission)
  const told = routePerm ?? own
  if ((own & told & PERM_WRITE) === 0) say('brokerNotWritable', key)
  if ((own & PERM_READ) === 0) say('brokerNotReadable', key)
}
const checkAccess = (say: Say, brokers: readonly BrokerState[]): void => {
  const on = (key: string) => brokers.filter(({ config }) => config[key] === 'true').map((broker) => broker.key)
  const guarded = [...new Set([...on('aclEnable'), ...on('authenticationEnabled'), ...on('authorizationEnabled')])]
  if (guarded.length > 0) say('accessOn', guarded.join(', '), { brokers: guarded.length })
  else if (brokers.some(({ configAt }) => configAt > 0)) say('accessOff', '')
}
export const versionsOf = (clients: readonly { version: number }[]): string[] => [
  ...new Set(clients.map(({ version }) => versionText(version))),
]
