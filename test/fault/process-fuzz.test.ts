// test/fault/process-fuzz.test.ts: random, cut and lying frames against a running cluster. Each closes its own connection
// at worst: a client beside them goes on, and what was acknowledged stays.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '../support/random'
import { type OurCluster, startOurs } from '../support/rocketdeck'
import { type Acked, missingOf, openWire } from '../support/wire'

/** `npm run test:long -- fuzz` asks for 100,000. */
const FRAMES = Number(process.env.ROCKETDECK_FRAMES ?? 4000)
const PER_CONNECTION = 20
const random = seeded(Number(process.env.ROCKETDECK_SEED ?? 20261125))

let ours: OurCluster
beforeAll(async () => {
  ours = await startOurs()
})
afterAll(() => ours.child.kill())

const CODES = [
  10, 11, 12, 14, 15, 17, 29, 30, 33, 34, 35, 36, 38, 41, 100, 103, 105, 200, 222, 310, 320, 351, 99_999, -1,
]

/** A frame that is almost right, or not at all. */
function frame(): Buffer {
  const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, () => random.between(0, 255)))
  switch (random.between(0, 7)) {
    case 0:
      return noise(random.between(1, 200))
    case 1: // a length nobody can keep
      return Buffer.concat([int(random.between(0x0100_0001, 0x7fff_ffff)), noise(20)])
    case 2: // a negative or tiny length
      return Buffer.concat([int(-random.between(0, 1000)), noise(8)])
    case 3: // a header longer than its frame
      return Buffer.concat([int(12), int(random.between(9, 0xff_ffff)), noise(8)])
    case 4: // a header form that does not exist
      return framed(Buffer.from('{}'), noise(3), random.between(2, 255))
    case 5: // JSON that is none
      return framed(Buffer.from(`{"code":${random.between(0, 400)},"extFields":{"topic":`), noise(9), 0)
    case 6: // a binary header of noise
      return framed(noise(random.between(0, 80)), noise(random.between(0, 40)), 1)
    default:
      return framed(Buffer.from(JSON.stringify(request())), noise(random.between(0, 60)), 0)
  }
}

function request() {
  const odd = [
    '',
    '../x',
    'x'.repeat(300),
    'T\u0000\u0001\n',
    '-1',
    '99999999999999999999',
    'NaN',
    '%RETRY%',
    '世界',
    'TopicTest',
  ]
  const value = () => odd[random.between(0, odd.length - 1)]
  const names = [
    'topic',
    'queueId',
    'queueOffset',
    'consumerGroup',
    'a',
    'b',
    'e',
    'offset',
    'sysFlag',
    'maxMsgNums',
    'group',
    'brokerName',
  ]
  const extFields = Object.fromEntries(names.filter(() => random.chance(0.6)).map((name) => [name, value()]))
  return {
    code: CODES[random.between(0, CODES.length - 1)],
    language: random.chance(0.9) ? 'JAVA' : 'KLINGON',
    opaque: random.between(0, 1000),
    flag: random.between(0, 3),
    version: random.between(-1, 600),
    extFields,
  }
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
function framed(header: Buffer, body: Buffer, form: number): Buffer {
  return Buffer.concat([int(4 + header.length + body.length), int((form << 24) | header.length), header, body])
}

/** Sends some frames, perhaps cut short, and resolves once the connection is gone or silent. */
function throwAt(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => {}) // being cut off is what is asked for
    socket.on('close', () => resolve())
    socket.on('data', () => {})
    socket.on('connect', () => {
      for (let i = 0; i < PER_CONNECTION; i++) {
        const bytes = frame()
        socket.write(random.chance(0.1) ? bytes.subarray(0, random.between(0, bytes.length)) : bytes)
      }
      socket.end()
    })
    socket.setTimeout(2000, () => socket.destroy())
  })
}

describe('random frames', () => {
  for (const target of ['broker', 'namesrv'] as const) {
    it(
      `stop nobody else at the ${target} (seed ${random.seed}, ${FRAMES} frames)`,
      async () => {
        const wire = openWire(ours.broker)
        const acked: Acked[] = []
        let stop = false
        const beside = (async () => {
          for (let i = 0; !stop; i++) acked.push(await wire.send('Beside', i % 4, `${target} ${i}`))
        })()
        const port = target === 'broker' ? ours.brokerPort : ours.namesrvPort
        for (let sent = 0; sent < FRAMES; sent += 10 * PER_CONNECTION) {
          await Promise.all(Array.from({ length: 10 }, () => throwAt(port)))
        }
        stop = true
        await beside
        expect(acked.length).toBeGreaterThan(10)
        expect(await missingOf(wire, acked)).toEqual([])
        wire.close()
        expect(ours.child.running).toBe(true)
        expect(ours.child.output).not.toMatch(/ died: /)
      },
      30_000 + FRAMES * 20,
    )
  }

  it('are named in the log, with the connection they closed and why', () => {
    for (const part of ['broker-a:0', 'namesrv']) {
      for (const why of ['a frame length of -', 'the header is not JSON', 'a frame of \\d+ bytes, at most']) {
        expect(ours.child.output).toMatch(new RegExp(`warn ${part}: closing 127\\.0\\.0\\.1:\\d+: ${why}`))
      }
    }
  })
})
