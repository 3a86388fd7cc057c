'use client'
// components/access/setup-wizard.tsx: the first run: the first admin, how they see the console, and where clients connect.
// The token comes in the address's fragment, which no server and no proxy gets to see, and is taken out of it at once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { Link, LinkButton } from '../ui/link'
import { Door } from './door'
import { SetupAdmin } from './setup-admin'
import { SetupDone } from './setup-done'
import { SetupLooks } from './setup-looks'
import { type Step, Steps } from './steps'

const places = ['admin', 'looks', 'connect'] as const
type At = (typeof places)[number]

export function SetupWizard() {
  const t = useTranslations('access')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const { language, zone, theme, density } = usePreferences()
  const state = useQuery(trpc.auth.state.queryOptions(undefined, { meta: { still: true } }))
  // In the address, so that whoever leaves at the second step comes back to it.
  const [at, setAt] = useQueryState('step', parseAsStringLiteral(places).withDefault('admin'))
  const [token, setToken] = useState('')
  const [admin, setAdmin] = useState('')
  const save = useMutation(trpc.auth.settings.mutationOptions()).mutate

  useEffect(() => {
    const take = () => {
      const found = new URLSearchParams(window.location.hash.slice(1)).get('token')
      if (!found) return
      setToken(found)
      window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    }
    take()
    // Whoever opened this page without it pastes the address that has it: then the fragment alone changes.
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [])

  const steps: readonly (Step & { id: At })[] = [
    { id: 'admin', title: t('step.admin'), note: admin || t('step.adminNote') },
    { id: 'looks', title: t('step.looks'), note: t('step.looksNote') },
    { id: 'connect', title: t('step.connect'), note: t('step.connectNote') },
  ]
  const place = steps.findIndex(({ id }) => id === at)
  // The later steps are an admin's own: without a session they lead to the first one, or to the login.
  const already = state.data?.setUp === true && (at === 'admin' || state.data.me === null)
  return (
    <Door aside={<Steps steps={steps} at={place} />} foot={at === 'admin' && !already ? t('tokenFoot') : undefined}>
      {already ? (
        <div className="max-w-md">
          <h1 className="text-3xl font-semibold tracking-[-0.02em]">{t('already')}</h1>
          <p className="mt-3 mb-5 text-ink-2">{t('alreadyNote')}</p>
          {state.data?.me?.rights.includes('console.admin') ? (
            <p className="mb-2">
              <LinkButton onClick={() => void setAt('looks')}>{t('goOn')}</LinkButton>
            </p>
          ) : null}
          <Link href={state.data?.me ? '/' : '/login'}>{state.data?.me ? t('openConsole') : t('signIn')}</Link>
        </div>
      ) : at === 'admin' || state.data?.me == null ? (
        <SetupAdmin
          token={token}
          onToken={setToken}
          onDone={(me) => {
            setAdmin(me.name)
            cache.setQueryData(trpc.auth.state.queryKey(), (before) =>
              before ? { ...before, setUp: true, me } : before,
            )
            void setAt('looks')
          }}
        />
      ) : at === 'looks' ? (
        <SetupLooks
          onDone={() => {
            save({ language, zone, theme, density })
            void setAt('connect')
          }}
        />
      ) : (
        <SetupDone onOpen={() => router.push('/')} />
      )}
    </Door>
  )
}
