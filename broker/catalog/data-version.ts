// broker/catalog/data-version.ts: the version of a table, moved on every change so that name servers, slaves and tools
// can see that their copy is old.
import type { DataVersion } from './types'

export const firstVersion = (nowMs: number): DataVersion => ({ counter: 0, stateVersion: 0, timestamp: nowMs })

/** Both move, so that two changes within a millisecond differ too. */
export const nextVersion = (version: DataVersion, nowMs: number): DataVersion => ({
  counter: version.counter + 1,
  stateVersion: version.stateVersion,
  timestamp: nowMs,
})
