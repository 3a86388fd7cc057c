'use client'
// components/topic/create-topic.tsx: a new topic. The rule for names is checked as it is typed; the equal mqadmin line shows
// what is about to be done in words that every RocketMQ operator knows.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { TOPIC_NAME_MAX, topicNameFault } from '../../server/shared/names'
import { topicHref } from '../shell/address'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Checkbox } from '../ui/tick'
import { useToast } from '../ui/toast'
import { createTopicLine, type NewTopic, permOf, writesPastReads } from './topic-form'

const types = ['NORMAL', 'FIFO', 'DELAY', 'TRANSACTION'] as const
/** Any of these tells for a topic of its own rather than a tag. */
const splits = ['kind', 'business', 'urgency', 'volume'] as const
const queueCount = (text: string): number | null =>
  /^\d{1,4}$/.test(text) && Number(text) <= 1024 ? Number(text) : null

export const CreateTopic = ({
  cluster,
  open,
  onOpenChange,
}: {
  cluster: string
  open: boolean
  onOpenChange: (open: boolean) => void
}) => {
  const t = useTranslations('topic')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const info = useQuery(trpc.cluster.info.queryOptions({ cluster }, { enabled: open, staleTime: 30_000 })).data
  const names = useQuery(trpc.topic.names.queryOptions({ cluster }, { enabled: open, staleTime: 30_000 })).data
  const [name, setName] = useState('')
  const [touched, setTouched] = useState(false)
  const [type, setType] = useState<NewTopic['type']>('NORMAL')
  const [readQueues, setReadQueues] = useState('8')
  const [writeQueues, setWriteQueues] = useState('8')
  const [read, setRead] = useState(true)
  const [write, setWrite] = useState(true)
  const [off, setOff] = useState<readonly string[]>([]) // brokers unticked
  const [sent, setSent] = useState(false)

  const create = useMutation(
    trpc.topic.create.mutationOptions({
      onSuccess: (result) => {
        void cache.invalidateQueries(trpc.topic.pathFilter())
        if (result.failed > 0) return
        toast({ text: t('create.done', { name }) })
        // Not closed as well: that writes the list's address, and would win over this one.
        router.push(topicHref(cluster, name))
      },
    }),
  )
  const brokers = info?.brokerNames ?? []
  const chosen = brokers.filter((broker) => !off.includes(broker))
  const fault = topicNameFault(name)
  const reads = queueCount(readQueues)
  const writes = queueCount(writeQueues)
  const perm = permOf(read, write)
  const made = create.data?.failed === 0 && create.variables?.topic === name
  // What was made just now is among the names before its page is there.
  const taken = !create.isPending && !made && (names?.some((one) => one.name === name) ?? false)
  const pastReads = writesPastReads(reads, writes)
  const topic: NewTopic | null =
    fault === null &&
    !taken &&
    !pastReads &&
    reads !== null &&
    writes !== null &&
    perm !== null &&
    (brokers.length === 0 || chosen.length > 0)
      ? { name, type, readQueues: reads, writeQueues: writes, perm, brokers: off.length === 0 ? [] : chosen }
      : null
  const line = createTopicLine(
    {
      name: name || 'TOPIC',
      type,
      readQueues: reads ?? 8,
      writeQueues: writes ?? 8,
      perm: perm ?? 6,
      brokers: off.length === 0 ? [] : chosen,
    },
    info?.namesrv ?? [],
    info?.wireClusters[0] ?? 'DefaultCluster',
    info?.brokerKeys ?? [],
  )
  const nameError = taken
    ? t('create.taken')
    : (touched || sent) && fault !== null
      ? t(`nameFault.${fault}`, { most: TOPIC_NAME_MAX })
      : undefined
  const queueError = (value: number | null) => (value === null ? t('create.queuesRange') : undefined)

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
          <Button type="submit" form="create-topic" look="primary" busy={create.isPending || made} className="h-8">
            {t('create.effect', { count: off.length === 0 ? brokers.length : chosen.length })}
          </Button>
        </>
      }
    >
      <form
        id="create-topic"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setSent(true)
          if (topic === null || create.isPending || made) return
          create.mutate({ cluster, topic: topic.name, ...topic, brokers: [...topic.brokers] })
        }}
      >
        <Field
          label={t('create.name')}
          hint={nameError === undefined ? t('create.nameHint') : undefined}
          error={nameError}
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
        <div>
          <div className="mb-[3px] text-ink-2 text-xs">{t('create.type')}</div>
          <Segmented
            label={t('create.type')}
            value={type}
            onChange={setType}
            choices={types.map((value) => ({ value, label: t(`type.${value}`) }))}
          />
          <p className="mt-[3px] text-ink-3 text-xs">{t(`typeHint.${type}`)}</p>
          <details className="mt-1 text-ink-3 text-xs">
            <summary className="cursor-pointer text-ink-2">{t('split.title')}</summary>
            <p className="mt-1">{t('split.text')}</p>
            <ul className="mt-1 list-disc pl-4">
              {splits.map((key) => (
                <li key={key}>{t(`split.${key}`)}</li>
              ))}
            </ul>
          </details>
        </div>
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('create.readQueues')} error={queueError(reads)}>
            <Input
              inputMode="numeric"
              value={readQueues}
              onChange={(event) => setReadQueues(event.target.value)}
              frame="h-8"
            />
          </Field>
          <Field
            label={t('create.writeQueues')}
            error={queueError(writes) ?? (pastReads ? t('create.writesPastReads') : undefined)}
          >
            <Input
              inputMode="numeric"
              value={writeQueues}
              onChange={(event) => setWriteQueues(event.target.value)}
              frame="h-8"
            />
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-ink-2 text-xs">{t('create.perm')}</legend>
          <div className="flex gap-5">
            <Checkbox checked={read} onChange={setRead}>
              {t('create.canRead')}
            </Checkbox>
            <Checkbox checked={write} onChange={setWrite}>
              {t('create.canWrite')}
            </Checkbox>
          </div>
          {perm === null && (
            <p role="alert" className="mt-1 text-crit text-xs">
              {t('create.permNone')}
            </p>
          )}
        </fieldset>
        {brokers.length > 0 && (
          <fieldset>
            <legend className="mb-1 text-ink-2 text-xs">{t('create.brokers')}</legend>
            <div className="flex flex-wrap gap-x-5 gap-y-1">
              {brokers.map((broker) => (
                <Checkbox
                  key={broker}
                  checked={!off.includes(broker)}
                  onChange={(on) => setOff(on ? off.filter((one) => one !== broker) : [...off, broker])}
                >
                  <span className="mono">{broker}</span>
                </Checkbox>
              ))}
            </div>
            {chosen.length === 0 && (
              <p role="alert" className="mt-1 text-crit text-xs">
                {t('create.noBroker')}
              </p>
            )}
          </fieldset>
        )}
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
