'use client'
// components/shell/preference-sync.ts: keeps what a person chose with their account, so that another browser starts alike.
// Signing in takes the account's choices over into this browser (login-form.tsx); from then on changes go the other way.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Settings } from '../../server/shared/views'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { useMe } from './cluster'

const SETTLES_MS = 800

/** What differs from the account, or null when nothing does: opening a page must write nothing. */
export function differing(chosen: Partial<Settings>, account: Settings): Partial<Settings> | null {
  const keys = Object.keys(chosen) as (keyof Settings)[] // keys of a Partial<Settings> are keyof Settings
  const changed = keys.filter((key) => chosen[key] !== account[key])
  return changed.length === 0 ? null : Object.fromEntries(changed.map((key) => [key, chosen[key]]))
}

export function usePreferenceSync(cluster: string): void {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const me = useMe()
  const { language, zone, theme, density } = usePreferences()
  const save = useMutation(
    trpc.auth.settings.mutationOptions({
      onSuccess: (settings) =>
        cache.setQueryData(trpc.auth.state.queryKey(), (state) =>
          state?.me ? { ...state, me: { ...state.me, settings } } : state,
        ),
    }),
  ).mutate
  const account = me?.settings
  useEffect(() => {
    if (!account) return
    const changed = differing({ language, zone, theme, density, ...(cluster ? { lastCluster: cluster } : {}) }, account)
    if (!changed) return
    const timer = setTimeout(() => save(changed), SETTLES_MS) // a burst of choices is one write
    return () => clearTimeout(timer)
  }, [account, language, zone, theme, density, cluster, save])
}
