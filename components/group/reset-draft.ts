// components/group/reset-draft.ts: what was typed in step 2 of a reset, and what it means as a target, or why it means none. Pure: the
// wizard holds it, tests read it.
import type { QueueOffset, QueueRef, ResetTarget } from '../../server/shared/views'
import { queueKey } from './reset-plan'

export const targetKinds = ['time', 'earliest', 'latest', 'shift', 'offsets', 'group', 'snapshot', 'csv'] as const
export type TargetKind = (typeof targetKinds)[number]
/** What was typed or chosen, kind by kind; it is read into a target when the preview is asked. */
export interface TargetDraft {
  readonly kind: TargetKind
  readonly time: string
  readonly by: string
  readonly offsets: Readonly<Record<string, string>>
  readonly from: string
  /** The id of a snapshot. */
  readonly snapshot: string
  readonly csv: string
}
export type CsvFault = 'columns' | 'offset' | 'queue' | 'twice'
export type Problem =
  | { readonly of: 'time' | 'future' | 'shift' | 'offsets' | 'group' | 'snapshot' | 'empty' }
  | { readonly of: CsvFault; readonly line: number }

const OFFSET = /^\d{1,19}$/
const MOST_OFFSET = 2n ** 63n - 1n
const offsetOf = (text: string): bigint | null => {
  const bare = text.replaceAll(/[\s,]/g, '')
  return OFFSET.test(bare) && BigInt(bare) <= MOST_OFFSET ? BigInt(bare) : null
}

export const readTarget = (
  draft: TargetDraft,
  chosen: readonly QueueRef[],
  parseTime: (text: string) => number | undefined,
  now: number = Date.now(),
): { target: ResetTarget } | { problem: Problem } => {
  switch (draft.kind) {
    case 'time': {
      const at = parseTime(draft.time)
      if (at === undefined) return { problem: { of: 'time' } }
      return at > now + 60_000 ? { problem: { of: 'future' } } : { target: { kind: 'time', at } }
    }
    case 'earliest':
    case 'latest':
      return { target: { kind: draft.kind } }
    case 'shift':
      return /^[+-]?\d{1,15}$/.test(draft.by.trim()) && Number(draft.by) !== 0
        ? { target: { kind: 'shift', by: Number(draft.by) } }
        : { problem: { of: 'shift' } }
    case 'offsets': {
      const offsets: QueueOffset[] = []
      for (const { topic, broker, queueId } of chosen) {
        const text = (draft.offsets[queueKey({ topic, broker, queueId })] ?? '').trim()
        if (text === '') continue
        const offset = offsetOf(text)
        if (offset === null) return { problem: { of: 'offsets' } }
        offsets.push({ topic, broker, queueId, offset })
      }
      return offsets.length === 0 ? { problem: { of: 'offsets' } } : { target: { kind: 'offsets', offsets } }
    }
    case 'group':
      return draft.from.trim() === ''
        ? { problem: { of: 'group' } }
        : { target: { kind: 'group', group: draft.from.trim() } }
    case 'snapshot':
      return draft.snapshot === ''
        ? { problem: { of: 'snapshot' } }
        : { target: { kind: 'snapshot', id: draft.snapshot } }
    case 'csv': {
      const read = readCsv(draft.csv, chosen)
      return 'problem' in read ? read : { target: { kind: 'offsets', offsets: [...read.offsets] } }
    }
  }
}

const HEAD = ['topic', 'broker', 'queue', 'offset']
const cellsOf = (line: string): string[] =>
  line
    .split(line.includes('\t') ? '\t' : line.includes(';') ? ';' : ',')
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))

/** Lines of topic, broker, queue, offset, with or without a head; parted by commas, semicolons or tabs, as spreadsheets copy them. */
export const readCsv = (
  text: string,
  chosen: readonly QueueRef[],
): { offsets: readonly QueueOffset[] } | { problem: Problem } => {
  const known = new Map(chosen.map((queue) => [queueKey(queue), queue]))
  const found = new Map<string, QueueOffset>()
  for (const [place, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue
    const [topic = '', broker = '', queue = '', offsetText = '', ...more] = cellsOf(line)
    const fault = (of: CsvFault) => ({ problem: { of, line: place + 1 } })
    if (HEAD.every((name, column) => [topic, broker, queue, offsetText][column]?.toLowerCase() === name)) continue
    if (offsetText === '' || more.some((cell) => cell !== '')) return fault('columns')
    const offset = OFFSET.test(offsetText) ? offsetOf(offsetText) : null
    if (offset === null) return fault('offset')
    const ref = known.get(queueKey({ topic, broker, queueId: /^\d{1,6}$/.test(queue) ? Number(queue) : -1 }))
    if (ref === undefined) return fault('queue')
    const key = queueKey(ref)
    if (found.has(key)) return fault('twice')
    found.set(key, { topic: ref.topic, broker: ref.broker, queueId: ref.queueId, offset })
  }
  return found.size === 0 ? { problem: { of: 'empty' } } : { offsets: [...found.values()] }
}
/** Such lines of what is known of queues: to be changed and read again, or kept. */
export const csvOf = (queues: readonly (QueueRef & { offset: bigint | null })[]): string =>
  [
    HEAD.join(','),
    ...queues.flatMap(({ topic, broker, queueId, offset }) =>
      offset === null ? [] : [[topic, broker, queueId, offset].join(',')],
    ),
  ].join('\n')
