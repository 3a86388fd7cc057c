'use client'
// components/access/settings-view.tsx: how I see the console, my password, and where I am signed in.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Archive, Download, FileCode2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Ago, Moment } from '../format'
import { useMe } from '../shell/cluster'
import { QueryFault, Region, useFaultWords } from '../shell/fault'
import { basePath, useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Mark } from '../ui/mark'
import { PageHead, Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'
import { Tag } from '../ui/tag'
import { Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { browserOf } from './browser-name'
import { LooksFields } from './looks-fields'
import { NewPassword } from './new-password'
import { OidcPanel } from './oidc-panel'
import { PASSWORD_MIN } from './password-strength'

export function SettingsView() {
  const t = useTranslations('settings')
  const me = useMe()
  return (
    <>
      <PageHead title={t('title')} about={me?.name} />
      <div className="grid items-start gap-2.5 lg:grid-cols-2">
        <Panel title={t('looks')} ruled>
          <div className="px-3 py-3">
            <LooksFields withDensity />
          </div>
        </Panel>
        <div className="flex min-w-0 flex-col gap-2.5">
          <Panel title={t('keyboard')} ruled>
            <div className="px-3 py-3">
              <SingleKeys />
            </div>
          </Panel>
          {me?.source === 'oidc' ? null : (
            <Panel title={t('password')} ruled>
              <ChangePassword />
            </Panel>
          )}
        </div>
      </div>
      <Sessions />
      {me?.rights.includes('console.admin') ? <OidcPanel /> : null}
      <About />
    </>
  )
}

/** What runs here, and for an admin what to send along with a question. */
function About() {
  const t = useTranslations('settings')
  const trpc = useTRPC()
  const state = useQuery(trpc.auth.state.queryOptions(undefined, { meta: { still: true } })).data
  const isAdmin = state?.me?.rights.includes('console.admin') ?? false
  return (
    <Panel title={t('about')} about={`rocketdeck ${state?.version ?? ''} · Apache-2.0`} className="flex-none">
      <div className="flex flex-wrap items-center gap-2 border-t border-hair px-3 py-3">
        <Button asChild>
          <a href={`${basePath}/api/openapi.json`} target="_blank" rel="noreferrer">
            <FileCode2 />
            {t('openapi')}
          </a>
        </Button>
        {isAdmin ? (
          <>
            <Button asChild>
              <a href={`${basePath}/api/v1/console/diagnostics`} download="rocketdeck-diagnostics.json">
                <Download />
                {t('diagnostics')}
              </a>
            </Button>
            <span className="text-ink-3 text-xs">{t('diagnosticsNote')}</span>
            <Button asChild className="basis-auto">
              <a href={`${basePath}/api/backup`} download>
                <Archive />
                {t('backup')}
              </a>
            </Button>
            <span className="text-ink-3 text-xs">{t('backupNote')}</span>
          </>
        ) : null}
      </div>
    </Panel>
  )
}

function SingleKeys() {
  const t = useTranslations('settings')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const me = useMe()
  const save = useMutation(
    trpc.auth.settings.mutationOptions({
      onSuccess: (settings) =>
        cache.setQueryData(trpc.auth.state.queryKey(), (state) =>
          state?.me ? { ...state, me: { ...state.me, settings } } : state,
        ),
    }),
  )
  return (
    <div className="flex flex-col gap-1">
      <Switch checked={me?.settings.singleKeys ?? true} onChange={(singleKeys) => save.mutate({ singleKeys })}>
        {t('singleKeys')}
      </Switch>
      <p className="text-xs text-ink-3">{t('singleKeysNote')}</p>
      {save.error ? <QueryFault error={save.error} className="px-0" /> : null}
    </div>
  )
}

function ChangePassword() {
  const t = useTranslations('settings')
  const trpc = useTRPC()
  const words = useFaultWords()
  const toast = useToast()
  const me = useMe()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      onSuccess: () => {
        setCurrent('')
        setNext('')
        toast({ text: t('passwordChanged') })
      },
    }),
  )
  const fault = change.error ? words(change.error) : null
  return (
    <form
      className="flex max-w-96 flex-col gap-3 px-3 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate({ current, next })
      }}
    >
      <input type="text" autoComplete="username" value={me?.name ?? ''} readOnly hidden />
      <Field label={t('currentPassword')} error={fault ? `${fault.title} ${fault.todo}` : undefined}>
        <Input
          size="lg"
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
      </Field>
      <NewPassword label={t('newPassword')} value={next} onChange={setNext} userName={me?.name} />
      <div>
        <Button type="submit" busy={change.isPending} disabled={current === '' || next.length < PASSWORD_MIN}>
          {t('changePassword')}
        </Button>
      </div>
    </form>
  )
}

function Sessions() {
  const t = useTranslations('settings')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const sessions = useQuery(trpc.auth.sessions.queryOptions(undefined, { meta: { still: true } }))
  const revoke = useMutation(
    trpc.auth.revokeSession.mutationOptions({
      onSuccess: () => cache.invalidateQueries({ queryKey: trpc.auth.sessions.queryKey() }),
    }),
  )
  return (
    <Panel title={t('sessions')}>
      <Region query={sessions}>
        {(rows) => (
          <Table density="compact" className="border-t border-hair">
            <thead>
              <tr>
                <Th>{t('browser')}</Th>
                <Th className="w-40 max-sm:hidden">{t('address')}</Th>
                <Th className="w-44 max-md:hidden">{t('since')}</Th>
                <Th className="w-32">{t('lastSeen')}</Th>
                <Th className="w-28" aria-label={t('action')} />
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Tr key={row.id}>
                  <Td title={row.agent}>
                    <span className="flex items-center gap-2">
                      {browserOf(row.agent)}
                      {row.current ? <Tag>{t('thisOne')}</Tag> : null}
                    </span>
                  </Td>
                  <Td className="mono max-sm:hidden">{row.address}</Td>
                  <Td className="max-md:hidden">
                    <Moment at={row.createdAt} />
                  </Td>
                  <Td>{row.current ? t('now') : <Ago at={row.lastSeenAt} />}</Td>
                  <Td number>
                    {row.current ? null : (
                      <LinkButton className="text-crit" onClick={() => revoke.mutate({ id: row.id })}>
                        {t('end')}
                      </LinkButton>
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
      </Region>
      {revoke.error ? (
        <p role="alert" className="flex items-center gap-1.5 border-t border-hair px-3 py-2 text-sm text-crit">
          <Mark state="crit" />
          {t('notEnded')}
        </p>
      ) : null}
    </Panel>
  )
}
