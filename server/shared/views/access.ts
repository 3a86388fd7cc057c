// server/shared/views/access.ts: who is signed in, their settings and sessions, and what was done. Types only.
import type { GrantOn, Right } from '../rights'

export type Language = 'en' | 'zh'
export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'normal' | 'roomy'
export interface Settings {
  language: Language | null
  theme: Theme
  /** `browser`, `UTC` or an IANA name. */
  zone: string
  density: Density
  hour12: boolean
  singleKeys: boolean
  lastCluster: string | null
}
export interface Me {
  name: string
  /** A built-in role, or the name of one made here. */
  role: string
  /** Held somewhere: on which clusters and names is in `grants`. */
  rights: Right[]
  grants: readonly GrantOn[]
  settings: Settings
  signedInAt: number
  source: AccountSource
  /** Whose rights these are, while an admin looks at the console as somebody else: nothing is changed meanwhile. */
  tryAs: TryAs | null
}
export interface TryAs {
  kind: 'role' | 'user'
  name: string
}
/** `oidc`: a provider says who somebody is, and their groups which role they have. */
export type AccountSource = 'local' | 'oidc'
export interface AuthState {
  setUp: boolean
  me: Me | null
  version: string
  /** What the button for the provider says; null: there is none. */
  singleSignOn: string | null
  /** Whether /metrics is served, which its own answer tells everybody too. */
  servesMetrics: boolean
}
/** The provider as an admin sees it; its secret never leaves. */
export interface OidcSettings {
  issuer: string
  clientId: string
  hasSecret: boolean
  label: string
  scopes: string
  nameClaim: string
  groupClaim: string
  /** The first whose group somebody is in holds; `*`: everybody. */
  roles: readonly { group: string; role: string }[]
}
export interface OidcTest {
  ok: boolean
  /** Where people sign in there, or why it does not work. */
  text: string
  /** A sign-out here ends the session there too. */
  endsSessions: boolean
}
export interface OidcState {
  /** Null: nobody signs in that way. */
  settings: OidcSettings | null
  /** Given at the start of the process: it cannot be changed here. */
  fixed: boolean
  /** What the provider must be told to send people back to. */
  redirectUri: string
}
export interface SessionRow {
  id: string
  current: boolean
  createdAt: number
  lastSeenAt: number
  address: string
  agent: string
}
export interface UserRow {
  id: number
  name: string
  source: AccountSource
  role: string
  /** Rights beyond the built-in role. */
  extra: Right[]
  locked: boolean
  createdAt: number
  lastSeenAt: number | null
  sessions: number
  tokens: number
  /** Who asks: never locked, demoted or deleted by themselves. */
  self: boolean
}
export interface RoleRow {
  name: string
  builtIn: boolean
  grants: readonly GrantOn[]
  users: number
}
export interface TokenRow {
  id: string
  name: string
  /** Whose rights bound it. */
  owner: string
  rights: Right[]
  /** `*`: all. */
  cluster: string
  createdAt: number
  expiresAt: number
  lastUsedAt: number | null
}
/** Who may do something, and by which grant. */
export interface MayRow {
  user: string
  role: string
  may: boolean
  by: GrantOn | null
}
export interface AuditProof {
  /** Lines whose place in the chain was computed again. */
  checked: number
  /** Lines written before there was a chain. */
  unchained: number
  /** The first line that is not what was written, or null. */
  brokenAt: number | null
}
export interface AuditRow {
  id: number
  at: number
  who: string
  from: string
  cluster: string | null
  action: string
  object: string | null
  before: string | null
  after: string | null
  reason: string | null
  result: 'ok' | 'partial' | 'failed'
  error: string | null
  tookMs: number
}
