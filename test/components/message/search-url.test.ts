// test/components/message/search-url.test.ts: a search as an address and as a kept text; a filter that says nothing is told and
// never dropped.
import { expect, it } from 'vitest'
import {
  blankSearch,
  faultsOf,
  filtersOf,
  questionOf,
  searchOf,
  textOfSearch,
} from '../../../components/message/search-url'

const blank = {
  ...{ q: '', by: null, topic: '', from: '', to: '', pos: 'newest' as const, queue: '', tag: '', prop: '', body: '' },
  ...{ expr: '', re: '', n: 200, sel: null, live: null },
}
it('does not search without a filter that it cannot read', () => {
  const url = { ...blank, topic: 'Orders', queue: 'nope', from: 'yesterday', prop: 'region' }
  expect(questionOf(url)).toEqual({ kind: 'faulty', filters: ['queue', 'prop', 'from'] })
  expect(faultsOf({ ...blank, queue: 'broker-a/3', prop: 'region = eu', from: '2026-11-21T00:00:00Z' })).toEqual([])
})
it('reads a bare number as that queue of every broker', () => {
  expect(filtersOf({ ...blank, queue: '3' })).toEqual({ queues: [{ queueId: 3 }] })
  expect(filtersOf({ ...blank, queue: 'broker-a/3@1,000' })).toEqual({
    queues: [{ broker: 'broker-a', queueId: 3 }],
    fromOffset: 1000n,
  })
})
it('comes back from a kept text as it was, and takes nothing else from it', () => {
  const url = {
    ...blank,
    topic: 'Orders',
    pos: 'oldest' as const,
    tag: 'paid',
    expr: "body.a > 1 AND b = 'ü&='",
    sel: 'x',
  }
  const text = textOfSearch(url)
  expect({ ...blank, ...searchOf(text) }).toEqual({ ...url, sel: null })
  expect(searchOf('topic=T&sel=evil&by=nonsense&page=7')).toEqual({ topic: 'T', by: null })
  expect(textOfSearch(blank)).toBe('')
  expect(Object.keys(blankSearch)).toEqual(expect.arrayContaining(['q', 'topic', 're', 'sel', 'live']))
})
