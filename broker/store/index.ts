// broker/store/index.ts: the room's door. Everything else here is its own business.
export { cutStore } from './cut'
export { logEndOf } from './log-end'
export { openMessageStore } from './open'
export * from './types'
