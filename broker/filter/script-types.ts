// broker/filter/script-types.ts: filter scripts: a function `match(message)` in JavaScript, uploaded for a consumer group, that
// says of each message whether the group gets it. What the broker's thread and the thread that runs them say to each other.

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
} as const

export const faultKinds = ['error', 'time', 'memory'] as const
export type FaultKind = (typeof faultKinds)[number]

export const Judged = { leftOut: 0, passed: 1, fault: 2 } as const

export type ToScriptThread =
  | { type: 'load'; group: string; source: string; timeLimitMs: number }
  | { type: 'forget'; group: string }
  /** Whether a source can be used at all. */
  | { type: 'try'; id: number; source: string; timeLimitMs: number }
  /** Records as they are stored, one behind the other. */
  | { type: 'judge'; id: number; group: string; records: Uint8Array }
export type FromScriptThread =
  /** It can be asked: what came before is answered now. */
  | { type: 'ready' }
  | { type: 'tried'; id: number; fault: string | undefined }
  /** A `Judged` for each record. `hardInRow`: how many of the last ones ran out of time or memory, without a gap. */
  | { type: 'judged'; id: number; verdicts: Uint8Array; fault: string | undefined; hardInRow: number }
