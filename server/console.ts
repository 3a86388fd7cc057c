// server/console.ts: puts the console together: state, clusters, router, HTTP and websocket. server/main.ts owns the
// port and hands over what belongs to /api/trpc.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ClusterHandle } from '../broker/types'

export interface ConsoleOptions {
  /** The data folder; the console's own files lie in `console/` under it. */
  dataDir: string
  /** Bundled, and those named with --namesrv. More may be connected later and are kept in console.db. */
  clusters: readonly { id: string; name: string; namesrv: readonly string[]; bundled?: ClusterHandle }[]
  /** Where the process listens: Host and Origin are checked against it. */
  host: string
  port: number
  /** Names under which a reverse proxy or the local network reaches the console, `console.example.org:443`. */
  allowedHosts?: readonly string[]
  log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void
}
export interface ConsoleHandle {
  /** False: not ours, hand it to Next. A wrong Host or Origin is answered here, whatever the path. */
  handleHttp(request: IncomingMessage, response: ServerResponse): boolean
  /** False: not ours; the caller destroys the socket (in dev it is Next's). */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** While nobody has an account: `/setup#token=...` to append to the console's address; null afterwards. */
  setupUrlHint(): Promise<string | null>
  /** Ends subscriptions and samplers, then closes the database. */
  close(): Promise<void>
}
export type CreateConsole = (options: ConsoleOptions) => Promise<ConsoleHandle>
