'use client'
// components/access/setup-admin.tsx: name and password of the first admin. Without the one-time token nobody becomes admin,
// however they reach this page.
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { useTranslations } from 'use-intl'
import type { Me } from '../../server/shared/views'
import { z } from '../../server/shared/zod'
import { usePreferences } from '../i18n/preferences'
import { useFaultWords } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { faultOf } from '../trpc/fault'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { Fault } from '../ui/region'
import { NewPassword } from './new-password'
import { PASSWORD_MIN } from './password-strength'

const form = z
  .object({
    token: z.string().trim().min(1, 'token'),
    name: z
      .string()
      .trim()
      .min(1, 'nameEmpty')
      .max(64, 'nameRule')
      .regex(/^[\w.@-]+$/, 'nameRule'),
    password: z.string().min(PASSWORD_MIN, 'passwordShort').max(256, 'passwordLong'),
    again: z.string(),
  })
  .refine(({ password, again }) => password === again, { path: ['again'], message: 'passwordDiffers' })
type Fields = z.infer<typeof form>
const faults = ['token', 'nameEmpty', 'nameRule', 'passwordShort', 'passwordLong', 'passwordDiffers'] as const

interface SetupAdminProps {
  readonly token: string
  readonly onToken: (token: string) => void
  readonly onDone: (me: Me) => void
}
export function SetupAdmin({ token, onToken, onDone }: SetupAdminProps) {
  const t = useTranslations('access')
  const trpc = useTRPC()
  const words = useFaultWords()
  const { language, zone, theme, density } = usePreferences()
  const { control, handleSubmit, watch, setValue, formState } = useForm<Fields>({
    resolver: zodResolver(form),
    values: { token, name: 'admin', password: '', again: '' },
    resetOptions: { keepDirtyValues: true },
    mode: 'onSubmit', // an error that shows itself on blur would move the button from under the pointer
  })
  // An address that is pasted later wins over what was typed before.
  useEffect(() => {
    if (token) setValue('token', token)
  }, [token, setValue])
  const setup = useMutation(trpc.auth.setup.mutationOptions({ onSuccess: onDone }))
  const submit = handleSubmit(({ name, password, token: typed }) =>
    setup.mutate({ token: typed, name, password, settings: { language, zone, theme, density } }),
  )
  const errorOf = (field: keyof Fields): string | undefined => {
    const found = faults.find((one) => one === formState.errors[field]?.message)
    return found ? t(`fault.${found}`, { least: PASSWORD_MIN }) : undefined
  }
  const fault = setup.error ? words(setup.error) : null
  const tokenFault = ['token-wrong', 'token-used'].includes(faultOf(setup.error)?.kind ?? '')
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-w-md flex-col gap-4" noValidate>
      <header className="mb-2">
        <h1 className="text-3xl font-semibold tracking-[-0.02em]">{t('adminTitle')}</h1>
        <p className="mt-2 text-ink-2">{t('adminNote')}</p>
      </header>
      <Controller
        control={control}
        name="token"
        render={({ field }) =>
          token && !tokenFault ? (
            <input type="hidden" {...field} />
          ) : (
            <Field label={t('token')} hint={t('tokenHint')} error={errorOf('token')}>
              <Input
                {...field}
                size="lg"
                mono
                onChange={(event) => {
                  field.onChange(event)
                  if (tokenFault) onToken('')
                }}
              />
            </Field>
          )
        }
      />
      <Controller
        control={control}
        name="name"
        render={({ field }) => (
          <Field label={t('name')} error={errorOf('name')}>
            <Input {...field} size="lg" autoComplete="username" autoCapitalize="none" />
          </Field>
        )}
      />
      <Controller
        control={control}
        name="password"
        render={({ field }) => (
          <NewPassword
            label={t('password')}
            value={field.value}
            onChange={field.onChange}
            userName={watch('name')}
            error={errorOf('password')}
          />
        )}
      />
      <Controller
        control={control}
        name="again"
        render={({ field }) => (
          <Field label={t('passwordAgain')} error={errorOf('again')}>
            <Input {...field} size="lg" type="password" autoComplete="new-password" />
          </Field>
        )}
      />
      {fault ? (
        <Fault title={fault.title} className="rounded-md bg-crit-wash px-3 py-2.5">
          {fault.todo}
        </Fault>
      ) : null}
      <div className="mt-2">
        <Button look="primary" size="lg" type="submit" busy={setup.isPending}>
          {t('createAdmin')}
        </Button>
      </div>
    </form>
  )
}
