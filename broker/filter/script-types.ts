// broker/filter/script-types.ts: filter scripts: a function `match(message)` in JavaScript, uploaded for a consumer group, that
// says of each message whether the group gets it. What the broker's thread and those that run them say to each other.

export interface FilterScript {
  readonly group: string
  readonly source: string
  /** What becomes of a message that it cannot judge: delivered ('open') or left out ('closed'). */
  readonly onFault: 'open' | 'closed'
  /** For one message. */
  readonly timeLimitMs: number
  /** Also its version. */
  readonly updatedAtMs: number
}

/** Since the broker's start, or since the script was replaced. */
export interface ScriptFigures {
  passed: number
  leftOut: number
  faults: number
  lastFault: string
  lastFaultAtMs: number
  /** It failed so often in a row, or so badly, that it is not asked until then. */
  restsUntilMs: number
}

export const scriptLimits = {
  sourceBytes: 64 * 1024,
  scripts: 100,
  timeLimitMs: { least: 1, most: 1000, usual: 20 },
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 256 * 1024,
  /** A longer body is not handed to a script. */
  bodyBytes: 4 * 1024 * 1024,
  /** A script that broke its bounds for so many messages one after the other rests. */
  overrunsInRow: 10,
} as const

export const faultKinds = ['error', 'time', 'memory'] as const
export type FaultKind = (typeof faultKinds)[number]

/** `overrun`: a fault, by which a bound was broken. `unasked`: it broke its bounds so often that nobody asked any more. */
export const Judged = { leftOut: 0, passed: 1, fault: 2, overrun: 3, unasked: 4 } as const

export type ToScriptThread =
  | { type: 'load'; group: string; source: string; timeLimitMs: number }
  | { type: 'forget'; group: string }
  /** Whether a source can be used at all, and what it says of a record as it is stored. */
  | { type: 'try'; id: number; source: string; timeLimitMs: number; record?: Uint8Array }
  /** Records as they are stored, one behind the other. */
  | { type: 'judge'; id: number; group: string; records: Uint8Array }
export type FromScriptThread =
  /** It can be asked: what came before is answered now. */
  | { type: 'ready' }
  /** `passes`: left out without a record, and with a fault. */
  | { type: 'tried'; id: number; fault: string | undefined; passes?: boolean }
  /** A `Judged` for each record. */
  | { type: 'judged'; id: number; verdicts: Uint8Array; fault: string | undefined }
