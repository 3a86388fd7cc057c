// broker/processor/paging.ts: a page of a long table for codes 21 and 201: from a place in it, under a version. Whoever
// holds another version starts again at the first row.
import type { DataVersion } from '../catalog/types'
import { dataVersion, readBody, sameVersion } from '../protocol/bodies'
import { excerpt, ProtocolError } from '../protocol/errors'

export interface PageAsked {
  from: number | undefined
  /** DataVersion as JSON text. */
  version: string | undefined
  count: number | undefined
  most: number
}
interface Paged<T> {
  readonly version: DataVersion
  all(): Iterable<T>
}

/** All rows when nothing of it is asked, as old tools do. */
export function* pageOf<T>(table: Paged<T>, { from, version, count, most }: PageAsked): Generator<T> {
  if (from === undefined && version === undefined && count === undefined) return yield* table.all()
  if (count !== undefined && count < 0) throw new ProtocolError('bad-field', `a page of ${count} rows`)
  const start = version !== undefined && version !== '' && isSame(version, table.version) ? Math.max(0, from ?? 0) : 0
  const end = start + Math.min(most, count ?? most)
  let at = 0
  for (const row of table.all()) {
    if (at >= end) return
    if (at >= start) yield row
    at += 1
  }
}

function isSame(text: string, held: DataVersion): boolean {
  try {
    return sameVersion(readBody(dataVersion, text), held)
  } catch {
    throw new ProtocolError('bad-field', `the custom field <dataVersion> is no version: ${excerpt(text)}`)
  }
}
