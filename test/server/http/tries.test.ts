// test/server/http/tries.test.ts: tries are counted by network, for a while, and for so many networks only.
import { expect, it } from 'vitest'
import { openTries } from '../../../server/http/tries'

it('lets a network try so often within a span, whichever of its addresses it comes from', () => {
  let at = 0
  const mayTry = openTries({ most: 2, withinMs: 1000, now: () => at })
  expect(['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2'].map(mayTry)).toEqual([true, true, false, true])
  expect(['2001:db8:1:2::a', '2001:db8:1:2::b', '2001:db8:1:2::c', '2001:db8:1:3::a'].map(mayTry)).toEqual([
    true,
    true,
    false,
    true,
  ])
  at = 1001
  expect(mayTry('10.0.0.1')).toBe(true)
})

it('holds so many networks, and forgets the one that began first', () => {
  const mayTry = openTries({ most: 1, withinMs: 1000, mostHeld: 2, now: () => 0 })
  expect(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.3', '10.0.0.1'].map(mayTry)).toEqual([
    true,
    true,
    true,
    false,
    true,
  ])
})
