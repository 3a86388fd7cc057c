// broker/store/open.ts: opens a store, recovering what is there, and takes the folder's lock. Throws StoreError.
import { createMessageStore } from './message-store'
import { openParts } from './parts'
import type { OpenMessageStore } from './types'

export const openMessageStore: OpenMessageStore = async (options) =>
  createMessageStore(options, await openParts(options))
