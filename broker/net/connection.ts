// broker/net/connection.ts: one socket that speaks the remoting protocol, accepted or dialled. It cuts frames, pairs
// replies with requests and sends what a turn gathered in one write. What a peer sends wrong closes its own connection.
import type { Socket } from 'node:net'
import {
  bodyParts,
  type Command,
  decodeFrame,
  type ExtFields,
  encodeHead,
  encodeReplyHead,
  isOneway,
  isReply,
  newRequest,
} from '../protocol/command'
import { ProtocolError } from '../protocol/errors'
import { encodeHost, hostText } from '../protocol/host'
import { createFrameCutter, type FrameCutter } from './frames'
import { Gathered } from './gathered'
import type { Outbox } from './outbox'
import type { Turn } from './turn'
import { type Connection, NetError, type OnRequest, type Reply } from './types'

export interface ConnectionOptions {
  id: number
  turn: Turn
  /** Shared by the connections of one thread. */
  outbox: Outbox
  maxFrameBytes: number
  /** A peer that does not read is closed once so much waits for it. */
  maxUnsentBytes: number
  idleMs: number
  onRequest: OnRequest
  onClose: (connection: Connection, why: string) => void
  /** Why a connection was closed for what its peer did. */
  log: (line: string) => void
  sign?: ((code: number, ext: ExtFields, body: Buffer | undefined) => void) | undefined
}
export const openConnection = (socket: Socket, options: ConnectionOptions): Connection & Drainable =>
  new SocketConnection(socket, options)

/** What only this room may ask of a connection. */
export interface Drainable {
  /** Reads no more; closes once what was asked is answered and has left, or after `withinMs`. */
  drain(why: string, withinMs: number): Promise<void>
}

interface Waiting {
  resolve: (reply: Command) => void
  reject: (error: NetError) => void
  timer: NodeJS.Timeout
}

class SocketConnection implements Connection, Drainable {
  readonly id: number
  readonly remoteAddress: string
  readonly remoteHost: Buffer
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #cutter: FrameCutter
  readonly #waiting = new Map<number, Waiting>()
  #nextOpaque = 1
  /** Requests taken from the peer that were not answered yet. */
  #unanswered = 0
  #closed = false
  #draining = false
  #sawFirstByte = false
  readonly #gathered: Gathered
  #sendAsked = false
  /** Chunks, or what is left of them, that this turn has no time for. The socket rests while there are any. */
  #unread: Buffer[] = []
  /** What was taken of the turn of this number, in frames of up to 4 KiB. */
  #taken = 0
  #takenIn = -1
  #isLost = false
  #whenGone: (() => void)[] = []

