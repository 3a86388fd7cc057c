// broker/processor/admin-auth.ts: tools make, change and show users and policies (3001-3010). The answers are the auth
// room's; a broker and a name server give the same.
import { type Accounts, authAnswers } from '../auth'
import type { HandlerTable } from './context'

export const authHandlers = (accounts: Accounts, isGuarded: boolean): HandlerTable => authAnswers(accounts, isGuarded)
