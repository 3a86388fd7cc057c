// server/shared/errors.ts: the two ways a question can fail. DeskError: the console says no. PeerError: a broker or
// name server answered with a fault, or did not answer. server/trpc/faults.ts turns both into what the browser sees.
import type { Right } from './rights'
import type { SignOnFault } from './sign-on'
import type { FaultKind, GravePreview } from './views'

export interface DeskErrorDetails {
  todo?: string
  waitMs?: number
  right?: Right
  preview?: GravePreview
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

/** Why somebody who comes from the provider is not let in; the text is for the log. */
export class SignOnError extends Error {
  override readonly name = 'SignOnError'
  readonly fault: SignOnFault
  /** As whom the provider knows them; null: it has not said so yet. */
  readonly who: string | null
  constructor(fault: SignOnFault, text: string, options: ErrorOptions & { who?: string } = {}) {
    super(text, options)
    this.fault = fault
    this.who = options.who ?? null
  }
}

/** silent: no answer within the time. refused: nobody listens there. answered: it did, with a code other than 0. */
export type PeerFault = 'silent' | 'refused' | 'garbled' | 'answered'
export interface PeerAnswer {
  kind: FaultKind
  code: number
  codeName: string | null
  remark: string | null
}
export class PeerError extends Error {
  override readonly name = 'PeerError'
  readonly fault: PeerFault
  readonly peer: string
  /** RocketMQ's code and remark; null unless answered. */
  readonly answer: PeerAnswer | null
  constructor(fault: PeerFault, peer: string, text: string, answer?: PeerAnswer, options?: ErrorOptions) {
    super(text, options)
    this.fault = fault
    this.peer = peer
    this.answer = answer ?? null
  }
}
export const answeredWith = (error: unknown, ...codes: number[]): boolean =>
  error instanceof PeerError && error.answer !== null && codes.includes(error.answer.code)

/** In a line, for a result row or a log. */
export const oneLine = (error: unknown): string => {
  if (error instanceof PeerError && error.answer !== null)
    return (
      `${error.answer.code} ${error.answer.remark ?? error.answer.codeName ?? ''}`
        .trim()
        .split('\n')[0]
        ?.slice(0, 400) ?? ''
    )
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 400) ?? ''
}
