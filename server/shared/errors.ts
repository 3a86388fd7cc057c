// server/shared/errors.ts: the two ways a question can fail. DeskError: the console says no. PeerError: a broker or
// name server answered with a fault, or did not answer. server/trpc/faults.ts turns both into what the browser sees.
import type { Right } from './rights'
import type { DeletePreview, FaultKind, ResetPreview } from './views'

export interface DeskErrorDetails {
  todo?: string
  waitMs?: number
  right?: Right
  preview?: ResetPreview | DeletePreview
}
export class DeskError extends Error {
  override readonly name = 'DeskError'
  readonly kind: FaultKind
  readonly details: DeskErrorDetails
  constructor(kind: FaultKind, text: string, details: DeskErrorDetails = {}, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
    this.details = details
  }
}

/** silent: no answer within the time. refused: nobody listens there. answered: it did, with a code other than 0. */
export type PeerFault = 'silent' | 'refused' | 'answered' | 'garbled'
export class PeerError extends Error {
  override readonly name = 'PeerError'
  readonly fault: PeerFault
  /** RocketMQ's response code; null unless answered. */
  readonly code: number | null
  readonly remark: string | null
  readonly peer: string
  constructor(
    fault: PeerFault,
    peer: string,
    text: string,
    answer?: { code: number; remark: string | null },
    options?: ErrorOptions,
  ) {
    super(text, options)
    this.fault = fault
    this.peer = peer
    this.code = answer?.code ?? null
    this.remark = answer?.remark ?? null
  }
}
/** In a line, for a result row or a log. */
export const oneLine = (error: unknown): string => {
  if (error instanceof PeerError && error.code !== null)
    return `${error.code} ${error.remark ?? ''}`.trim().slice(0, 400)
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 400) ?? ''
}
