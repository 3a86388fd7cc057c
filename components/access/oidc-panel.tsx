'use client'
// components/access/oidc-panel.tsx: the provider people sign in at: what is set up, and a sheet to set it up. A secret that is
// stored is never shown: left empty it stays.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ComponentProps, useState } from 'react'
import { useTranslations } from 'use-intl'
import { oidcPutInput } from '../../server/shared/inputs'
import type { OidcState } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Field, Input, Textarea } from '../ui/input'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { useToast } from '../ui/toast'

export function OidcPanel() {
  const t = useTranslations('settings.oidc')
  const trpc = useTRPC()
  const state = useQuery(trpc.console.oidc.queryOptions(undefined, { meta: { still: true } }))
  const [open, setOpen] = useState(false)
  return (
    <Panel title={t('title')} className="flex-none">
      <Region query={state}>
        {(held) => (
          <div className="flex flex-wrap items-center gap-2 border-t border-hair px-3 py-3">
            <Button onClick={() => setOpen(true)} reason={held.fixed ? t('given') : undefined}>
              {held.settings === null ? t('configure') : t('change')}
            </Button>
            <span className="min-w-0 text-ink-3 text-xs [overflow-wrap:anywhere]">
              {held.settings === null ? t('off') : t('on', { issuer: held.settings.issuer })}
            </span>
            {open ? <OidcSheet state={held} onClose={() => setOpen(false)} /> : null}
          </div>
        )}
      </Region>
    </Panel>
  )
}

const draftOf = ({ settings }: OidcState) => ({
  issuer: settings?.issuer ?? '',
  clientId: settings?.clientId ?? '',
  secret: '',
  label: settings?.label ?? 'SSO',
  scopes: settings?.scopes ?? 'openid profile email',
  nameClaim: settings?.nameClaim ?? 'preferred_username',
  groupClaim: settings?.groupClaim ?? 'groups',
  /** A line each: `group = role`. */
  roles: settings?.roles.map(({ group, role }) => `${group} = ${role}`).join('\n') ?? '',
})
type Draft = ReturnType<typeof draftOf>
/** A group may hold an equals sign, a role holds none. */
const rolesIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.lastIndexOf('=')
      return { group: line.slice(0, Math.max(0, at)).trim(), role: line.slice(at + 1).trim() }
    })

function OidcSheet({ state, onClose }: { state: OidcState; onClose: () => void }) {
  const t = useTranslations('settings.oidc')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [draft, setDraft] = useState(() => draftOf(state))
  const [touched, setTouched] = useState(false)
  const { secret, roles, ...rest } = draft
  const kept = secret === '' && state.settings?.hasSecret === true
  const parsed = oidcPutInput.safeParse({ ...rest, roles: rolesIn(roles), ...(kept ? {} : { secret }) })
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]))
  const settled = (text: string) => async () => {
    await Promise.all([
      cache.invalidateQueries(trpc.console.pathFilter()),
      cache.invalidateQueries(trpc.auth.pathFilter()),
    ])
    toast({ text })
    onClose()
  }
  const save = useMutation(
    trpc.console.putOidc.mutationOptions({ onSuccess: settled(t('saved', { label: draft.label })) }),
  )
  const remove = useMutation(trpc.console.removeOidc.mutationOptions({ onSuccess: settled(t('removed')) }))
  const test = useMutation(trpc.console.testOidc.mutationOptions())
  const withParsed = (run: (input: typeof oidcPutInput._output) => void) => () => {
    setTouched(true)
    if (parsed.success) run(parsed.data)
  }
  const field = (key: keyof Draft) => ({
    label: t(key),
    error: touched && wrong.has(key) ? t(`wrong.${key}`) : undefined,
  })
  const typed = (
    key: keyof Draft,
  ): Pick<ComponentProps<typeof Input>, 'value'> & { onChange: (event: { target: { value: string } }) => void } => ({
    value: draft[key],
    onChange: (event) => setDraft((held) => ({ ...held, [key]: event.target.value })),
  })
  const fault = save.error ?? test.error
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="pane"
      title={t('title')}
      about="OpenID Connect"
      footer={
        <>
          <Button busy={test.isPending} onClick={withParsed((input) => test.mutate(input))}>
            {t('test')}
          </Button>
          <span className="flex-1" />
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="oidc" look="primary" busy={save.isPending}>
            {t('save')}
          </Button>
        </>
      }
    >
      <form
        id="oidc"
        className="grid grid-cols-2 gap-x-3 gap-y-4 max-sm:grid-cols-1"
        onSubmit={(event) => {
          event.preventDefault()
          withParsed((input) => save.mutate(input))()
        }}
      >
        <Field {...field('issuer')} hint={t('issuerHint')} className="col-span-full">
          <Input mono autoFocus placeholder="https://login.example.org/realms/ops" {...typed('issuer')} />
        </Field>
        <Field {...field('clientId')}>
          <Input mono {...typed('clientId')} />
        </Field>
        <Field {...field('secret')} hint={state.settings?.hasSecret ? t('secretKept') : t('secretNone')}>
          <Input type="password" autoComplete="new-password" {...typed('secret')} />
        </Field>
        <div className="col-span-full">
          <p className="mb-[3px] text-ink-2 text-xs">{t('redirect')}</p>
          <p className="mono flex items-center gap-1 text-sm">
            <span className="min-w-0 [overflow-wrap:anywhere]">{state.redirectUri}</span>
            <CopyButton text={state.redirectUri} what={t('redirect')} />
          </p>
          <p className="mt-[3px] text-ink-3 text-xs [overflow-wrap:anywhere]">
            {t('redirectHint', { logout: state.redirectUri.replace(/\/oidc\/callback$/, '') })}
          </p>
        </div>
        <Field {...field('roles')} hint={t('rolesHint')} className="col-span-full">
          <Textarea
            mono
            rows={4}
            placeholder={'platform-admins = admin\nops = operator\n* = viewer'}
            {...typed('roles')}
          />
        </Field>
        <Field {...field('label')} hint={t('labelHint')}>
          <Input {...typed('label')} />
        </Field>
        <Field {...field('scopes')}>
          <Input mono {...typed('scopes')} />
        </Field>
        <Field {...field('nameClaim')}>
          <Input mono {...typed('nameClaim')} />
        </Field>
        <Field {...field('groupClaim')}>
          <Input mono {...typed('groupClaim')} />
        </Field>
      </form>
      {fault ? <QueryFault error={fault} className="mt-4 px-0" /> : null}
      {test.data ? (
        <p role="status" className="mt-4 flex items-start gap-1.5 text-sm [overflow-wrap:anywhere]">
          <Mark state={test.data.ok ? 'ok' : 'crit'} className="mt-[3px]" />
          <span className="min-w-0">
            {test.data.ok ? t('testOk', { text: test.data.text }) : t('testFailed', { text: test.data.text })}{' '}
            {test.data.ok ? (
              <span className="text-ink-3">{t(test.data.endsSessions ? 'testEnds' : 'testKeeps')}</span>
            ) : null}
          </span>
        </p>
      ) : null}
      {state.settings === null ? null : (
        <div className="mt-6 border-hair border-t pt-4">
          <TypedName
            name={state.settings.label}
            effect={t('remove')}
            note={t('removeNote')}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={() => remove.mutate()}
          />
        </div>
      )}
    </Sheet>
  )
}