  constructor(socket: Socket, options: ConnectionOptions) {
    this.id = options.id
    this.#socket = socket
    this.#options = options
    this.#cutter = createFrameCutter(options.maxFrameBytes)
    this.#gathered = new Gathered(options.outbox)
    this.remoteHost = encodeHost(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0)
    this.remoteAddress = hostText(this.remoteHost)
    socket.setNoDelay(true)
    socket.setTimeout(options.idleMs)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('timeout', () => this.close(`nothing was said for ${options.idleMs} ms`))
    socket.on('error', (error) => this.#lost(error.message))
    socket.on('close', () => this.#lost('the peer closed it'))
  }
  get closed(): boolean {
    return this.#closed
  }
  get unsentBytes(): number {
    return this.#socket.writableLength + this.#gathered.sizeBytes
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return
    if (!this.#sawFirstByte) {
      this.#sawFirstByte = true
      if (chunk[0] === tlsHandshake) {
        this.#refuse('it speaks TLS, which this port does not')
        return
      }
    }
    this.#unread.push(chunk)
    if (this.#unread.length === 1) this.#cut()
  }

  /** Takes this connection's share of the turn, and leaves the rest for the next ones. */
  #cut(): void {
    const { turn } = this.#options
    if (this.#takenIn !== turn.number) {
      this.#takenIn = turn.number
      this.#taken = 0
    }
    while (this.#unread.length > 0) {
      const [chunk = nothing] = this.#unread
      const left = this.#mayTake() ? this.#pushed(chunk) : chunk
      if (this.#closed) return
      if (left !== undefined) {
        this.#unread[0] = left
        this.#socket.pause()
        turn.atNext(this.#goOn)
        return
      }
      this.#unread.shift()
    }
  }

  #mayTake(): boolean {
    return this.#isLost || this.#taken < this.#options.turn.share
  }

  readonly #goOn = (): void => {
    if (this.#closed) return
    this.#cut()
    if (this.#unread.length > 0 || this.#closed) return
    if (!this.#draining) this.#socket.resume()
    else if (this.#isDone()) this.#socket.end()
  }

  /** What a peer sent before it went away is taken all the same: some of it may be meant to have no answer. */
  #lost(why: string): void {
    if (this.#closed) return
    this.#isLost = true
    this.#cut()
    this.#gone(why)
  }

  #pushed(chunk: Buffer): Buffer | undefined {
    try {
      return this.#cutter.push(chunk, this.#take)
    } catch (error) {
      if (error instanceof NetError || error instanceof ProtocolError) this.#refuse(error.message)
      else throw error
      return undefined
    }
  }

  readonly #take = (bytes: Buffer, from: number, end: number): boolean => {
    if (this.#closed) return true
    this.#taken += 1 + ((end - from) >> 12)
    this.#handle(decodeFrame(bytes, from, end))
    return this.#mayTake()
  }

  #handle(command: Command): void {
    if (!isReply(command)) {
      if (!isOneway(command)) this.#unanswered++
      this.#options.onRequest(command, this)
      return
    }
    const waiting = this.#waiting.get(command.opaque)
    if (waiting === undefined) return // it came after its time, or answers nothing: nobody wants it
    this.#waiting.delete(command.opaque)
    clearTimeout(waiting.timer)
    waiting.resolve(command)
  }

  reply(request: Command, reply: Reply): void {
    if (this.#closed || isOneway(request)) {
      reply.sent?.()
      return
    }
    const parts = bodyParts(reply.body)
    let bodyBytes = 0
    for (const part of parts) bodyBytes += part.length
    this.#unanswered--
    if (!this.#gathered.addQuickHead(request, reply, bodyBytes)) {
      const head = this.#replyHead(request, reply, bodyBytes)
      if (head === undefined) {
        reply.sent?.()
        return
      }
      this.#gathered.add(head)
    }
    this.#gathered.addBody(parts, reply.sent)
    this.#askSend()
  }

  /** A remark that quotes a name of 16 MB does not fit: whoever asked so is gone, whoever answers goes on. */
  #replyHead(request: Command, reply: Reply, bodyBytes: number): Buffer | undefined {
    try {
      return encodeReplyHead(request, reply, bodyBytes)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#refuse(`its answer cannot be written: ${error.message}`)
      return undefined
    }
  }

  request(code: number, ext: ExtFields, body: Buffer | undefined, timeoutMs: number): Promise<Command> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new NetError('closed', `the connection to ${this.remoteAddress} is closed`))
        return
      }
      const opaque = this.#nextOpaque
      this.#nextOpaque = opaque === 0x7fff_ffff ? 1 : opaque + 1
      const timer = setTimeout(() => {
        this.#waiting.delete(opaque)
        reject(new NetError('timeout', `${this.remoteAddress} did not answer request ${code} within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiting.set(opaque, { resolve, reject, timer })
      this.#say(code, ext, body, opaque, false)
    })
  }

  oneway(code: number, ext: ExtFields, body?: Buffer): void {
    if (this.#closed) return
    const opaque = this.#nextOpaque
    this.#nextOpaque = opaque === 0x7fff_ffff ? 1 : opaque + 1
    this.#say(code, ext, body, opaque, true)
  }

  #say(code: number, ext: ExtFields, body: Buffer | undefined, opaque: number, oneway: boolean): void {
    this.#options.sign?.(code, ext, body)
    const bodyBytes = body?.length ?? 0
    this.#gathered.add(encodeHead(newRequest(code, ext, opaque, oneway), 0, bodyBytes))
    this.#gathered.addBody(bodyParts(body), undefined)
    this.#askSend()
  }

  #askSend(): void {
    if (this.#sendAsked) return
    this.#sendAsked = true
    this.#options.turn.atEnd('send', this.#send)
  }

  /** All that this turn brought leaves in one write. */
  readonly #send = (): void => {
    this.#sendAsked = false
    if (this.#closed) return
    this.#gathered.writeTo(this.#socket)
    if (this.#isDone()) this.#socket.end()
    if (this.unsentBytes > this.#options.maxUnsentBytes) {
      this.#refuse(`it does not read: ${this.unsentBytes} bytes wait for it, at most ${this.#options.maxUnsentBytes}`)
    }
  }

  /** Nothing is asked any more, and all that was is answered. */
  #isDone(): boolean {
    return this.#draining && this.#unanswered <= 0 && this.#unread.length === 0
  }

  #refuse(why: string): void {
    this.#options.log(`closing ${this.remoteAddress}: ${why}`)
    this.close(why)
  }

  close(why: string): void {
    if (this.#closed) return
    this.#gone(why)
    this.#socket.destroy()
  }

  drain(why: string, withinMs: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#draining = true
    this.#socket.pause()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(why), withinMs)
      this.#whenGone.push(() => {
        clearTimeout(timer)
        resolve()
      })
      this.#socket.once('finish', () => this.close(why))
      if (this.#gathered.sizeBytes > 0) this.#send()
      else if (this.#isDone()) this.#socket.end()
    })
  }

  #gone(why: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#unread = []
    this.#gathered.drop()
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(new NetError('closed', `the connection to ${this.remoteAddress} was closed: ${why}`))
    }
    this.#waiting.clear()
    this.#options.onClose(this, why)
    for (const told of this.#whenGone) told()
  }
}
const nothing = Buffer.alloc(0)
const tlsHandshake = 0x16
