'use client'
// components/shell/session-ended.tsx: the session is over: a dialog over the page asks for the password, so that what was
// typed into a form is kept.
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { useTRPC } from '../trpc/client'
import { session } from '../trpc/connection'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { useMe } from './cluster'
import { LoginForm } from './login-form'
import { SignOnLink } from './sign-on-link'

export function SessionEnded() {
  const t = useTranslations('shell')
  const cache = useQueryClient()
  const me = useMe()
  const trpc = useTRPC()
  const state = cache.getQueryData(trpc.auth.state.queryKey())
  const goOn = () => {
    session.restored() // whoever is not signed in after all is asked again
    void cache.invalidateQueries()
  }
  const ended = useSyncExternalStore(session.subscribe, session.hasEnded, () => false)
  return (
    <Dialog
      open={ended}
      onOpenChange={() => undefined}
      stays
      title={t('sessionEnded')}
      description={t('sessionEndedNote')}
      className="w-96"
    >
      {me?.source === 'oidc' && state?.singleSignOn ? (
        <div className="flex flex-col gap-3">
          <SignOnLink label={state.singleSignOn} next="/settings" newTab />
          <Button size="lg" onClick={goOn}>
            {t('sessionGoOn')}
          </Button>
        </div>
      ) : (
        <LoginForm name={me?.name} onDone={goOn} />
      )}
    </Dialog>
  )
}
