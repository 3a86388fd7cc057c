'use client'
// components/message/search-url.ts: what is searched for, in the address, and as the question the server is asked.
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import type { ScanInput } from '../../server/shared/inputs'
import { detect, parseProperty, parseQueues } from './detect'

const keys = {
  /** What stands in the box. */
  q: parseAsString.withDefault(''),
  /** How the box is read, when not as it looks. */
  by: parseAsStringLiteral(['id', 'key', 'body'] as const),
  topic: parseAsString.withDefault(''),
  from: parseAsString.withDefault(''),
  to: parseAsString.withDefault(''),
  pos: parseAsStringLiteral(['newest', 'oldest'] as const).withDefault('newest'),
  queue: parseAsString.withDefault(''),
  tag: parseAsString.withDefault(''),
  prop: parseAsString.withDefault(''),
  body: parseAsString.withDefault(''),
  expr: parseAsString.withDefault(''),
  re: parseAsString.withDefault(''),
  n: parseAsInteger.withDefault(200),
  sel: parseAsString,
  live: parseAsStringLiteral(['1'] as const),
}

export const useSearchUrl = (fixedTopic: string | null) => {
  const [url, set] = useQueryStates(keys, { history: 'push' })
  return { url: fixedTopic === null ? url : { ...url, topic: fixedTopic }, set }
}
export type SearchUrl = ReturnType<typeof useSearchUrl>['url']

export type FilterKey = 'queue' | 'prop' | 'from' | 'to'
export type Question =
  | { readonly kind: 'nothing' }
  /** Filters that say nothing: without them the search would find what nobody looked for. */
  | { readonly kind: 'faulty'; readonly filters: readonly FilterKey[] }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'scan'; readonly input: Omit<ScanInput, 'cluster' | 'budget' | 'cursor'> }

const timeOf = (text: string): number | undefined => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** The box first; without anything in it, a topic is scanned by its filters. */
export const questionOf = (url: SearchUrl): Question => {
  const text = url.q.trim()
  const by = text === '' ? null : (url.by ?? detect(text))
  if (by === 'id') return { kind: 'id', id: text }
  if (by === 'key') return { kind: 'key', key: text }
  if (url.topic === '') return { kind: 'nothing' }
  const filters = faultsOf(url)
  if (filters.length > 0) return { kind: 'faulty', filters }
  const body = by === 'body' ? text : url.body
  return {
    kind: 'scan',
    input: {
      topic: url.topic,
      order: url.pos,
      limit: Math.min(10_000, Math.max(1, url.n)),
      ...filtersOf({ ...url, body }),
    },
  }
}

/** Which filters of an address cannot be read. */
export const faultsOf = (url: Pick<SearchUrl, FilterKey>): readonly FilterKey[] => {
  const unread: Record<FilterKey, boolean> = {
    queue: parseQueues(url.queue) === null,
    prop: parseProperty(url.prop) === null,
    from: timeOf(url.from) === undefined,
    to: timeOf(url.to) === undefined,
  }
  return (['queue', 'prop', 'from', 'to'] as const).filter((key) => url[key].trim() !== '' && unread[key])
}

/** What a message must be like, and where it may lie. */
export const filtersOf = (url: Pick<SearchUrl, 'from' | 'to' | 'queue' | 'tag' | 'prop' | 'body' | 'expr' | 're'>) => {
  const queue = parseQueues(url.queue)
  const property = parseProperty(url.prop)
  const from = timeOf(url.from)
  const to = timeOf(url.to)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(queue === null
      ? {}
      : {
          queues: [{ ...(queue.broker === null ? {} : { broker: queue.broker }), queueId: queue.queueId }],
        }),
    ...(queue?.offset == null ? {} : { fromOffset: queue.offset }),
    ...(url.tag === '' ? {} : { tag: url.tag }),
    ...(property === null ? {} : { property }),
    ...(url.body === '' ? {} : { body: url.body }),
    ...(url.expr === '' ? {} : { sql: url.expr }),
    ...(url.re === '' ? {} : { regex: url.re }),
  }
}

/** What of an address is a search, apart from where somebody is in it. */
const kept = ['q', 'by', 'topic', 'from', 'to', 'pos', 'queue', 'tag', 'prop', 'body', 'expr', 're'] as const
type Kept = (typeof kept)[number]
/** As the query string of its address; empty: nothing is searched for. */
export const textOfSearch = (url: SearchUrl): string =>
  url.q === '' && url.topic === ''
    ? ''
    : String(
        new URLSearchParams(
          kept.flatMap((key) =>
            url[key] === null || url[key] === '' || url[key] === 'newest' ? [] : [[key, url[key]]],
          ),
        ),
      )
/** Everything that a search sets, unset. */
export const blankSearch: { [Key in Kept | 'sel' | 'live']: null } = {
  ...{ q: null, by: null, topic: null, from: null, to: null, pos: null, queue: null, tag: null, prop: null },
  ...{ body: null, expr: null, re: null, sel: null, live: null },
}
/** What a kept text sets; what no search has is left out. */
export const searchOf = (text: string): Partial<{ [Key in Kept]: SearchUrl[Key] | null }> => {
  const params = new URLSearchParams(text)
  return Object.fromEntries(
    kept.flatMap((key) => {
      const found = params.get(key)
      return found === null ? [] : [[key, keys[key].parse(found)]]
    }),
  )
}
