'use client'
// components/alarm/channel-list.tsx: whom the console tells, what became of the last notice, a test, and whom it may speak to.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Plus, Send } from 'lucide-react'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ChannelRow } from '../../server/shared/views'
import { useFormat } from '../format'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty, Skeleton } from '../ui/region'
import { Tag } from '../ui/tag'
import { Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { ChannelEditor } from './channel-editor'
import { DeliveryLine } from './firing-card'
import { useAlarmsChanged, useMay } from './use-alarms'

export const ChannelList = () => {
  const t = useTranslations('alarm.channels')
  const tAlarm = useTranslations('alarm')
  const trpc = useTRPC()
  const may = useMay()
  const [open, setOpen] = useQueryState('channel', parseAsString)
  const query = useQuery(trpc.channel.list.queryOptions())
  const chosen = query.data?.find(({ id }) => id === open) ?? null
  const needs = may.admin ? undefined : tAlarm('needs', { right: 'console.admin' })
  return (
    <>
      <Panel
        title={tAlarm('tab.channels')}
        aux={
          <Button size="sm" reason={needs} onClick={() => void setOpen('new')}>
            <Plus />
            {t('new')}
          </Button>
        }
      >
        <Region query={query} skeleton={<Skeleton lines={4} className="py-2" />}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={t('none')} className="border-hair border-t">
                {t('noneNote')}
              </Empty>
            ) : (
              <ul>
                {rows.map((row) => (
                  <ChannelLine key={row.id} row={row} needs={needs} onOpen={() => void setOpen(row.id)} />
                ))}
              </ul>
            )
          }
        </Region>
        <PanelFoot>{t('secretsNote')}</PanelFoot>
      </Panel>
      {may.admin && <Hosts />}
      {open !== null && (open === 'new' || chosen !== null) && (
        <ChannelEditor key={open} channel={chosen} onClose={() => void setOpen(null)} />
      )}
    </>
  )
}

const ChannelLine = ({ row, needs, onOpen }: { row: ChannelRow; needs: string | undefined; onOpen: () => void }) => {
  const t = useTranslations('alarm.channels')
  const format = useFormat()
  const trpc = useTRPC()
  const changed = useAlarmsChanged()
  const enable = useMutation(trpc.channel.setEnabled.mutationOptions({ onSuccess: changed }))
  const test = useMutation(trpc.channel.test.mutationOptions({ onSuccess: changed }))
  const { url, host, port, to } = row.settings
  const where = url ?? (to ? `${host}:${port} → ${to.join(', ')}` : host)
  return (
    <li className="grid items-center gap-x-4 gap-y-2 border-hair border-t px-3 py-2.5 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_auto]">
      <div className="min-w-0">
        <p className="flex items-center gap-2">
          {needs === undefined ? (
            <LinkButton onClick={onOpen}>{row.name}</LinkButton>
          ) : (
            <b className="font-strong">{row.name}</b>
          )}
          <Tag>{t(`kind.${row.kind}`)}</Tag>
        </p>
        <p className="mono mt-0.5 truncate text-ink-3 text-xs" title={where}>
          {where}
        </p>
      </div>
      <ul className="min-w-0">
        {row.last === null ? (
          <li className="text-ink-3 text-xs">{t('never')}</li>
        ) : (
          <DeliveryLine row={row.last} ofChannel />
        )}
        {row.waiting > 0 && (
          <li className="text-warn text-xs">
            {t('waiting', { count: row.waiting, shown: format.count(row.waiting) })}
          </li>
        )}
        {test.error && (
          <li>
            <QueryFault error={test.error} className="px-0 py-1" />
          </li>
        )}
      </ul>
      <div className="flex items-center gap-3">
        <Button busy={test.isPending} reason={needs} onClick={() => test.mutate({ id: row.id })}>
          <Send />
          {t('test')}
        </Button>
        <Switch
          label={t('enabled', { name: row.name })}
          checked={row.enabled}
          disabled={needs !== undefined}
          onChange={(enabled) => enable.mutate({ id: row.id, enabled })}
        />
      </div>
    </li>
  )
}

/** Whom the console may speak to at all. */
const Hosts = () => {
  const t = useTranslations('alarm.channels')
  const trpc = useTRPC()
  const toast = useToast()
  const changed = useAlarmsChanged()
  const held = useQuery(trpc.channel.policy.queryOptions()).data
  const [typed, setTyped] = useState<string | null>(null)
  const save = useMutation(
    trpc.channel.setPolicy.mutationOptions({
      onSuccess: async () => {
        await changed()
        toast({ text: t('hostsSaved') })
        setTyped(null)
      },
    }),
  )
  const text = typed ?? held?.hosts.join(', ') ?? ''
  return (
    <Panel title={t('hosts')} ruled>
      <form
        className="flex flex-wrap items-end gap-3 px-3 py-3"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({
            hosts: text
              .split(/[\s,]+/)
              .map((host) => host.trim())
              .filter((host) => host !== ''),
          })
        }}
      >
        <Field label={t('hostsLabel')} hint={t('hostsHint')} className="min-w-0 flex-1 basis-80">
          <Input
            mono
            value={text}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="hooks.example.org, 10.0.0.5:25"
          />
        </Field>
        <Button type="submit" busy={save.isPending} disabled={typed === null} className="mb-5">
          {t('hostsSave')}
        </Button>
        {save.error && <QueryFault error={save.error} className="px-0 py-1" />}
      </form>
    </Panel>
  )
}
