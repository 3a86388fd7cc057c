// broker/store/index.ts: the room's door. Everything else here is its own business.
export { openMessageStore } from './message-store'
export * from './types'
