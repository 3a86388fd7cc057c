// test/server/shared/pace.test.ts: how much is done at once.
import { expect, it } from 'vitest'
import { atOnce, oneAfterTheOther, openLine } from '../../../server/shared/pace'

it('does so many side by side, each once, whatever they are', async () => {
  let under = 0
  let most = 0
  const done: [unknown, number][] = []
  await atOnce(3, ['a', undefined, 'c', '', 'e', 'f', 'g'], async (one, place) => {
    most = Math.max(most, ++under)
    await new Promise((next) => setTimeout(next, place % 2))
    under--
    done.push([one, place])
  })
  expect(most).toBe(3)
  expect(done.sort(([, a], [, b]) => a - b)).toEqual(
    ['a', undefined, 'c', '', 'e', 'f', 'g'].map((one, place) => [one, place]),
  )
})

it('ends with what one of them throws', async () => {
  const failing = atOnce(2, [1, 2, 3], async (one) => {
    if (one === 2) throw new Error('two')
  })
  await expect(failing).rejects.toThrow('two')
})

it('does one after the other, also after one that failed', async () => {
  const inTurn = oneAfterTheOther()
  const order: string[] = []
  const slow = inTurn(async () => {
    await new Promise((next) => setTimeout(next, 5))
    order.push('slow')
    throw new Error('slow')
  })
  const quick = inTurn(async () => void order.push('quick'))
  await expect(slow).rejects.toThrow('slow')
  await quick
  expect(order).toEqual(['slow', 'quick'])
})

it('lets so many in, the rest one by one in their order, and nobody past those that wait', async () => {
  const line = openLine(2, 2, () => new Error('full'))
  const entered: string[] = []
  const enter = async (who: string) => {
    const leave = await line.enter()
    entered.push(who)
    return leave
  }
  const [a, b] = await Promise.all([enter('a'), enter('b')])
  const c = enter('c')
  const d = enter('d')
  await expect(line.enter()).rejects.toThrow('full')
  a?.()
  a?.() // a place is given up once
  const e = enter('e') // comes while the place of `a` goes to `c`
  expect(await c).not.toBeNull()
  expect(entered).toEqual(['a', 'b', 'c'])
  b?.()
  await d
  ;(await c)?.()
  await e
  expect(entered).toEqual(['a', 'b', 'c', 'd', 'e'])
})

it('takes whoever goes out of the line', async () => {
  const line = openLine(1, 1, () => new Error('full'))
  const first = await line.enter()
  const going = new AbortController()
  const waits = line.enter(going.signal)
  going.abort()
  expect(await waits).toBeNull()
  expect(await line.enter(going.signal)).toBeNull()
  const next = line.enter() // the place in the line is free again
  first?.()
  expect(await next).not.toBeNull()
})
