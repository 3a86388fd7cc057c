// test/broker/net/outbox.test.ts: memory that is used again must never be written to before what lies in it has left.
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { Gathered } from '../../../broker/net/gathered'
import { createOutbox } from '../../../broker/net/outbox'
import type { Reply } from '../../../broker/net/types'
import { newRequest } from '../../../broker/protocol/command'
import { seeded } from '../../support/random'

const request = { ...newRequest(1, {}, 1), form: 0 as const, body: Buffer.alloc(0) }

/** A peer that reads when it is told to: pieces are taken in their order, each when it has waited for long enough. */
class SlowPeer {
  readonly gathered: Gathered
  /** What was said, and what it read of it. */
  said = ''
  read = ''
  readonly #unread: { piece: Buffer; left: (() => void) | undefined }[] = []
  readonly #socket = {
    cork: () => {},
    uncork: () => {},
    write: (piece: Buffer, left?: () => void) => this.#unread.push({ piece, left }),
    writableLength: 0,
  }

  constructor(gathered: Gathered) {
    this.gathered = gathered
  }
  send(): void {
    let waitingBytes = 0
    for (const { piece } of this.#unread) waitingBytes += piece.length
    this.#socket.writableLength = waitingBytes
    this.gathered.writeTo(this.#socket as unknown as Socket) // the four that are used
  }
  /** Of the memory that its unread pieces lie in. */
  get keptBytes(): number {
    let bytes = 0
    for (const memory of new Set(this.#unread.map(({ piece }) => piece.buffer))) bytes += memory.byteLength
    return bytes
  }
  take(pieces: number): void {
    for (const { piece, left } of this.#unread.splice(0, pieces)) {
      this.read += piece.toString('latin1')
      left?.()
    }
  }
}

it('ST12: each peer reads what was said to it, however late, and whoever lent a body hears of it once', () => {
  const seed = 20_260_101
  const { below, chance, pick } = seeded(seed)
  const outbox = createOutbox(64 * 1024)
  const peers = Array.from({ length: 5 }, () => new SlowPeer(new Gathered(outbox)))
  let lent = 0
  let told = 0
  const say = (peer: SlowPeer, step: number): void => {
    const text = `${step}.`.repeat(1 + below(chance(0.05) ? 8000 : 300))
    peer.said += text
    if (chance(0.3)) {
      const quickHead: Reply['quickHead'] = (_, into, at) => into.write(text, at, 'latin1')
      expect(peer.gathered.addQuickHead(request, { code: 0, quickHead, quickHeadBytes: text.length }, 0)).toBe(true)
      return
    }
    // what writes no head after all leaves the place to who does
    if (chance(0.3)) peer.gathered.addQuickHead(request, { code: 0, quickHead: () => 0 }, 0)
    const parts = [text.slice(0, below(text.length)), ''].map((part) => Buffer.from(part, 'latin1'))
    parts[1] = Buffer.from(text.slice(parts[0]?.length), 'latin1')
    lent++
    let wasTold = false
    peer.gathered.addBody(parts, () => {
      expect(wasTold, `seed ${seed}, step ${step}`).toBe(false)
      wasTold = true
      told++
      for (const part of parts) part.fill(0xee) // its memory is somebody else's now
    })
  }
  for (let step = 0; step < 4000; step++) {
    const peer = pick(peers)
    const what = below(10)
    if (what < 5) say(peer, step)
    else if (what < 7) peer.send()
    else if (step % 1000 > 300) peer.take(1 + below(4)) // now and then nobody reads
  }
  for (const peer of peers) {
    peer.send()
    peer.take(Number.POSITIVE_INFINITY)
    expect(peer.read === peer.said, `seed ${seed}`).toBe(true)
    expect(peer.gathered.sizeBytes).toBe(0)
  }
  expect(lent).toBeGreaterThan(500)
  expect(told).toBe(lent)
})

it('memory that came back is used again, from its beginning', () => {
  const outbox = createOutbox(1000)
  const gathered = new Gathered(outbox)
  gathered.add(Buffer.alloc(400))
  const slab = outbox.need(400)
  expect(slab.at).toBe(400)
  gathered.drop()
  expect(outbox.need(400)).toBe(slab)
  expect(slab.at).toBe(0)
})

it('what lies behind each other is one piece, and what is large is not copied', () => {
  const outbox = createOutbox()
  const gathered = new Gathered(outbox)
  const large = Buffer.alloc(20_000)
  for (const bytes of [Buffer.from('a'), Buffer.from('b'), large, Buffer.from('c'), Buffer.from('d')])
    gathered.add(bytes)
  const pieces: Buffer[] = []
  const socket = { cork: () => {}, uncork: () => {}, write: (piece: Buffer) => pieces.push(piece), writableLength: 0 }
  gathered.writeTo(socket as unknown as Socket) // the four that are used
  expect(pieces.map((piece) => (piece === large ? 'large' : piece.toString()))).toEqual(['ab', 'large', 'cd'])
})

it('a peer that does not read keeps what waits for it, not what was said to others beside it', () => {
  const slabBytes = 64 * 1024
  const outbox = createOutbox(slabBytes)
  const deaf = new SlowPeer(new Gathered(outbox))
  const reader = new SlowPeer(new Gathered(outbox))
  const large = Buffer.alloc(20_000, 'l')
  const others = Buffer.alloc(16_000)
  let toldCount = 0
  for (let turn = 0; turn < 200; turn++) {
    deaf.said += `${turn}`.padEnd(150)
    deaf.gathered.add(Buffer.from(`${turn}`.padEnd(150)))
    if (turn % 100 === 50) {
      deaf.said += `${large}`
      deaf.gathered.addBody([large], () => toldCount++)
    }
    for (let part = 0; part < 5; part++) reader.gathered.add(others)
    deaf.send()
    reader.send()
    reader.take(Number.POSITIVE_INFINITY)
  }
  // the first piece was on its way when nothing waited yet
  expect(deaf.keptBytes).toBeLessThanOrEqual(deaf.said.length + slabBytes)
  expect(toldCount).toBe(0)
  deaf.take(Number.POSITIVE_INFINITY)
  expect(deaf.read === deaf.said).toBe(true)
  expect(toldCount).toBe(2)
})
