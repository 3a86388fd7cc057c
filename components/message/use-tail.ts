'use client'
// components/message/use-tail.ts: new messages of a topic as they are stored: newest first, at most 500 kept. While paused they
// wait and are counted.
import { skipToken } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useCallback, useRef, useState } from 'react'
import type { TailInput } from '../../server/shared/inputs'
import type { MessageRow } from '../../server/shared/views'
import { useTRPC } from '../trpc/client'
import { rowKey } from './scan-state'

const MOST_ROWS = 500

export interface Tail {
  readonly rows: readonly MessageRow[]
  /** Came while paused. */
  readonly waiting: number
  readonly perSecond: number
  readonly dropped: number
  readonly error: unknown
  readonly show: () => void
}
const joined = (fresh: readonly MessageRow[], held: readonly MessageRow[]): readonly MessageRow[] => {
  const seen = new Set(held.map(rowKey))
  return [...fresh.filter((row) => !seen.has(rowKey(row))), ...held]
    .sort((a, b) => b.storedAt - a.storedAt || Number(b.queueOffset - a.queueOffset))
    .slice(0, MOST_ROWS)
}

export const useTail = (input: Omit<TailInput, 'lastEventId'> | null, paused: boolean): Tail => {
  const trpc = useTRPC()
  const [rows, setRows] = useState<readonly MessageRow[]>([])
  const [waiting, setWaiting] = useState<readonly MessageRow[]>([])
  const [pace, setPace] = useState({ perSecond: 0, dropped: 0 })
  const [error, setError] = useState<unknown>(null)
  const isPaused = useRef(paused)
  isPaused.current = paused
  useSubscription(
    trpc.message.tail.subscriptionOptions(input ?? skipToken, {
      onData: (event) => {
        setPace((before) => ({ perSecond: event.perSecond, dropped: before.dropped + event.dropped }))
        if (event.rows.length === 0) return
        if (isPaused.current) setWaiting((held) => [...held, ...event.rows].slice(-MOST_ROWS))
        else setRows((held) => joined(event.rows, held))
      },
      onError: setError,
    }),
  )
  const show = useCallback(() => {
    setWaiting((held) => {
      if (held.length > 0) setRows((before) => joined(held, before))
      return []
    })
  }, [])
  return { rows, waiting: waiting.length, ...pace, error, show }
}
