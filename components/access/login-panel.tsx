'use client'
// components/access/login-panel.tsx: the login page. Whoever is signed in already goes on at once; a console without any
// account goes to set-up.
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { isSignOnFault } from '../../server/shared/sign-on'
import { safeNext } from '../shell/address'
import { LoginForm } from '../shell/login-form'
import { SignOnLink } from '../shell/sign-on-link'
import { useTRPC } from '../trpc/client'
import { session } from '../trpc/connection'
import { Mark } from '../ui/mark'
import { Door } from './door'

export function LoginPanel({ next, fault }: { next: string | null; fault: string | null }) {
  const t = useTranslations('access')
  const trpc = useTRPC()
  const router = useRouter()
  const state = useQuery(trpc.auth.state.queryOptions(undefined, { meta: { still: true } }))
  const where = state.data ? (!state.data.setUp ? '/setup' : state.data.me ? safeNext(next) : null) : null
  useEffect(() => {
    if (where) router.replace(where)
  }, [where, router])
  return (
    <Door
      aside={<p className="mt-3 text-sm text-ink-3">{t('what')}</p>}
      foot={state.data ? t('version', { version: state.data.version }) : null}
    >
      <div className="max-w-80">
        <h1 className="mb-6 text-3xl font-semibold tracking-[-0.02em]">{t('signIn')}</h1>
        {fault !== null && isSignOnFault(fault) ? (
          <p role="alert" className="mb-5 flex items-start gap-1.5 text-sm text-crit">
            <Mark state="crit" className="mt-[3px]" />
            <span>
              {t(`signOn.${fault}.title`)} <span className="text-ink-2">{t(`signOn.${fault}.todo`)}</span>
            </span>
          </p>
        ) : null}
        {state.data?.singleSignOn ? (
          <div className="mb-5 flex flex-col gap-5 border-b border-hair pb-5">
            <SignOnLink label={state.data.singleSignOn} next={safeNext(next)} />
          </div>
        ) : null}
        <LoginForm
          onDone={() => {
            session.restored()
            router.replace(safeNext(next))
          }}
        />
      </div>
    </Door>
  )
}
