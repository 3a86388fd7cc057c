// server/shared/views/fault.ts: what the browser gets when something went wrong: `error.data.fault` of every tRPC error. Types only.
import type { Reason } from '../known'
import type { Right } from '../rights'
import type { DeletePreview, RedrivePreview, ResetPreview } from './change'
import type { WaitingActPreview } from './waiting'

/** What a drift brings along: the preview as it is now. */
export type GravePreview = ResetPreview | DeletePreview | RedrivePreview | WaitingActPreview
/** A closed list: each kind has its text in both languages; `text` and `todo` are the English ones, filled in. */
export type FaultKind =
  | 'not-signed-in'
  | 'not-allowed'
  | 'bad-input'
  | 'locked-out'
  | 'wrong-password'
  | 'token-wrong'
  | 'token-used'
  | 'already-set-up'
  | 'not-found'
  | 'exists'
  | 'read-only'
  | 'trying'
  | 'production'
  | 'drift'
  | 'preview-expired'
  | 'confirm-mismatch'
  | 'not-supported'
  | 'broker-silent'
  | 'broker-busy'
  | 'broker-refused'
  | 'namesrv-silent'
  | 'no-permission'
  | 'client-offline'
  | 'budget'
  | 'internal'
export interface Fault {
  kind: FaultKind
  /** What happened, in plain words. */
  text: string
  /** What to do about it. */
  todo: string
  /** RocketMQ's response code and remark, when a broker or name server answered so. */
  code: number | null
  codeName: string | null
  remark: string | null
  /** Who was asked, `broker-a:0 127.0.0.1:10911`. */
  peer: string | null
  /** How long to wait, for a lock-out. */
  waitMs: number | null
  /** The right that is missing, for `not-allowed`. */
  right: Right | null
  /** With `drift`: the preview made anew. */
  preview: GravePreview | null
}
/** What did not answer, for a region's foot. */
export interface Missing {
  /** `broker-b:0`, or a name server's address. */
  who: string
  reason: Reason
  sinceMs: number | null
  /** What it touches, in the words of the page: topics, queues, sums. */
  touches: number
}
