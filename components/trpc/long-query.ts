// components/trpc/long-query.ts: a question that does not fit an address: a reset of a hundred queues names each of them. Such a
// one is sent in a body. Batches of short ones are kept below the same bound.
import { hashOfKey } from './query-hash'

/** Proxies take 8 KiB of an address, and some of it is the path. */
export const MOST_ADDRESS_CHARS = 6_000
/** What the serializer and the batch put around an input. */
const AROUND_CHARS = 1_000

export const isLong = (input: unknown): boolean =>
  encodeURIComponent(hashOfKey([input])).length > MOST_ADDRESS_CHARS - AROUND_CHARS
