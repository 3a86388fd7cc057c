'use client'
// components/cluster/cluster-editor.tsx: one connection: how a cluster is reached, how it is shown, a test of it, its removal.
// A secret that is stored is never shown: left empty it stays. Of a cluster of the command line only the looks change.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { clusterAddInput, clusterUpdateInput } from '../../server/shared/inputs'
import type { ClusterSettings } from '../../server/shared/views'
import { QueryFault } from '../shell/fault'
import { spineOf } from '../shell/spine'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { Sheet } from '../ui/dialog'
import { Field, Input, Textarea } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Segmented } from '../ui/segmented'
import { Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { type ConnectionDraft, connectionOf, draftOf, idFor, keptFrom } from './connection-draft'
import { ProbeSteps } from './probe-steps'
import { RemoveCluster } from './remove-cluster'

const securities = ['off', 'any', 'checked'] as const
/** One number for each colour that is told apart. */
const colours = [0, 1, 2, 3, 4, 5, 7]

interface EditorProps {
  /** Null: one is being connected. */
  readonly settings: ClusterSettings | null
  readonly taken: readonly string[]
  readonly onClose: () => void
}
export function ClusterEditor({ settings, taken, onClose }: EditorProps) {
  const t = useTranslations('clusters')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [draft, setDraft] = useState(() => draftOf(settings))
  const [touched, setTouched] = useState(false)
  const set = (change: Partial<ConnectionDraft>) => setDraft((held) => ({ ...held, ...change }))
  const isNew = settings === null
  const id = isNew ? draft.id || idFor(draft.name) : settings.id
  const { name, colour, readOnly, production } = draft
  const looks = { name, colour, readOnly, production }
  const connection = connectionOf(draft)
  const sent = { id, ...looks, ...(settings?.fixed ? {} : connection) }
  // Nothing typed: what is stored stays.
  const { secretKey, ...withoutSecret } = { secretKey: '', ...sent }
  const kept = !isNew && draft.secretKey === ''
  const parsed = isNew
    ? clusterAddInput.safeParse(sent)
    : clusterUpdateInput.safeParse(kept ? withoutSecret : { ...withoutSecret, secretKey })
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]))
  const isTaken = isNew && taken.includes(id)
  const errorOf = (key: keyof ConnectionDraft) => (touched && wrong.has(key) ? t(`wrong.${key}`) : undefined)
  const settled = (text: string) => async () => {
    await cache.invalidateQueries(trpc.cluster.pathFilter())
    toast({ text })
    onClose()
  }
  const add = useMutation(trpc.cluster.add.mutationOptions({ onSuccess: settled(t('added', { name })) }))
  const update = useMutation(trpc.cluster.update.mutationOptions({ onSuccess: settled(t('saved', { name })) }))
  const test = useMutation(trpc.cluster.test.mutationOptions())
  const blocked = keptFrom((test.data ?? []).map(({ text }) => text))
  const runTest = (hosts = connection.hosts) =>
    test.mutate({ ...connection, hosts, ...(isNew ? {} : { id: settings.id }) })
  const typed = (key: 'name' | 'id' | 'namesrv' | 'ca' | 'accessKey' | 'secretKey' | 'addressMap' | 'hosts') => ({
    value: draft[key],
    onChange: (event: { target: { value: string } }) => set({ [key]: event.target.value }),
  })
  const fault = add.error ?? update.error
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="pane"
      title={isNew ? t('connect') : t('change')}
      about={
        <span className="inline-flex items-center gap-1.5 text-ink">
          <i aria-hidden className="inline-block h-3.5 w-1" style={{ background: spineOf(colour) }} />
          {name}
        </span>
      }
      footer={
        <>
          <Button
            busy={test.isPending}
            reason={connection.namesrv.length === 0 ? t('wrong.namesrv') : undefined}
            onClick={() => runTest()}
          >
            {t('testNow')}
          </Button>
          <span className="flex-1" />
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="cluster" look="primary" busy={add.isPending || update.isPending}>
            {isNew ? t('connect') : t('save')}
          </Button>
        </>
      }
    >
      <form
        id="cluster"
        className="grid grid-cols-2 gap-x-3 gap-y-4 max-sm:grid-cols-1"
        onSubmit={(event) => {
          event.preventDefault()
          setTouched(true)
          if (!parsed.success || isTaken) return
          // The schema of each gives what that procedure takes.
          if (isNew) add.mutate(clusterAddInput.parse(sent))
          else update.mutate(parsed.data)
        }}
      >
        <Field label={t('field.name')} error={errorOf('name')}>
          <Input autoFocus={isNew} {...typed('name')} />
        </Field>
        <Field
          label={t('field.id')}
          hint={isNew ? t('hint.id', { id: id || '…' }) : undefined}
          error={isTaken ? t('taken') : errorOf('id')}
        >
          <Input mono disabled={!isNew} placeholder={idFor(name)} {...typed('id')} />
        </Field>
        {settings?.fixed ? (
          <p className="col-span-full rounded-lg bg-sunken px-3 py-2 text-ink-2 text-sm">{t('fixedNote')}</p>
        ) : (
          <>
            <Field
              label={t('field.namesrv')}
              hint={t('hint.namesrv')}
              error={errorOf('namesrv')}
              className="col-span-full"
            >
              <Textarea mono rows={2} placeholder="10.0.0.1:9876" {...typed('namesrv')} />
            </Field>
            <Field label={t('field.accessKey')} hint={t('hint.accessKey')} error={errorOf('accessKey')}>
              <Input mono {...typed('accessKey')} />
            </Field>
            <Field label={t('field.secretKey')} hint={settings?.hasSecret ? t('hint.keeps') : t('hint.secretKey')}>
              <Input type="password" autoComplete="new-password" {...typed('secretKey')} />
            </Field>
            <div className="col-span-full">
              <p className="mb-[3px] text-ink-2 text-xs">{t('field.tls')}</p>
              <Segmented
                label={t('field.tls')}
                value={draft.tls}
                onChange={(tls) => set({ tls })}
                choices={securities.map((value) => ({ value, label: t(`tlsChoice.${value}`) }))}
              />
            </div>
            {draft.tls === 'checked' && (
              <Field label={t('field.ca')} hint={t('hint.ca')} error={errorOf('ca')} className="col-span-full">
                <Textarea mono rows={4} placeholder="-----BEGIN CERTIFICATE-----" {...typed('ca')} />
              </Field>
            )}
            <Field label={t('field.hosts')} hint={t('hint.hosts')} error={errorOf('hosts')}>
              <Textarea mono rows={3} placeholder="10.0.0.0/8" {...typed('hosts')} />
            </Field>
            <Field label={t('field.addressMap')} hint={t('hint.addressMap')} error={errorOf('addressMap')}>
              <Textarea mono rows={3} placeholder="172.18.0.5:10911 -> 127.0.0.1:10911" {...typed('addressMap')} />
            </Field>
          </>
        )}
        <fieldset className="col-span-full">
          <legend className="mb-[3px] text-ink-2 text-xs">{t('field.colour')}</legend>
          <div className="flex gap-1.5">
            {colours.map((value) => (
              <button
                key={value}
                type="button"
                aria-pressed={colour === value}
                aria-label={t('colour', { n: value + 1 })}
                onClick={() => set({ colour: value })}
                className={cn(
                  'size-7 rounded-md border border-line p-1 max-sm:size-11',
                  colour === value && 'border-ink outline-1 outline-ink',
                )}
              >
                <i className="block size-full rounded-sm" style={{ background: spineOf(value) }} />
              </button>
            ))}
          </div>
        </fieldset>
        <div className="col-span-full flex flex-col gap-2.5">
          <Switch checked={readOnly} onChange={(on) => set({ readOnly: on })}>
            {t('field.readOnly')} <span className="text-ink-3">{t('hint.readOnly')}</span>
          </Switch>
          <Switch checked={production} onChange={(on) => set({ production: on })}>
            {t('field.production')} <span className="text-ink-3">{t('hint.production')}</span>
          </Switch>
        </div>
      </form>
      {fault ? <QueryFault error={fault} className="mt-4 px-0" /> : null}
      {test.error ? <QueryFault error={test.error} className="mt-4 px-0" /> : null}
      {test.data ? (
        <div className="mt-4 flex flex-col gap-2">
          <ProbeSteps steps={test.data} />
          {blocked.length > 0 && (
            <LinkButton
              className="self-start"
              onClick={() => {
                const hosts = [...connection.hosts, ...blocked]
                set({ hosts: hosts.join('\n') })
                runTest(hosts)
              }}
            >
              {t('letThrough', { hosts: blocked.join(', ') })}
            </LinkButton>
          )}
        </div>
      ) : null}
      {settings !== null && !settings.fixed ? <RemoveCluster settings={settings} onGone={onClose} /> : null}
    </Sheet>
  )
}
