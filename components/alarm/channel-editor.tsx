'use client'
// components/alarm/channel-editor.tsx: one channel. A secret that is stored is never shown: left empty it stays as it is.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { type ChannelKind, channelBody, channelKinds, noticeLanguages } from '../../server/shared/alarms'
import type { ChannelRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { useToast } from '../ui/toast'
import { useAlarmsChanged } from './use-alarms'

const securities = ['tls', 'starttls', 'plain'] as const
/** Kinds whose robots sign with a secret of their own. */
const signed: ReadonlySet<ChannelKind> = new Set<ChannelKind>(['webhook', 'dingtalk', 'feishu'])

export const ChannelEditor = ({ channel, onClose }: { channel: ChannelRow | null; onClose: () => void }) => {
  const t = useTranslations('alarm.channels')
  const locale = useLocale()
  const trpc = useTRPC()
  const toast = useToast()
  const changed = useAlarmsChanged()
  const [touched, setTouched] = useState(false)
  const settings = channel?.settings
  const [form, setForm] = useState({
    kind: channel?.kind ?? ('webhook' as ChannelKind), // the first of the list
    name: channel?.name ?? '',
    url: settings?.url ?? '',
    secret: '',
    host: settings?.host ?? '',
    port: String(settings?.port ?? 587),
    security: securities.find((one) => one === settings?.security) ?? ('starttls' as const),
    user: settings?.user ?? '',
    from: settings?.from ?? '',
    to: settings?.to?.join(', ') ?? '',
    language: settings?.language ?? (locale === 'zh' ? ('zh' as const) : ('en' as const)),
  })
  const set = (change: Partial<typeof form>) => setForm((held) => ({ ...held, ...change }))
  const mail = form.kind === 'mail'
  const robot = !mail && form.kind !== 'webhook'
  const parsed = channelBody.safeParse({
    kind: form.kind,
    name: form.name,
    ...(form.secret === '' ? {} : { secret: form.secret }),
    ...(form.kind === 'webhook' ? {} : { language: form.language }),
    ...(mail
      ? {
          host: form.host,
          port: Number(form.port),
          security: form.security,
          user: form.user,
          from: form.from,
          to: form.to.split(/[\s,;]+/).filter((one) => one !== ''),
        }
      : robot && form.url === '' && channel !== null
        ? {}
        : { url: form.url }),
  })
  const wrong = new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path[0]))
  const errorOf = (key: string) => (touched && wrong.has(key) ? t('wrong') : undefined)
  const done = async (text: string) => {
    await changed()
    toast({ text })
    onClose()
  }
  const save = useMutation(trpc.channel.put.mutationOptions({ onSuccess: () => done(t('saved', { name: form.name })) }))
  const remove = useMutation(
    trpc.channel.remove.mutationOptions({ onSuccess: () => done(t('removed', { name: form.name })) }),
  )
  const typed = (key: 'name' | 'url' | 'secret' | 'host' | 'port' | 'user' | 'from' | 'to') => ({
    value: form[key],
    onChange: (event: { target: { value: string } }) => set({ [key]: event.target.value }),
  })
  return (
    <Sheet
      open
      onOpenChange={onClose}
      width="pane"
      title={channel === null ? t('new') : t('title')}
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="channel" look="primary" busy={save.isPending}>
            {t('save')}
          </Button>
        </>
      }
    >
      <form
        id="channel"
        className="grid grid-cols-2 gap-x-3 gap-y-4 max-sm:grid-cols-1"
        onSubmit={(event) => {
          event.preventDefault()
          setTouched(true)
          if (parsed.success) save.mutate({ channel: parsed.data, ...(channel ? { id: channel.id } : {}) })
        }}
      >
        <Field label={t('kindLabel')}>
          <Select<ChannelKind>
            value={form.kind}
            disabled={channel !== null}
            onChange={(kind) => set({ kind })}
            choices={channelKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
        </Field>
        <Field label={t('name')} error={errorOf('name')}>
          <Input autoFocus {...typed('name')} />
        </Field>
        {mail ? (
          <>
            <Field label={t('host')} error={errorOf('host')}>
              <Input mono {...typed('host')} />
            </Field>
            <Field label={t('port')} error={errorOf('port')}>
              <Input mono inputMode="numeric" {...typed('port')} />
            </Field>
            <div className="col-span-full">
              <Segmented
                label={t('securityLabel')}
                value={form.security}
                onChange={(security) => set({ security })}
                choices={securities.map((value) => ({ value, label: t(`security.${value}`) }))}
              />
            </div>
            <Field label={t('user')} error={errorOf('user')}>
              <Input mono {...typed('user')} />
            </Field>
            <Field label={t('password')} hint={channel?.hasSecret ? t('keeps') : undefined}>
              <Input type="password" autoComplete="new-password" {...typed('secret')} />
            </Field>
            <Field label={t('from')} error={errorOf('from')}>
              <Input mono {...typed('from')} />
            </Field>
            <Field label={t('to')} hint={t('toHint')} error={errorOf('to')}>
              <Input mono {...typed('to')} />
            </Field>
          </>
        ) : (
          <>
            <Field
              label={t('url')}
              hint={robot && channel !== null ? t('keepsUrl', { host: settings?.host ?? '' }) : undefined}
              error={errorOf('url')}
              className="col-span-full"
            >
              <Input mono placeholder="https://" {...typed('url')} />
            </Field>
            {signed.has(form.kind) && (
              <Field
                label={t('secret')}
                hint={channel?.hasSecret ? t('keeps') : form.kind === 'webhook' ? t('signHint') : undefined}
                className="col-span-full"
              >
                <Input type="password" autoComplete="new-password" {...typed('secret')} />
              </Field>
            )}
          </>
        )}
        {form.kind !== 'webhook' && (
          <div className="col-span-full">
            <p className="mb-[3px] text-xs text-ink-2">{t('language')}</p>
            <Segmented
              label={t('language')}
              value={form.language}
              onChange={(language) => set({ language })}
              choices={noticeLanguages.map((value) => ({ value, label: t(`languageName.${value}`) }))}
            />
          </div>
        )}
        {save.error && <QueryFault error={save.error} className="col-span-full px-0" />}
      </form>
      {channel && (
        <div className="mt-6 border-hair border-t pt-4">
          <TypedName
            name={channel.name}
            effect={t('remove')}
            note={t('removeNote')}
            busy={remove.isPending}
            fault={remove.error && <QueryFault error={remove.error} className="px-0 py-1" />}
            onApply={() => remove.mutate({ id: channel.id })}
          />
        </div>
      )}
    </Sheet>
  )
}
