// server/doctor/say.ts: how a check says what it found.
import type { Finding } from '../shared/doctor'
import type { DoctorCheck, DoctorSection } from '../shared/views'

export type Say = (finding: Finding, who: string, values?: Record<string, string | number>) => void
export const sayingTo =
  (checks: DoctorCheck[], section: DoctorSection): Say =>
  (finding, who, values = {}) => {
    checks.push({ section, finding, who, values })
  }
