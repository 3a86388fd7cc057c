// components/audit/audit-range.ts: spans one looks back in the audit log, and from when they reach. Pure.

export const auditRanges = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
} as const
export type AuditRange = keyof typeof auditRanges
export const auditRangeNames = Object.keys(auditRanges) as readonly AuditRange[] // keys of a const object are exactly AuditRange

const STEP_MS = 60_000
/** To the minute: a question that moves with every millisecond would never be the same twice. */
export const rangeStart = (range: AuditRange, now: number): number =>
  Math.floor((now - auditRanges[range]) / STEP_MS) * STEP_MS

/** What was asked, one field a line where it is JSON; any other text as it is. */
export const readable = (text: string): string => {
  if (!/^[{[]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text // cut at its length limit
  }
}
