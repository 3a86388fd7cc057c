'use client'
// components/trpc/refresh.tsx: the one clock that refreshes a page: live, 5 s, 15 s, 60 s or off. Hidden tabs pause and catch
// up on return; never two in flight.
import { notifyManager, type Query, useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'

export const refreshModes = ['live', '5', '15', '60', 'off'] as const
export type RefreshMode = (typeof refreshModes)[number]
const KEPT_AS = 'rocketdeck.refresh'
/** Live pages are pushed to; what no subscription feeds is asked at the sampler's own pace. */
const LIVE_TURN_SECONDS = 5

interface Refresh {
  readonly mode: RefreshMode
  readonly change: (mode: RefreshMode) => void
  readonly now: () => void
  /** Subscriptions run while this holds. */
  readonly live: boolean
}
const Context = createContext<Refresh | null>(null)

const onVisibility = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
export const useVisible = (): boolean =>
  useSyncExternalStore(
    onVisibility,
    () => document.visibilityState === 'visible',
    () => true,
  )

const moves = (query: Query) => query.getObserversCount() > 0 && query.meta?.still !== true

export function RefreshProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [mode, setMode] = useState<RefreshMode>('live')
  const visible = useVisible()

  useEffect(() => {
    const kept = localStorage.getItem(KEPT_AS)
    const found = refreshModes.find((known) => known === kept)
    if (found) setMode(found)
  }, [])
  const change = useCallback((next: RefreshMode) => {
    localStorage.setItem(KEPT_AS, next)
    setMode(next)
  }, [])

  const now = useCallback(() => {
    void client.refetchQueries({ type: 'active', predicate: moves }, { cancelRefetch: false })
  }, [client])

  useEffect(() => {
    if (mode === 'off' || !visible) return
    const seconds = mode === 'live' ? LIVE_TURN_SECONDS : Number(mode)
    const due = (query: Query) =>
      moves(query) && query.state.fetchStatus === 'idle' && !(mode === 'live' && query.meta?.fed)
    const turn = () => void client.refetchQueries({ type: 'active', predicate: due }, { cancelRefetch: false })
    const late = (query: Query) => due(query) && Date.now() - query.state.dataUpdatedAt > seconds * 1000
    void client.refetchQueries({ type: 'active', predicate: late }, { cancelRefetch: false }) // back from a hidden tab
    const timer = setInterval(turn, seconds * 1000)
    return () => clearInterval(timer)
  }, [client, mode, visible])

  const value = useMemo(() => ({ mode, change, now, live: mode === 'live' && visible }), [mode, change, now, visible])
  return <Context value={value}>{children}</Context>
}

export function useRefresh(): Refresh {
  const held = use(Context)
  if (!held) throw new Error('useRefresh outside RefreshProvider')
  return held
}

/** Whether a page's subscriptions should run now: `trpc.x.live.subscriptionOptions(at, { enabled: useLive(), ... })`. */
export const useLive = (): boolean => useRefresh().live

/** When the oldest figure on the page was fetched; null while nothing is there yet. */
export function useOldest(): number | null {
  const client = useQueryClient()
  const cache = client.getQueryCache()
  const subscribe = useCallback((listener: () => void) => cache.subscribe(notifyManager.batchCalls(listener)), [cache])
  const oldest = () => {
    let at: number | null = null
    for (const query of cache.getAll())
      if (moves(query) && query.state.dataUpdatedAt > 0 && (at === null || query.state.dataUpdatedAt < at))
        at = query.state.dataUpdatedAt
    return at
  }
  return useSyncExternalStore(subscribe, oldest, () => null)
}
