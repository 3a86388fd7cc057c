// components/audit/audit-csv.ts: the audit log as CSV: ISO times, everything as it was written.
import type { AuditRow } from '../../server/shared/views'

export const auditCsv = [
  { name: 'id', value: (row: AuditRow) => row.id },
  { name: 'at', value: (row: AuditRow) => new Date(row.at).toISOString() },
  { name: 'who', value: (row: AuditRow) => row.who },
  { name: 'from', value: (row: AuditRow) => row.from },
  { name: 'cluster', value: (row: AuditRow) => row.cluster },
  { name: 'action', value: (row: AuditRow) => row.action },
  { name: 'object', value: (row: AuditRow) => row.object },
  { name: 'before', value: (row: AuditRow) => row.before },
  { name: 'after', value: (row: AuditRow) => row.after },
  { name: 'reason', value: (row: AuditRow) => row.reason },
  { name: 'result', value: (row: AuditRow) => row.result },
  { name: 'error', value: (row: AuditRow) => row.error },
  { name: 'tookMs', value: (row: AuditRow) => row.tookMs },
] as const
