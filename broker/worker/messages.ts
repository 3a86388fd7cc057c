// broker/worker/messages.ts: what the supervisor and the threads of the parts say to each other. Messages of the
// broker's own trade never come this way: a thread owns its sockets and files.
import type { Credentials } from '../protocol/signature'
import type { LogLine, PartStatus } from '../types'
import type { AllowFrom } from './admission'

/** All a thread is told about what it shall be; given once, at its start. */
export interface PartPlan {
  readonly kind: PartStatus['kind']
  /** `namesrv`, `broker-a:0`. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** Where the part keeps its files; for a broker without storePathRootDir its store root. */
  readonly dataDir: string
  /** By Apache's names, from files and flags. */
  readonly properties: Readonly<Record<string, string>>
  /** What the start decides itself: it holds whatever the properties say. */
  readonly preset: Readonly<Record<string, string>>
  readonly access?: AccessPlan
  /** Address of the code that runs filter scripts, where it is not beside the part's own. */
  readonly filterEntry?: string
  readonly allowFrom?: AllowFrom
}

/** What access control needs to know of the cluster around a part. */
export interface AccessPlan {
  /** Holds plain_acl.yml and acl/ (ACL 1.0). */
  readonly confDir: string
  /** The servers of this process among each other, and its console. Made anew at each start, written down nowhere. */
  readonly inner?: Credentials
  /** Config folders of servers whose users this part knows too. */
  readonly follow?: readonly string[]
}

/** masterStops: this part's master is about to stop in order; that it goes is no trouble. */
export type ToPart = { readonly type: 'stop' } | { readonly type: 'masterStops' }

export type FromPart =
  /** It takes traffic. */
  | { readonly type: 'ready'; readonly address: string; readonly role: PartStatus['role'] }
  /** A controller made another of it. */
  | { readonly type: 'role'; readonly role: PartStatus['role'] }
  /** It cannot start, and says why for people; the thread then ends. */
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'log'; readonly line: LogLine }
  /** It is alive, once a second. */
  | { readonly type: 'pulse'; readonly heapUsedBytes: number; readonly eventLoopDelayP99Ms: number }

/** How often a thread shows that it is alive. */
export const PULSE_MS = 1000
