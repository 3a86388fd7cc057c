// test/client/monitor-answers.ts: what Monitors.java prints, made comparable: order is taken out, and what is each side's
// own (addresses, ids, times, rates) is masked. Of runtime figures and settings only the names count.
import { parseLoose } from '../../broker/protocol/json'
import type { Side } from './mqadmin-commands'

export interface MonitorAnswer {
  readonly name: string
  readonly ended: string
  readonly answer: unknown
}

/** Figures of this machine and moment, or settings with paths and heaps in them. */
const namesOnly: ReadonlySet<string> = new Set([
  'fetchBrokerRuntimeStats',
  'getBrokerConfig',
  'getNameServerConfig',
  'queryConsumeTimeSpan',
])
/** Names that one side alone answers with, by call, each with its reason. Nothing else may differ. */
const excused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fetchBrokerRuntimeStats: {
    flushLatency99: 'a figure of ours alone',
    connectionCount: 'a figure of ours alone',
  },
  getNameServerConfig: { rocketmqHome: 'this server has no home folder' },
  getBrokerConfig: {
    rocketmqHome: 'this server has no home folder',
    authenticationMetadataProvider: 'no class that keeps users can be named here, and Apache needs one to keep any',
    authorizationMetadataProvider: 'no class that keeps policies can be named here, and Apache needs one to keep any',
    authenticationEnabled: 'Apache tells of access control only what its file sets',
    authorizationEnabled: 'Apache tells of access control only what its file sets',
    enableTopicMessageTypeCheck: "a setting of Apache's proxy: this broker checks types of messages itself",
  },
}
/** Fields whose value depends on speed. */
const rates: ReadonlySet<string> = new Set([
  'tps',
  'avgpt',
  'consumeTps',
  'times',
  'sum',
  'version',
  'counter',
  'stateVersion',
])

/** An address in pieces: each side has its own ports. */
const hosts: ReadonlySet<string> = new Set(['port', 'bornHostBytes', 'storeHostBytes'])

export const answersIn = (output: string, side: Side): MonitorAnswer[] =>
  [...output.matchAll(/^CALL\t(.*?)\t(.*?)\t(.*)$/gm)].map(([, name = '', ended = '', json = '']) => {
    const parsed = parseLoose(name === 'fetchConsumeStatsInBroker' ? json.replace(neverSet, '"$1":0') : json)
    return { name, ended, answer: namesOnly.has(name) ? namesIn(parsed, side, excused[name]) : plain(parsed, side) }
  })

/** Apache leaves these out of this one answer, so that what is in flight is less than nothing. */
const neverSet = /"(pullOffset|totalInflightDiff)":-?\d+/g

/** The names at every depth, and of what kind each value is. */
const namesIn = (value: unknown, side: Side, left: Readonly<Record<string, string>> = {}): unknown => {
  if (typeof value !== 'object' || value === null) return typeof value
  if (value instanceof Map) return value.size
  if (Array.isArray(value)) return value.map((one) => namesIn(one, side, left))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !Object.hasOwn(left, key))
      .map(([key, one]): [string, unknown] => [maskText(key, side), namesIn(one, side, left)]),
  )
}

function plain(value: unknown, side: Side): unknown {
  if (typeof value === 'string') return maskText(value, side)
  if (typeof value === 'number') return value > 1_600_000_000_000 ? 'MS' : value
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return plain([...value], side) // objects as names: queues
  if (Array.isArray(value)) {
    return value.map((one) => plain(one, side)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]): [string, unknown] => [
        maskText(key, side),
        rates.has(key) && typeof one === 'number' ? 'RATE' : hosts.has(key) ? 'HOST' : plain(one, side),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

const maskText = (text: string, side: Side): string =>
  text
    .replaceAll(side.namesrv, 'NAMESRV')
    .replaceAll(side.broker, 'BROKER')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\b[0-9A-F]{56}\b|\b[0-9A-F]{32}\b/g, 'ID')
    .replace(/\b1[6-9]\d{11}\b/g, 'MS')
    .replace(/^(commitLogDiskRatio_).*/, '$1FOLDER')
    .replace(/\d+#\d{6,}|\d+@\d{6,}/g, 'INSTANCE')
