// server/shared/views.ts: everything a page gets, as types, a file per noun. Figures are Known (with an age) or unknown
// (with a reason); offsets have 64 bits and are bigint from end to end (superjson carries them).

export type * from './views/access'
export type * from './views/acl'
export type * from './views/alarm'
export type * from './views/broker'
export type * from './views/change'
export type * from './views/cluster'
export type * from './views/doctor'
export type * from './views/fault'
export type * from './views/figures'
export type * from './views/group'
export type * from './views/job'
export type * from './views/message'
export type * from './views/metrics'
export type * from './views/topic'
export type * from './views/trace'
export type * from './views/waiting'
