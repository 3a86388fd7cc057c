// server/shared/views/doctor.ts: what the connection doctor found. Types only.
import type { Finding } from '../doctor'

export type DoctorSection = 'nameServers' | 'brokers' | 'topic' | 'group' | 'reading'
export interface DoctorCheck {
  section: DoctorSection
  finding: Finding
  /** Whom it is about: an address, a broker, a topic, a group. */
  who: string
  /** For the finding's sentence. */
  values: Record<string, string | number>
}
export interface DoctorReport {
  /** In the order in which a client meets things. */
  checks: DoctorCheck[]
  at: number
  tookMs: number
}
