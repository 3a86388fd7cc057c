'use client'
// components/broker/part-sheet.tsx: before a part is started, stopped or restarted: the order in which it goes, whom it hits,
// and its name typed.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { BrokerView, PartView } from '../../server/shared/views'
import { ClusterName, useClusterId } from '../shell/cluster'
import { useFaultWords } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { State } from '../ui/mark'
import { Fault } from '../ui/region'
import { useToast } from '../ui/toast'
import type { PartAct } from './broker-process'
import { TopicNames, userTopicsOf } from './topic-names'

export function PartSheet({
  view,
  part,
  act,
  onClose,
}: {
  view: BrokerView
  part: PartView
  act: PartAct
  onClose: () => void
}) {
  const t = useTranslations('broker')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const words = useFaultWords()
  const cluster = useClusterId()
  const [typed, setTyped] = useState('')
  const options = {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: trpc.broker.pathKey() })
      toast({ text: t(`process.done.${act}`, { name: part.name }) })
      onClose()
    },
  }
  const start = useMutation(trpc.broker.start.mutationOptions(options))
  const stop = useMutation(trpc.broker.stop.mutationOptions(options))
  const restart = useMutation(trpc.broker.restart.mutationOptions(options))
  const mutation = { start, stop, restart }[act]
  const matches = typed === part.name
  const fault = mutation.error ? words(mutation.error) : null
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={t(`process.${act}`)}
      about={
        <>
          <span className="mono">{part.name}</span> <ClusterName />
        </>
      }
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            look={act === 'start' ? 'primary' : 'danger'}
            busy={mutation.isPending}
            reason={matches ? undefined : t('process.typeFirst', { name: part.name })}
            onClick={() => mutation.mutate({ cluster, part: part.name, confirm: typed })}
          >
            {t(`process.do.${act}`, { name: part.name })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p>{t(`process.order.${act}`)}</p>
        {act === 'start' ? null : <Hits view={view} />}
        <Field label={t.rich('process.type', { name: () => <b className="mono font-medium text-ink">{part.name}</b> })}>
          <Input mono autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        {fault ? (
          <Fault title={fault.title} code={fault.code} className="px-0 py-0">
            {fault.todo}
          </Fault>
        ) : null}
      </div>
    </Dialog>
  )
}

/** What a stop costs: sends that nobody takes, a pause for an election, or a copy less. */
function Hits({ view }: { view: BrokerView }) {
  const t = useTranslations('broker')
  const { failover, row } = view
  const topics = userTopicsOf(view)
  const heir = failover?.brokers.find(({ address, alive, inSync }) => alive && inSync && address !== row.address)
  const own = failover?.brokers.find(({ address }) => address === row.address)
  const isHarmless = row.role === 'slave' || heir !== undefined || topics.length === 0
  const words =
    row.role === 'slave'
      ? t('process.hitsCopy')
      : heir !== undefined
        ? t('process.elects', { id: heir.id, address: heir.address, key: own ? `${row.name}:${own.id}` : row.name })
        : topics.length === 0
          ? t('process.hitsNone')
          : t(view.readFrom.length > 0 ? 'process.hitsRead' : 'process.hits', { count: topics.length })
  return (
    <div className="flex flex-col gap-1.5">
      {failover !== null && row.role === 'master' && heir === undefined ? (
        <State state="warn" className="whitespace-normal!">
          {t('process.electsNobody')}
        </State>
      ) : null}
      <div>
        <State state={isHarmless ? 'ok' : 'warn'} className="whitespace-normal!">
          {words}
        </State>
        {isHarmless ? null : <TopicNames names={topics} />}
      </div>
    </div>
  )
}
