'use client'
// components/shell/login-form.tsx: name and password. It is here and not with the login page because the frame asks for the
// password too, when a session has ended.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Me } from '../../server/shared/views'
import { useFormat } from '../format'
import { usePreferences } from '../i18n/preferences'
import { useTRPC } from '../trpc/client'
import { faultOf } from '../trpc/fault'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { Mark } from '../ui/mark'
import { useFaultWords } from './fault'

export function LoginForm({ name: fixedName, onDone }: { name?: string | undefined; onDone: (me: Me) => void }) {
  const t = useTranslations('shell.login')
  const format = useFormat()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const words = useFaultWords()
  const { language, change } = usePreferences()
  const [name, setName] = useState(fixedName ?? '')
  const [password, setPassword] = useState('')
  const [lockedUntil, setLockedUntil] = useState(0)
  const leftMs = useCountdown(lockedUntil)

  const login = useMutation(
    trpc.auth.login.mutationOptions({
      onSuccess: (me) => {
        const { settings } = me
        change({
          language: settings.language ?? language,
          zone: settings.zone,
          theme: settings.theme,
          density: settings.density,
        })
        cache.setQueryData(trpc.auth.state.queryKey(), (state) => (state ? { ...state, me } : state))
        onDone(me)
      },
      onError: (error) => {
        setPassword('')
        const waitMs = faultOf(error)?.waitMs
        if (waitMs) setLockedUntil(Date.now() + waitMs)
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!login.isPending && leftMs === 0 && name && password) login.mutate({ name: name.trim(), password })
  }
  const fault = login.error ? words(login.error) : null
  return (
    <form onSubmit={submit} className="flex flex-col gap-3.5">
      <Field label={t('name')}>
        <Input
          size="lg"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus={!fixedName}
          value={name}
          readOnly={fixedName !== undefined}
          onChange={(event) => setName(event.target.value)}
          required
        />
      </Field>
      <Field label={t('password')}>
        <Input
          size="lg"
          type="password"
          name="password"
          autoComplete="current-password"
          autoFocus={fixedName !== undefined}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          required
        />
      </Field>
      {leftMs > 0 ? (
        <p role="alert" className="flex items-start gap-1.5 text-sm text-warn">
          <Mark state="warn" className="mt-[3px]" />
          {t('lockedOut', { wait: format.duration(Math.ceil(leftMs / 1000) * 1000) })}
        </p>
      ) : fault ? (
        <p role="alert" className="flex items-start gap-1.5 text-sm text-crit">
          <Mark state="crit" className="mt-[3px]" />
          <span>
            {fault.title} <span className="text-ink-2">{fault.todo}</span>
          </span>
        </p>
      ) : null}
      <Button look="primary" size="lg" type="submit" busy={login.isPending} disabled={leftMs > 0}>
        {t('signIn')}
      </Button>
    </form>
  )
}

/** Milliseconds until then, moving once a second; 0 when it has passed. */
function useCountdown(until: number): number {
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (until === 0) return
    setNow(Date.now())
    const timer = setInterval(() => {
      setNow(Date.now())
      if (Date.now() >= until) clearInterval(timer)
    }, 1000)
    return () => clearInterval(timer)
  }, [until])
  return now === 0 ? 0 : Math.max(0, until - now)
}
