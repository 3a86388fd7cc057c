'use client'
// components/group/create-group.tsx: a new consumer group, before its first client comes. Its name is checked as it is typed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { GROUP_NAME_MAX, groupNameFault } from '../../server/shared/names'
import { groupHref } from '../shell/address'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Checkbox } from '../ui/tick'
import { useToast } from '../ui/toast'
import { createGroupLine } from './group-form'

export const CreateGroup = (props: { cluster: string; open: boolean; onOpenChange: (open: boolean) => void }) => {
  const { cluster, open, onOpenChange } = props
  const t = useTranslations('group')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const info = useQuery(trpc.cluster.info.queryOptions({ cluster }, { enabled: open, staleTime: 30_000 })).data
  const [name, setName] = useState('')
  const [touched, setTouched] = useState(false)
  const [retries, setRetries] = useState('16')
  const names = useQuery(trpc.group.names.queryOptions({ cluster }, { enabled: open, staleTime: 30_000 })).data
  const [orderly, setOrderly] = useState(false)
  const [broadcast, setBroadcast] = useState(true)
  const create = useMutation(
    trpc.group.create.mutationOptions({
      onSuccess: async (result) => {
        await cache.invalidateQueries(trpc.group.pathFilter())
        if (result.failed > 0) return
        toast({ text: t('create.done', { name }) })
        // Not closed as well: that writes the list's address, and would win over this one.
        router.push(groupHref(cluster, name))
      },
    }),
  )
  const fault = groupNameFault(name)
  // What was made just now is among the names before its page is there.
  const made = create.data?.failed === 0 && create.variables?.group === name
  const taken = !create.isPending && !made && (names?.includes(name) ?? false)
  const retryMaxTimes = /^\d{1,4}$/.test(retries) ? Number(retries) : null
  const line = createGroupLine(
    { name: name || 'GROUP', retryMaxTimes: retryMaxTimes ?? 16, orderly, broadcast },
    info?.namesrv ?? [],
    info?.wireClusters[0] ?? 'DefaultCluster',
  )
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="pane"
      title={t('create.title')}
      about={
        <>
          {t('create.on')} <ClusterName />
        </>
      }
      footer={
        <>
          <span className="flex-1" />
          <Button onClick={() => onOpenChange(false)} className="h-8">
            {t('create.cancel')}
          </Button>
          <Button type="submit" form="create-group" look="primary" busy={create.isPending} className="h-8">
            {t('create.effect', { count: info?.brokerNames.length ?? 0 })}
          </Button>
        </>
      }
    >
      <form
        id="create-group"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setTouched(true)
          if (fault !== null || taken || retryMaxTimes === null || create.isPending) return
          create.mutate({
            cluster,
            group: name,
            config: { retryMaxTimes, consumeMessageOrderly: orderly, consumeBroadcastEnable: broadcast },
          })
        }}
      >
        <Field
          label={t('create.name')}
          hint={(touched && fault !== null) || taken ? undefined : t('create.nameHint')}
          error={
            taken
              ? t('create.taken')
              : touched && fault !== null
                ? t(`nameFault.${fault}`, { most: GROUP_NAME_MAX })
                : undefined
          }
        >
          <Input
            mono
            autoFocus
            value={name}
            onChange={(event) => {
              setName(event.target.value)
              setTouched(true)
            }}
            frame="h-8"
          />
        </Field>
        <Field
          label={t('create.retries')}
          hint={t('create.retriesHint')}
          error={retryMaxTimes === null ? t('create.retriesRange') : undefined}
          className="w-60"
        >
          <Input inputMode="numeric" value={retries} onChange={(event) => setRetries(event.target.value)} frame="h-8" />
        </Field>
        <Checkbox checked={orderly} onChange={setOrderly}>
          {t('create.orderly')}
        </Checkbox>
        <Checkbox checked={broadcast} onChange={setBroadcast}>
          {t('create.broadcast')}
        </Checkbox>
        <div>
          <div className="mb-1 flex items-center text-ink-2 text-xs">
            <span className="flex-1">{t('create.line')}</span>
            <CopyButton text={line} words className="h-6 px-1.5 text-xs" />
          </div>
          <pre className="mono overflow-x-auto whitespace-pre-wrap break-all rounded-md border border-hair bg-sunken px-3 py-2 text-xs leading-[18px]">
            {line}
          </pre>
        </div>
        {create.error && <QueryFault error={create.error} className="px-0 py-1" />}
        {create.data && create.data.failed > 0 && (
          <ul role="alert" className="text-crit text-sm">
            {create.data.rows
              .filter((row) => !row.ok)
              .map((row) => (
                <li key={row.item}>
                  <span className="mono">{row.item}</span>: {row.error}
                </li>
              ))}
          </ul>
        )}
      </form>
    </Sheet>
  )
}
