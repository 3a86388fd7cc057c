// test/broker/net/frames.test.ts: bytes come in chunks that know nothing of frames.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameCutter } from '../../../broker/net/frames'
import { NetError } from '../../../broker/net/types'

const framed = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

const into = (got: Buffer[]) => (bytes: Buffer, from: number, end: number) => got.push(bytes.subarray(from, end)) > 0
const anything = () => true

describe('a frame cutter', () => {
  it('hands out the same frames however they are cut into chunks', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 50 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (given, sizes) => {
        const wanted = given.map((bytes) => Buffer.from(bytes))
        const stream = Buffer.concat(wanted.map(framed))
        const cutter = createFrameCutter(100)
        const got: Buffer[] = []
        for (let from = 0, turn = 0; from < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          cutter.push(Buffer.from(stream.subarray(from, from + size)), into(got))
          from += size
        }
        expect(got).toEqual(wanted)
        expect(cutter.heldBytes).toBe(0)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('hands back what is left of a chunk when no more is wanted, and goes on with it', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 50 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (given, sizes) => {
        const wanted = given.map((bytes) => Buffer.from(bytes))
        const stream = Buffer.concat(wanted.map(framed))
        const cutter = createFrameCutter(100)
        const got: Buffer[] = []
        for (let from = 0, turn = 0; from < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          let left: Buffer | undefined = Buffer.from(stream.subarray(from, from + size))
          while (left !== undefined) {
            const before = got.length
            left = cutter.push(left, (bytes, start, end) => into(got)(bytes, start, end) && false)
            expect(got.length - before).toBeLessThanOrEqual(1)
          }
          from += size
        }
        expect(got).toEqual(wanted)
        expect(cutter.heldBytes).toBe(0)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('does not copy a frame that lies within one chunk', () => {
    const chunk = Buffer.concat([framed(Buffer.from('first')), framed(Buffer.from('second'))])
    const got: Buffer[] = []
    createFrameCutter(100).push(chunk, into(got))
    expect(got.map((frame) => frame.buffer === chunk.buffer)).toEqual([true, true])
  })

  it.each([
    [-1, 'bad-frame'],
    [0, 'bad-frame'],
    [3, 'bad-frame'],
    [97, 'frame-too-large'],
    [0x7fff_ffff, 'frame-too-large'],
  ])('refuses a length of %d', (size, fault) => {
    const head = Buffer.alloc(4)
    head.writeInt32BE(size)
    expect(() => createFrameCutter(100).push(head, anything)).toThrow(expect.objectContaining({ fault }))
    expect(() => createFrameCutter(100).push(head, anything)).toThrow(NetError)
  })

  it('takes the largest frame that is allowed', () => {
    const got: Buffer[] = []
    createFrameCutter(100).push(framed(Buffer.alloc(96)), into(got))
    expect(got).toHaveLength(1)
  })
})
