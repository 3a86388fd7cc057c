// broker/net/gathered.ts: what one connection says within a turn, as few pieces: what is small lies side by side in the
// outbox, with the answers before and behind it; what is large passes without a copy, and whoever lent it is told when it
// has left. Owner: the connection.
import type { Socket } from 'node:net'
import type { Command } from '../protocol/command'
import type { Outbox, Slab } from './outbox'
import { quickHeadBytes, type Reply } from './types'

/** Up to here a piece is copied: that is cheaper than a piece of its own. */
const maxCopiedBytes = 16 * 1024

export class Gathered {
  readonly #outbox: Outbox
  #pieces: Buffer[] = []
  /** Those that the pieces lie in, and whom to tell when all have left. */
  #slabs: Slab[] = []
  #sent: (() => void)[] = []
  /** The piece that is being written in the outbox, if there is one: it is held from its first byte on. */
  #slab: Slab | undefined
  #from = 0
  #end = 0
  sizeBytes = 0

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** False: the reply writes no head of its own for this request. */
  addQuickHead(request: Command, reply: Reply, bodyBytes: number): boolean {
    if (reply.quickHead === undefined) return false
    const slab = this.#room(reply.quickHeadBytes ?? quickHeadBytes)
    const bytes = reply.quickHead(request, slab.buffer, slab.at, bodyBytes)
    this.#added(slab, bytes)
    return bytes > 0
  }

  /** `sent` is told at once when all of it was copied. */
  addBody(parts: readonly Buffer[], sent: (() => void) | undefined): void {
    let isNeeded = false
    for (const part of parts) if (!this.add(part)) isNeeded = true
    if (sent === undefined) return
    if (isNeeded) this.#sent.push(sent)
    else sent()
  }

  /** True when the bytes are not needed any more: they were copied. */
  add(bytes: Buffer): boolean {
    if (bytes.length > maxCopiedBytes) {
      this.#endPiece()
      this.#pieces.push(bytes)
      this.sizeBytes += bytes.length
      return false
    }
    const slab = this.#room(bytes.length)
    slab.buffer.set(bytes, slab.at)
    this.#added(slab, bytes.length)
    return true
  }

  /** Room in the outbox. What follows this connection's piece there makes it longer. */
  #room(bytes: number): Slab {
    const slab = this.#outbox.need(bytes)
    if (this.#slab === slab && this.#end === slab.at) return slab
    this.#endPiece()
    this.#outbox.hold(slab)
    this.#slab = slab
    this.#from = this.#end = slab.at
    return slab
  }

  #added(slab: Slab, bytes: number): void {
    slab.at += bytes
    this.#end = slab.at
    this.sizeBytes += bytes
  }

  #endPiece(): void {
    const slab = this.#slab
    if (slab === undefined) return
    this.#slab = undefined
    if (this.#end > this.#from) {
      this.#pieces.push(slab.buffer.subarray(this.#from, this.#end))
      this.#slabs.push(slab)
    } else {
      this.#outbox.release(slab)
    }
  }

  /** All of it in one write. What comes from then on is gathered anew. */
  writeTo(socket: Socket): void {
    this.#endPiece()
    // it waits behind other bytes, nobody knows how long, and its few would keep whole slabs
    if (socket.writableLength > 0) this.#leaveOutbox()
    const pieces = this.#pieces
    const left = this.#ended()
    const last = pieces.length - 1
    if (last < 0) return
    if (last === 0) {
      socket.write(pieces[0] ?? nothing, left)
      return
    }
    socket.cork()
    for (let index = 0; index < last; index++) socket.write(pieces[index] ?? nothing)
    socket.write(pieces[last] ?? nothing, left)
    socket.uncork()
  }

  /** Moves what lies in the outbox into buffers of its own size. */
  #leaveOutbox(): void {
    const slabs = this.#slabs
    if (slabs.length === 0) return
    const memory = new Set(slabs.map((slab) => slab.buffer.buffer))
    // not from Node's shared pool, which would be kept in its turn
    this.#pieces = this.#pieces.map((piece) => (memory.has(piece.buffer) ? copyOf(piece) : piece))
    this.#slabs = []
    for (const slab of slabs) this.#outbox.release(slab)
  }

  /** Nobody is there to read it. */
  drop(): void {
    this.#endPiece()
    this.#ended()()
  }

  /** Answers with what is to be called once all has left. */
  #ended(): () => void {
    const slabs = this.#slabs
    const sent = this.#sent
    this.#pieces = []
    this.#slabs = []
    this.#sent = []
    this.sizeBytes = 0
    return () => {
      for (const slab of slabs) this.#outbox.release(slab)
      for (const call of sent) call()
    }
  }
}
const nothing = Buffer.alloc(0)
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}
