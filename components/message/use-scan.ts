'use client'
// components/message/use-scan.ts: runs a streaming search: starts with its question, stops when told, goes on from where its
// budget ended. One at a time; a new question drops the old one.
import { skipToken } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useEffect, useReducer, useState } from 'react'
import type { ScanInput } from '../../server/shared/inputs'
import type { ScanEvent } from '../../server/shared/views'
import { useTRPC } from '../trpc/client'
import { goOn, newScan, type ScanState, scanned } from './scan-state'

export interface Budget {
  readonly messages: number
  readonly ms: number
}
type Act = { type: 'new' } | { type: 'go-on' } | { type: 'event'; event: ScanEvent } | { type: 'stop' }

const reduce = (state: ScanState, act: Act): ScanState => {
  switch (act.type) {
    case 'new':
      return newScan()
    case 'go-on':
      return goOn(state)
    case 'event':
      return scanned(state, act.event)
    case 'stop':
      return state.phase === 'ended'
        ? state
        : {
            ...state,
            phase: 'ended',
            end: {
              type: 'end',
              why: 'stopped',
              scanned: state.scanned,
              matched: state.matched,
              elapsedMs: state.elapsedMs,
              bodiesUnread: 0,
              notRead: [],
              cursor: null,
            },
          }
  }
}

export interface Scan {
  readonly state: ScanState
  readonly error: unknown
  readonly stop: () => void
  readonly again: () => void
  /** Null while there is nothing to go on with. */
  readonly goOn: (() => void) | null
}

export const useScan = (input: ScanInput | null, budget: Budget): Scan => {
  const trpc = useTRPC()
  const [state, act] = useReducer(reduce, undefined, newScan)
  const [run, setRun] = useState(0)
  const [cursor, setCursor] = useState<ScanInput['cursor']>(undefined)
  const [error, setError] = useState<unknown>(null)
  const question = JSON.stringify(input, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

  // biome-ignore lint/correctness/useExhaustiveDependencies: a question that reads the same is the same question
  useEffect(() => {
    act({ type: 'new' })
    setCursor(undefined)
    setError(null)
    setRun((before) => before + 1)
  }, [question])

  const running = input !== null && state.phase === 'running' && error === null
  const asked =
    input !== null && running ? { ...input, budget, ...(cursor === undefined ? {} : { cursor }) } : skipToken
  const options = trpc.message.scan.subscriptionOptions(asked, {
    onData: (event) => act({ type: 'event', event }),
    onError: (failure) => setError(failure),
  })
  // The run is part of the key: the same question asked again is a new stream.
  useSubscription({ ...options, queryKey: [...options.queryKey, { run }] as unknown as typeof options.queryKey }) // a key is a list; its type names its parts

  const held = state.end?.cursor ?? null
  return {
    state,
    error,
    stop: () => act({ type: 'stop' }),
    again: () => {
      act({ type: 'new' })
      setCursor(undefined)
      setError(null)
      setRun((before) => before + 1)
    },
    goOn:
      held === null
        ? null
        : () => {
            setCursor(held)
            act({ type: 'go-on' })
            setRun((before) => before + 1)
          },
  }
}
