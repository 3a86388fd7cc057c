// broker/net/types.ts: what the rooms above see of a socket. A connection carries requests both ways; all that is
// sent in one turn of the event loop leaves in one write. Nothing above this room touches a socket itself.
import type { Socket } from 'node:net'
import type { Command, ExtFields } from '../protocol/command'
import { maxSendReplyBytes } from '../protocol/header-send-reply'
import type { TlsDialing, TlsDoor } from './tls'
import type { Turn } from './turn'

/** What is needed to answer: the rest (opaque, flag, form, language, version) is taken from the request. */
export interface Reply {
  code: number
  remark?: string | null
  ext?: ExtFields
  /** One buffer, or several that follow each other on the wire without being copied together. */
  body?: Buffer | readonly Buffer[]
  /**
   * Writes the head of a reply with so many bytes of body, at most `quickHeadBytes`, faster than from the fields above, and
   * answers with its size; 0: make it from them.
   */
  quickHead?(request: Command, into: Buffer, at: number, bodyBytes: number): number
  /** How many bytes it may write, where that is more than usual. */
  quickHeadBytes?: number
  /** Called once the body's buffers are not needed any more: copied, gone, or never to be sent. */
  sent?: () => void
}

export const quickHeadBytes = maxSendReplyBytes

export interface Connection {
  readonly id: number
  /** `ip:port` of the peer, IPv6 in brackets. */
  readonly remoteAddress: string
  /** ip (4 or 16 bytes) and port as i32, as records hold it. */
  readonly remoteHost: Buffer
  readonly closed: boolean
  /** Bytes handed over and not yet taken by the operating system. */
  readonly unsentBytes: number
  /** Answers a request. Does nothing for a one-way request or on a closed connection. */
  reply(request: Command, reply: Reply): void
  /** Asks the peer, and resolves with its reply. Rejects with a NetError: 'timeout', 'closed'. */
  request(code: number, ext: ExtFields, body: Buffer | undefined, timeoutMs: number): Promise<Command>
  /** Tells the peer something; nobody waits for an answer. */
  oneway(code: number, ext: ExtFields, body?: Buffer): void
  close(why: string): void
}

/** Who may connect; asked before anything is read. */
export type Admits = (socket: Pick<Socket, 'remoteAddress' | 'localAddress'>) => boolean

/** Takes each request that arrives. It answers by `connection.reply`, now or later; it must not throw. */
export type OnRequest = (request: Command, connection: Connection) => void

export interface ListenOptions {
  host: string
  port: number
  /** A larger frame closes the connection; 16 MiB as in Apache unless configured. */
  maxFrameBytes: number
  /** A connection without traffic for so long is closed; 120,000 as in Apache. */
  idleMs: number
  onRequest: OnRequest
  onOpen?: (connection: Connection) => void
  onClose?: (connection: Connection, why: string) => void
  /** A line for the log: why a connection was closed for what it sent. */
  log?: (line: string) => void
  /** The thread's turn, so that the store's write comes before the sockets'. Its own when absent. */
  turn?: Turn
  /** A peer that does not read is closed once so much waits for it; 256 MiB unless given. */
  maxUnsentBytes?: number
  /** Absent: whoever reaches the port. */
  admits?: Admits | undefined
  /** Peers may, or must, speak TLS. Absent: plain only, without a look at what comes first. */
  tls?: TlsDoor | undefined
}
export interface Listener {
  /** The real port, also when 0 was asked for. */
  readonly port: number
  readonly connections: ReadonlySet<Connection>
  /** Stops listening, then closes every connection once what it asked is answered and has left, or after 3 s. */
  close(): Promise<void>
}

/** Keeps at most one connection per address, dialled on first use, given up when idle. */
export interface Dialer {
  request(address: string, code: number, ext: ExtFields, body: Buffer | undefined, timeoutMs: number): Promise<Command>
  oneway(address: string, code: number, ext: ExtFields, body?: Buffer): Promise<void>
  close(): void
}
export interface DialOptions {
  connectTimeoutMs?: number
  maxFrameBytes?: number
  /** Every connection speaks TLS. */
  tls?: TlsDialing | undefined
  /**
   * Where an address is reached, asked before each dial: what it throws, whoever asked is told. `host` is the name a
   * certificate is checked for. Absent: the address itself.
   */
  resolve?: ((address: string) => Promise<{ address: string; host: string }>) | undefined
  /** Added to every request before it leaves, e.g. signatures. */
  sign?: (code: number, ext: ExtFields, body: Buffer | undefined) => void
  /** Requests the peer sends on a dialled connection (notify, check back). */
  onRequest?: OnRequest
  onClose?: (address: string) => void
  log?: (line: string) => void
  turn?: Turn
}

export type NetFault = 'refused' | 'timeout' | 'closed' | 'frame-too-large' | 'bad-frame' | 'port-in-use'
export class NetError extends Error {
  override readonly name = 'NetError'
  readonly fault: NetFault
  constructor(fault: NetFault, text: string, options?: ErrorOptions) {
    super(text, options)
    this.fault = fault
  }
}
