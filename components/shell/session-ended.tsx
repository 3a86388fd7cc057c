'use client'
// components/shell/session-ended.tsx: the session is over: a dialog over the page asks for the password, so that what was
// typed into a form is kept.
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { session } from '../trpc/connection'
import { Dialog } from '../ui/dialog'
import { useMe } from './cluster'
import { LoginForm } from './login-form'

export function SessionEnded() {
  const t = useTranslations('shell')
  const cache = useQueryClient()
  const me = useMe()
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
      <LoginForm
        name={me?.name}
        onDone={() => {
          session.restored()
          void cache.invalidateQueries()
        }}
      />
    </Dialog>
  )
}
