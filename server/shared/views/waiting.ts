// server/shared/views/waiting.ts: messages that wait: for a decision, or for their time; and what is shown before one of them
// is decided or called back. Types only.
import type { Known } from '../known'
import type { Missing } from './fault'
import type { Offset } from './figures'

/** What a message that waits has in common with all others, whatever it waits for. */
export interface WaitingMessage {
  broker: string
  queueOffset: Offset
  /** Of the stored copy that waits. */
  offsetId: string
  uniqueId: string | null
  /** Where it goes once it waits no longer. */
  topic: string
  keys: string[]
  tag: string | null
  bornAt: number
}
export interface HalfRow extends WaitingMessage {
  producerGroup: string
  checks: number
  /** Not before this is it asked about. */
  nextCheckAt: number
  /** Producers of its group that this broker can ask. */
  producers: Known<number>
}
export interface HalfList {
  /** Without an answer yet, the oldest first. */
  open: HalfRow[]
  /** Asked about too often, or too old: set aside until somebody resumes them. */
  setAside: HalfRow[]
  /** transactionCheckMax of the brokers; null where they differ. */
  checksMax: number | null
  checkEveryMs: number | null
  /** Not all were read: there are more than are read at once. */
  more: boolean
  missing: Missing[]
  at: number
}
export interface DelayLevel {
  level: number
  delayMs: number
  waiting: number
  /** How long the first one is past its time; 0 when it is not. */
  lateMs: number
  /** When the first one is due; null when none waits. */
  firstDueAt: number | null
}
export interface TimedRow extends WaitingMessage {
  /** The slot in which it waits: up to a second before its time. */
  dueAt: number
  /** The time it was sent for. */
  deliverAt: number
  /** Why it cannot be called back. */
  fixed: 'off' | 'no-id' | 'too-soon' | null
}
export interface TimerHealth {
  broker: string
  /** Null: this broker has no timers, or does not tell. */
  behindMs: number | null
  waiting: number | null
  recall: boolean
}
export interface Timetable {
  levels: DelayLevel[]
  timed: TimedRow[]
  timers: TimerHealth[]
  /** How many of the timer's queue were looked through, of how many it keeps. */
  read: number
  kept: number
  missing: Missing[]
  at: number
}

export type WaitingAct = 'commit' | 'rollback' | 'resume' | 'recall'
export interface WaitingActRow extends WaitingMessage {
  /** As it was asked for. */
  key: string
  producerGroup: string
  dueAt: number | null
  /** The time it was sent for. */
  deliverAt: number | null
  /** Why it is left out. */
  note: 'gone' | 'fixed' | null
  changed: boolean
}
export interface WaitingActPreview {
  kind: 'waiting'
  id: string
  act: WaitingAct
  /** What must be typed: the topic when all are of one, else the cluster's id. */
  name: string
  at: number
  rows: WaitingActRow[]
  /** How many will be done. */
  sends: number
  /** Groups that get what is committed. */
  readers: { topic: string; groups: string[] }[]
}
