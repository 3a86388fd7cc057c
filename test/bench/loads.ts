// test/bench/loads.ts: what is measured, as a table: under which settings of both sides, by which program, and what of it is
// shown. A row that needs other settings than the plain ones gets sides of its own.

/** Which settings both sides run with. */
export type Setting = 'plain' | 'flush' | 'slave' | 'slave-async'
/**
 * java: BenchLoad on each side in turns. start: from the command to the first send. topics: ours alone, with more and more
 * topics. example: Apache's own benchmark mains. limit: CPU of one send, ours beside a server that does nothing.
 */
export type Kind = 'java' | 'start' | 'topics' | 'example' | 'limit'
export interface Load {
  readonly kind: Kind
  readonly setting: Setting
  readonly args: readonly string[]
  readonly says: string
}

const java = (says: string, args: readonly string[], setting: Setting = 'plain'): Load => ({
  kind: 'java',
  setting,
  args,
  says,
})

/** In the order in which they run: those of one setting stand together, so that sides are started once for each. */
export const loads = {
  sync64: java('blocking sends, 64 threads, 128 B', ['sync', 'threads=64']),
  'sync64-1k': java('the same, 1 KiB', ['sync', 'threads=64', 'size=1024']),
  sync1: java('one blocking sender', ['sync', 'threads=1']),
  async256: java('asynchronous sends, 256 in flight', ['async', 'window=256']),
  'sync-4': java('4 producers with one thread each', ['sync', 'threads=4', 'producers=4']),
  'sync-16': java('16 producers with one thread each', ['sync', 'threads=16', 'producers=16']),
  'async-4': java('4 producers, 256 in flight between them', ['async', 'window=256', 'producers=4']),
  'async-16': java('16 producers, 256 in flight between them', ['async', 'window=256', 'producers=16']),
  oneway: java('one producer that waits for no answer; what is stored counts', ['oneway']),
  'oneway-4': java('4 of them', ['oneway', 'producers=4']),
  'oneway-16': java('16 of them', ['oneway', 'producers=16']),
  batch16: java('batches of 16, 16 senders', ['batch', 'threads=16', 'batch=16']),
  latency: java('send to listener at 2,000 messages/s', ['latency', 'rate=2000']),
  consume: java('a backlog of 450,000, the last 300,000 timed', ['consume', 'messages=300000']),
  example: { kind: 'example', setting: 'plain', args: [], says: "Apache's benchmark.Producer and Consumer for 60 s" },
  flush64: java('SYNC_FLUSH, 64 threads', ['sync', 'threads=64'], 'flush'),
  flush1: java('SYNC_FLUSH, one thread', ['sync', 'threads=1'], 'flush'),
  slave64: java('SYNC_MASTER with a slave that must have it too, 64 threads', ['sync', 'threads=64'], 'slave'),
  'slave-async64': java('ASYNC_MASTER with a slave beside it, 64 threads', ['sync', 'threads=64'], 'slave-async'),
  start: { kind: 'start', setting: 'plain', args: [], says: 'from the command to the first send; memory then' },
  topics: {
    kind: 'topics',
    setting: 'plain',
    args: [],
    says: 'ours: sync64 to 64 topics, while they are all, or 64 of 1,000 or 10,000',
  },
  limit: { kind: 'limit', setting: 'plain', args: [], says: 'ours: CPU of a send, beside a server that only frames' },
} as const satisfies Record<string, Load>
export type LoadName = keyof typeof loads

/** What is shown, and whether more of it is better. */
export const figures = {
  tps: 'more',
  p50Ms: 'less',
  p99Ms: 'less',
  serverCpuPer100k: 'less',
  serverRssMiB: 'less',
  serverRssAnonMiB: 'less',
  startMs: 'less',
  idleRssMiB: 'less',
  consumeTps: 'more',
  failed: 'less',
  behind: 'less',
  microsPerSend: 'less',
  sendsPerCore: 'more',
} as const
export type Figure = keyof typeof figures
export type Result = Partial<Record<Figure | 'missing', number>>
