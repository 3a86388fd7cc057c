// server/shared/inputs/audit.ts: what is asked of the audit log. Pure.
import { z } from '../zod'
import { clusterId, list, time } from './common'

const auditFilter = {
  q: list.q,
  who: z.string().max(120).optional(),
  action: z.string().max(120).optional(),
  cluster: clusterId.optional(),
  result: z.enum(['ok', 'partial', 'failed']).optional(),
  from: time.optional(),
  to: time.optional(),
}
export const auditListInput = z.object({ ...list, ...auditFilter })
export const auditExportInput = z.object(auditFilter)
export type AuditFilter = z.infer<typeof auditExportInput>
export type AuditListInput = z.infer<typeof auditListInput>
