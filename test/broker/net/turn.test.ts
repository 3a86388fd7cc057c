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
