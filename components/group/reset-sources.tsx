'use client'
// components/group/reset-sources.tsx: targets of a reset that come from elsewhere: where the group stood at some moment, and lines of a
// CSV. What is chosen or typed is held by the wizard.
import { useQuery } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupQueueRow, SnapshotRow } from '../../server/shared/views'
import { useFormat } from '../format'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Textarea } from '../ui/input'
import { LinkButton } from '../ui/link'
import { Select } from '../ui/select'
import { csvOf } from './reset-draft'
import { type GroupAt, useGroupAt } from './use-group'

const MOST_CHARS = 1_000_000

export const useSnapshots = (at: GroupAt) => {
  const trpc = useTRPC()
  return useQuery(trpc.group.snapshots.queryOptions(at, { meta: { still: true } }))
}
/** Why a snapshot was kept, in words. */
export const useSnapshotWords = () => {
  const t = useTranslations('group.snapshot')
  return ({ why, who }: Pick<SnapshotRow, 'why' | 'who'>): string => t(`why.${why}`, { who: who ?? '?' })
}

export const SnapshotField = (props: {
  value: string
  onChange: (id: string) => void
  problem: string | undefined
}) => {
  const at = useGroupAt()
  const t = useTranslations('group.snapshot')
  const format = useFormat()
  const words = useSnapshotWords()
  const snapshots = useSnapshots(at)
  if (snapshots.error && !snapshots.data)
    return <QueryFault error={snapshots.error} onRetry={() => void snapshots.refetch()} className="px-0 py-1" />
  if (snapshots.data?.length === 0) return <p className="text-ink-3 text-sm">{t('noneText')}</p>
  return (
    <Field className="w-[480px] max-w-full" label={t('label')} error={props.problem}>
      <Select
        value={props.value === '' ? undefined : props.value}
        onChange={props.onChange}
        placeholder={t('choose')}
        choices={(snapshots.data ?? []).map((row) => ({
          value: row.id,
          label: `${format.time(row.at)} · ${words(row)}`,
          note: t('queues', { count: row.queues }),
        }))}
      />
    </Field>
  )
}

export const CsvField = (props: {
  value: string
  onChange: (text: string) => void
  problem: string | undefined
  queues: readonly GroupQueueRow[]
}) => {
  const { value, onChange, problem, queues } = props
  const t = useTranslations('group.csv')
  const file = useRef<HTMLInputElement>(null)
  const now = () =>
    csvOf(
      queues.map(({ topic, broker, queueId, committed }) => ({
        ...{ topic, broker, queueId },
        offset: isKnown(committed) ? committed.value : null,
      })),
    )
  return (
    <div className="flex flex-col gap-2">
      <Field label={t('label')} hint={t('hint')} error={problem}>
        <Textarea
          mono
          rows={8}
          value={value}
          maxLength={MOST_CHARS}
          placeholder={'topic,broker,queue,offset\norders,broker-a,0,41886734'}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        <input
          ref={file}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,text/csv"
          onChange={async ({ currentTarget: input }) => {
            const chosen = input.files?.[0]
            if (chosen !== undefined && chosen.size <= MOST_CHARS) onChange(await chosen.text())
            input.value = ''
          }}
        />
        <Button size="sm" onClick={() => file.current?.click()}>
          <FileUp />
          {t('fromFile')}
        </Button>
        <LinkButton onClick={() => onChange(now())}>{t('fillIn')}</LinkButton>
      </div>
    </div>
  )
}
