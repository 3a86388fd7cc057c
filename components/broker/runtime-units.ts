// components/broker/runtime-units.ts: what the values of a broker's runtime table mean, by the names Apache gives them. A key
// nobody knows is shown as it came.

export type RuntimeKind = 'count' | 'bytes' | 'ms' | 'at' | 'ratio' | 'numbers' | 'text'

const rules: readonly (readonly [RegExp, RuntimeKind])[] = [
  [/Ratio(_|$)/, 'ratio'], // one per path as well: commitLogDiskRatio_/data,
  [/(Timestamp|TimeStamp|earliestMessageTimeStamp)$/, 'at'],
  [/(Mills|Latency99|Latency999|EntireTimeMax|MaxTime|TimeMs)$/i, 'ms'],
  [
    /(Bytes|Size(?!s)|commitLog(Min|Max)Offset|remainHowManyDataToCommit|remainHowManyDataToFlush|dispatchBehindBytes)/i,
    'bytes',
  ],
  [/^(msg|put|get|queryEachBroker|sendThreadPoolQueueCapacity)/, 'count'],
]
/** Sizes of queues are numbers of requests, whatever their name says. */
const counts = /ThreadPoolQueue(Size|Capacity)$|QueueSize$|CacheSize$/

export function runtimeKind(key: string, value: string): RuntimeKind {
  if (/^-?[\d.]+(e-?\d+)?( -?[\d.]+(e-?\d+)?)+$/i.test(value)) return 'numbers' // rates over 10 s, 1 min, 10 min
  if (!/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(value)) return 'text'
  if (counts.test(key)) return 'count'
  const found = rules.find(([pattern]) => pattern.test(key))
  if (found) return found[1] === 'count' && value.includes('.') ? 'numbers' : found[1]
  return value.includes('.') ? 'numbers' : 'count'
}
