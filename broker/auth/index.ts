// broker/auth/index.ts: the door of this room.

export { type Accounts, openAccounts } from './accounts'
export { addressSet, isAddressOrNetwork } from './addresses'
export { followAccounts } from './followed'
export { createGuard, type Guard } from './guard'
export { openPlainAcl, type PlainAcl } from './plain-acl'
export { authAnswers } from './requests'
export { AuthError } from './types'
