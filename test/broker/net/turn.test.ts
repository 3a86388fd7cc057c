// test/broker/net/turn.test.ts: what a turn gathered happens once, at its end, in the order of the stages.
import { expect, it } from 'vitest'
import { createTurn, type Stage } from '../../../broker/net/turn'

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

it('writes before it answers and answers before it sends, in whatever order they were asked for', async () => {
  const turn = createTurn()
  const done: string[] = []
  for (const stage of ['send', 'answer', 'write', 'answer'] as Stage[]) turn.atEnd(stage, () => done.push(stage))
  expect(done).toEqual([])
  await nextTurn()
  expect(done).toEqual(['write', 'answer', 'answer', 'send'])
})

it('lets what a write makes safe be answered and sent in the same turn', async () => {
  const turn = createTurn()
  const done: string[] = []
  turn.atEnd('write', () => {
    done.push('written')
    turn.atEnd('answer', () => {
      done.push('answered')
      turn.atEnd('send', () => done.push('sent'))
    })
    turn.atEnd('write', () => done.push('written too'))
  })
  await nextTurn()
  expect(done).toEqual(['written', 'written too', 'answered', 'sent'])
})

it('leaves for the next turn what comes after its stage has passed', async () => {
  const turn = createTurn()
  const done: string[] = []
  turn.atEnd('send', () => {
    done.push('sent')
    turn.atEnd('write', () => done.push('written'))
  })
  await nextTurn()
  expect(done).toEqual(['sent'])
  await nextTurn()
  expect(done).toEqual(['sent', 'written'])
})

it('begins the next turn with what one had no time for', async () => {
  const turn = createTurn()
  const done: string[] = []
  turn.atEnd('send', () => done.push('sent'))
  turn.atNext(() => {
    done.push('went on')
    turn.atEnd('send', () => done.push('sent too'))
    turn.atNext(() => done.push('went on again'))
  })
  await nextTurn()
  expect(done).toEqual(['sent', 'went on'])
  await nextTurn()
  expect(done).toEqual(['sent', 'went on', 'sent too', 'went on again'])
})

it('shares a turn among those that have more than their share', async () => {
  const turn = createTurn()
  expect(turn.share).toBe(128)
  const shares: number[] = []
  for (const waiting of [1, 2, 8, 32, 1000, 0]) {
    for (let n = 0; n < waiting; n++) turn.atNext(() => {})
    turn.atEnd('send', () => {})
    await nextTurn()
    shares.push(turn.share)
  }
  expect(shares).toEqual([128, 128, 32, 8, 8, 128])
})
