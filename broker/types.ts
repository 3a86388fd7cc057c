// broker/types.ts: the bundled cluster as its owner sees it: options in, a handle out. Messages never pass this door.

/** One part of the cluster, each in a worker thread of its own. */
export interface PartStatus {
  /** `namesrv`, or `broker-a:0` (name and id). */
  name: string
  kind: 'namesrv' | 'broker'
  role: 'namesrv' | 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE'
  state: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'backing-off'
  /** `ip:port` that clients use. */
  address: string
  startedAtMs: number | null
  /** How often it was started again after it died. */
  restarts: number
  /** Why it last died or could not start, for people. */
  lastError: string | null
  threadId: number | null
  heapUsedBytes: number | null
  eventLoopDelayP99Ms: number | null
  /** The last lines of its log, newest last, at most 200. */
  lastLines: readonly string[]
}

export interface ClusterOptions {
  /** `1m-noslave`, `2m-2s-async`, `2m-2s-sync`, ... */
  preset: string
  host: string
  namesrvPort: number
  /** Broker number i listens on brokerPort + 10*i, VIP port 2 below, HA port 1 above. */
  brokerPort: number
  dataDir: string
  /** Properties by Apache's names, from --conf and --set, already read and not yet checked. */
  properties: Readonly<Record<string, string>>
  /** Name server addresses are told over HTTP there. */
  addressPort?: number | undefined
  /** Listen beyond loopback though nobody is asked who he is. Without it such a start is refused. */
  withoutAcl?: boolean
  /** Who may connect, by listener (namesrv, broker, ha, address): addresses and networks. Not named: whoever reaches it. */
  allowFrom?: Readonly<Record<string, string>>
  log: (line: LogLine) => void
}
export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  part: string
  text: string
  atMs: number
}

export interface ClusterHandle {
  readonly namesrvAddress: string
  /** With access control on: what the console signs its requests with. Made at the start, for this process alone. */
  readonly credentials: { readonly accessKey: string; readonly secretKey: string } | undefined
  /** Set where the console has to speak TLS, and how. */
  readonly tls:
    | {
        readonly checksServer: boolean
        readonly trustPath?: string | undefined
        readonly own?:
          | { readonly certPath: string; readonly keyPath: string; readonly keyPassword?: string | undefined }
          | undefined
      }
    | undefined
  readonly parts: readonly PartStatus[]
  /** Told whenever a part's state changes. Returns a function that ends it. */
  onChange(listener: (parts: readonly PartStatus[]) => void): () => void
  start(part: string): Promise<void>
  stop(part: string): Promise<void>
  restart(part: string): Promise<void>
  /** Brokers first, then the name server: stop accepting, answer, flush, checkpoint, leave. */
  close(): Promise<void>
}
