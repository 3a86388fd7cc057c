// test/broker/store/joined.test.ts: memory that is used again must never be used twice at once.
import { expect, it } from 'vitest'
import { createJoinRoom, type Joined } from '../../../broker/store/joined'
import { seeded } from '../../support/random'

it('a piece stays what it is until it is given back, whatever is joined meanwhile', () => {
  const seed = 20_260_101
  const { below } = seeded(seed)
  const room = createJoinRoom(1000)
  const held: { joined: Joined; text: string }[] = []
  for (let step = 0; step < 20_000; step++) {
    if (held.length > 0 && below(20) < (step % 400 < 200 ? 8 : 12)) {
      const [gone] = held.splice(below(held.length), 1)
      expect(gone?.joined.bytes.toString(), `seed ${seed}, step ${step}`).toBe(gone?.text)
      gone?.joined.release()
      gone?.joined.release() // which changes nothing
    } else {
      const records = Array.from({ length: 1 + below(5) }, () => `${step}.`.repeat(1 + below(60)))
      const text = records.join('')
      held.push({
        joined: room.join(
          records.map((one) => Buffer.from(one)),
          text.length,
        ),
        text,
      })
    }
  }
  for (const { joined, text } of held) expect(joined.bytes.toString()).toBe(text)
})

it('memory that came back is used again', () => {
  const room = createJoinRoom(1000)
  const piece = (): Joined => room.join([Buffer.alloc(400)], 400)
  const first = piece()
  first.release()
  expect(piece().bytes.byteOffset).toBe(first.bytes.byteOffset)
  expect(piece().bytes.buffer).toBe(first.bytes.buffer)
  expect(piece().bytes.buffer).not.toBe(first.bytes.buffer)
})
