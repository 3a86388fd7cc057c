// test/broker/net/hostile.test.ts: 100,000 random, cut and lying frames. Whoever sends them loses its own connection;
// the neighbour beside it goes on as if nothing happened. The seed is fixed: a failing run is repeated by running it again.
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { openDialer } from '../../../broker/net/dial'
import { listen } from '../../../broker/net/listen'
import { encodeCommand, newRequest } from '../../../broker/protocol/command'

const seed = 20_260_101
const frameCount = 100_000
const framesPerConnection = 50

/** A small generator of random numbers that gives the same on every machine. */
function random(from: number): (below: number) => number {
  let state = from >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const next = random(seed)
const randomBytes = (size: number): Buffer => Buffer.from(Array.from({ length: size }, () => next(256)))

const good = (): Buffer => {
  const form = next(2) === 0 ? (0 as const) : (1 as const)
  const head = { ...newRequest(next(400), { topic: `T${next(100)}`, n: String(next(1000)) }, next(2 ** 31)), form }
  return Buffer.concat(encodeCommand({ ...head, body: randomBytes(next(40)) }))
}
/** One frame: well-formed half of the time, else damaged in one of several ways. */
function hostile(): Buffer {
  const frame = good()
  switch (next(10)) {
    case 0:
      return randomBytes(1 + next(60))
    case 1: // one byte turned over
      frame[next(frame.length)] = next(256)
      return frame
    case 2: // a length that lies
      frame.writeInt32BE([-1, 0, 3, 0x7fff_ffff, next(2 ** 31), frame.length][next(6)] ?? 0, 0)
      return frame
    case 3: // a header size that lies
      frame.writeUInt32BE(next(2 ** 32), 4)
      return frame
    case 4: // cut, and the next one follows
      return frame.subarray(0, 1 + next(frame.length - 1))
    default:
      return frame
  }
}

it(`takes no notice of its neighbours' ${frameCount} bad frames (seed ${seed})`, async () => {
  const lines: string[] = []
  let asked = 0
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 1 << 20,
    idleMs: 60_000,
    log: (line) => lines.push(line),
    onRequest: (request, connection) => {
      asked++
      connection.reply(request, { code: 0, ext: { echo: request.ext.echo }, body: request.body })
    },
  })
  const neighbour = openDialer()
  const address = `127.0.0.1:${listener.port}`
  let closed = 0
  let echoes = 0
  let isOver = false
  const undisturbed = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const body = Buffer.from(`echo ${turn}`)
      const reply = await neighbour.request(address, 1, { echo: String(turn) }, body, 10_000)
      expect([reply.ext.echo, reply.body.toString()]).toEqual([String(turn), `echo ${turn}`])
      echoes++
    }
  })()
  const attack = () =>
    new Promise<void>((resolve) => {
      const socket = connect(listener.port, '127.0.0.1')
      socket.on('data', () => {}) // whatever it answers
      socket.on('error', () => {}) // a reset is as good an end as any here
      socket.on('close', () => {
        closed++
        resolve()
      })
      const frames = Array.from({ length: framesPerConnection }, hostile)
      frames.push(Buffer.from([0x80, 0, 0, 0])) // a negative length: nothing after it can be right
      socket.end(Buffer.concat(frames))
    })
  const rounds = frameCount / framesPerConnection
  for (let done = 0; done < rounds; done += 20) await Promise.all(Array.from({ length: 20 }, attack))
  isOver = true
  await undisturbed
  expect(closed).toBe(rounds)
  expect(echoes).toBeGreaterThan(100)
  expect(asked).toBeGreaterThan(echoes)
  expect(lines.length).toBeGreaterThan(rounds / 2)
  expect(lines.every((line) => line.startsWith('closing 127.0.0.1:') && line.length < 300)).toBe(true)
  expect(listener.connections.size).toBe(1)
  neighbour.close()
  await listener.close()
}, 60_000)
