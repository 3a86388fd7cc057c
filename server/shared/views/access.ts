// server/shared/views/access.ts: who is signed in, their settings and sessions, and what was done. Types only.
import type { Right, Role } from '../rights'

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
  role: Role
  rights: Right[]
  settings: Settings
  signedInAt: number
}
export interface AuthState {
  setUp: boolean
  me: Me | null
  version: string
}
export interface SessionRow {
  id: string
  current: boolean
  createdAt: number
  lastSeenAt: number
  address: string
  agent: string
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
