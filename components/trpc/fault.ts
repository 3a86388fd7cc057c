// components/trpc/fault.ts: reads what the server said about a failure. What never arrived there has no fault: it is the
// connection that failed.
import { TRPCClientError } from '@trpc/client'
import type { Fault } from '../../server/shared/views'

/** The server puts it beside every error; anything else that was thrown has none. */
export function faultOf(error: unknown): Fault | null {
  if (!(error instanceof TRPCClientError)) return null
  const data: unknown = error.data
  if (typeof data !== 'object' || data === null || !('fault' in data)) return null
  const { fault } = data
  // The error formatter of server/trpc/procedure.ts writes this field and nothing else does.
  return typeof fault === 'object' && fault !== null && 'kind' in fault ? (fault as Fault) : null
}

/** No answer of the console: it is down, restarting, or something between does not let us through. */
export const isUnreachable = (error: unknown): boolean => error instanceof TRPCClientError && !error.data

/** One line for toasts and copied details, in the server's own English. */
export function faultText(error: unknown): string {
  const fault = faultOf(error)
  if (!fault) return error instanceof Error ? error.message : String(error)
  const code = fault.code === null ? '' : ` (${[fault.code, fault.codeName, fault.remark].filter(Boolean).join(' ')})`
  return `${fault.text}${code}`
}
