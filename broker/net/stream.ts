// broker/net/stream.ts: plain bytes over TCP, for what has no frames of the remoting protocol: the stream that copies a
// commit log. Bounded by whoever writes: it asks how much is unsent before it hands over more.
import { createServer, type Server, type Socket } from 'node:net'
import { reach } from './dial'
import { bind } from './listen'
import type { Admits } from './types'

export interface ByteStream {
  /** `ip:port` of the peer. */
  readonly remoteAddress: string
  readonly closed: boolean
  /** Bytes handed over and not yet taken by the operating system. */
  readonly unsentBytes: number
  /** Buffers that follow each other. `sent` is called once they have left the process, or the stream is gone. */
  write(buffers: readonly Buffer[], sent?: () => void): void
  /** Reading rests until `resume`. */
  pause(): void
  resume(): void
  /** What was written still leaves, for a moment. */
  close(why: string): void
}
export interface StreamEvents {
  data(chunk: Buffer): void
  /** Once, and nothing comes after it. */
  closed(why: string): void
}

export interface StreamListener {
  readonly port: number
  /** Takes no more; those that are open stay. */
  close(): Promise<void>
}

/** `accept` answers with who is told of the new stream. Throws a NetError 'port-in-use'. */
export async function listenStreams(
  host: string,
  port: number,
  accept: (stream: ByteStream) => StreamEvents,
  admits?: Admits,
): Promise<StreamListener> {
  const server: Server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    if (socket.remoteAddress === undefined || admits?.(socket) === false) socket.destroy()
    else openStream(socket, accept)
  })
  const bound = await bind(server, host, port)
  server.on('error', () => {}) // of one connection that could not be accepted: the peer tries again
  return {
    port: bound,
    // the streams that are open are their owner's to close
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export async function dialStream(
  address: string,
  timeoutMs: number,
  accept: (stream: ByteStream) => StreamEvents,
): Promise<ByteStream> {
  return openStream(await reach(address, timeoutMs), accept)
}

const farewellMs = 1000

function openStream(socket: Socket, accept: (stream: ByteStream) => StreamEvents): ByteStream {
  const stream = new SocketStream(socket)
  stream.attach(accept(stream))
  return stream
}

class SocketStream implements ByteStream {
  readonly #socket: Socket
  readonly remoteAddress: string
  #isClosed = false
  #why = 'the peer closed it'

  constructor(socket: Socket) {
    this.#socket = socket
    const { remoteAddress = '', remotePort = 0, remoteFamily } = socket
    this.remoteAddress = remoteFamily === 'IPv6' ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`
  }

  attach(events: StreamEvents): void {
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.#isClosed) events.data(chunk)
    })
    this.#socket.on('error', (error) => {
      this.#why = error.message
    })
    this.#socket.once('close', () => {
      this.#isClosed = true
      events.closed(this.#why)
    })
  }

  /** Also while its end is on its way: what is written then goes nowhere. */
  get closed(): boolean {
    return this.#isClosed || this.#socket.destroyed
  }
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  write(buffers: readonly Buffer[], sent?: () => void): void {
    if (this.closed) {
      sent?.()
      return
    }
    const last = buffers.length - 1
    this.#socket.cork()
    for (const [index, buffer] of buffers.entries()) {
      if (index === last && sent !== undefined) this.#socket.write(buffer, () => sent())
      else this.#socket.write(buffer)
    }
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }
  resume(): void {
    this.#socket.resume()
  }

  close(why: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#why = why
    this.#socket.end()
    const late = setTimeout(() => this.#socket.destroy(), farewellMs)
    this.#socket.once('close', () => clearTimeout(late))
    this.#socket.resume() // what still comes is dropped, so that the end is seen
  }
}
