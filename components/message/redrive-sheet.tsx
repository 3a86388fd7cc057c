'use client'
// components/message/redrive-sheet.tsx: putting dead messages back: where to and how fast, what happens to each, the group's name
// typed. A job does it then, on a page of its own.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { RedrivePreviewInput } from '../../server/shared/inputs'
import type { GravePreview, JobRow, RedrivePreview, RedriveRow, RedriveTarget } from '../../server/shared/views'
import { GraveSheet } from '../change/grave-sheet'
import { type Note, Notes } from '../change/parts'
import { useGraveChange } from '../change/use-grave-change'
import { Name, NotApplicable, useFormat } from '../format'
import { clusterHref } from '../shell/address'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Field, Input } from '../ui/input'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty } from '../ui/region'
import { Segmented } from '../ui/segmented'
import { Table, Td, Th, Tr } from '../ui/table'
import { Checkbox } from '../ui/tick'
import { TopicInput } from './search-filters'

const isRedrive = (preview: GravePreview): preview is RedrivePreview => preview.kind === 'redrive'

const TRY_FIRST = 10
export type RedriveSelect = RedrivePreviewInput['select']

export const RedriveSheet = (props: {
  cluster: string
  group: string
  select: RedriveSelect | null
  onClose: () => void
}) => {
  const { cluster, group, select, onClose } = props
  const t = useTranslations('dead.redrive')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const [target, setTarget] = useState<RedriveTarget>('retry')
  const [typed, setTyped] = useState('')
  const [toTopic, setToTopic] = useState('')
  const [again, setAgain] = useState(false)
  const [few, setFew] = useState(false)
  const [mostPerSecond, setMostPerSecond] = useState('')
  const redrive = useMutation(trpc.dead.redrive.mutationOptions())
  const asked = {
    ...{ cluster, group, target, again },
    select: select ?? { kind: 'all' as const },
    ...(target === 'topic' ? { toTopic } : {}),
    ...(few ? { first: TRY_FIRST } : {}),
  }
  const grave = useGraveChange<RedrivePreview, JobRow>({
    preview: () => cache.fetchQuery(trpc.dead.redrivePreview.queryOptions(asked, { staleTime: 0, gcTime: 0 })),
    apply: async (preview, confirm, reason) => {
      const job = await redrive.mutateAsync({
        ...{ cluster, group, preview: preview.id, confirm, mostPerSecond: Number(mostPerSecond) || 0 },
        ...(reason === '' ? {} : { reason }),
      })
      void cache.invalidateQueries(trpc.job.pathFilter())
      router.push(clusterHref(cluster, 'jobs', job.id))
      return job
    },
    is: isRedrive,
  })
  const { preview } = grave
  const choice = JSON.stringify({ target, again, few, toTopic: target === 'topic' ? toTopic : null })
  const isOfChoice =
    preview?.target === target && preview.again === again && (target !== 'topic' || preview.toTopic === toTopic)
  return (
    <GraveSheet
      grave={grave}
      open={select !== null}
      ready={target !== 'topic' || toTopic !== ''}
      choice={choice}
      preview={isOfChoice ? preview : null}
      onClose={() => {
        setAgain(false)
        setFew(false)
        onClose()
      }}
      title={t('title')}
      about={
        <>
          <span className="mono truncate text-ink">{group}</span>
          {t('on')}
          <ClusterName />
        </>
      }
      confirm={({ sends }) => ({
        name: group,
        effect: t('effect', { count: sends }),
        refusal: sends === 0 ? t('nothing') : undefined,
      })}
      fault={(error, retry) => <QueryFault error={error} onRetry={retry} className="py-2" />}
      choices={
        <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
          <Segmented
            label={t('target')}
            value={target}
            onChange={setTarget}
            choices={[
              { value: 'retry', label: t('retry') },
              { value: 'origin', label: t('origin') },
              { value: 'topic', label: t('another') },
            ]}
          />
          {target === 'topic' && (
            <form
              className="w-64"
              onSubmit={(event) => {
                event.preventDefault()
                setToTopic(typed.trim())
              }}
              onBlur={() => setToTopic(typed.trim())}
            >
              <TopicInput value={typed} onChange={setTyped} label={t('toTopic')} />
            </form>
          )}
          <Field label={t('mostPerSecond')} className="w-36">
            <Input
              inputMode="numeric"
              value={mostPerSecond}
              onChange={(event) => setMostPerSecond(event.target.value.replaceAll(/\D/g, '').slice(0, 6))}
              placeholder={t('asFast')}
            />
          </Field>
          <Checkbox checked={few} onChange={setFew}>
            {t('first')}
          </Checkbox>
          <Checkbox checked={again} onChange={setAgain}>
            {t('again')}
          </Checkbox>
          {target === 'topic' && toTopic === '' && <p className="text-ink-3 text-sm">{t('chooseTopic')}</p>}
        </div>
      }
      result={(job) => (
        <Empty title={<Link href={clusterHref(cluster, 'jobs', job.id)}>{t('started')}</Link>}>
          {t('startedText')}
        </Empty>
      )}
    >
      {(current) => <Preview preview={current} />}
    </GraveSheet>
  )
}

const Preview = ({ preview }: { preview: RedrivePreview }) => {
  const t = useTranslations('dead.redrive')
  const format = useFormat()
  const { rows, group, target, toTopic, readers, total, twice, uncertain, left, more, missing } = preview
  const notes: Note[] = [
    {
      key: 'target',
      state: 'note',
      text:
        target === 'retry'
          ? t('retryNote', { group })
          : target === 'origin'
            ? t('originNote', { group })
            : t('topicNote', { topic: toTopic ?? '' }),
    },
    ...(missing.length > 0
      ? [
          {
            key: 'missing',
            state: 'warn' as const,
            text: t('missing', { who: missing.map(({ who }) => who).join(', ') }),
          },
        ]
      : []),
    ...(more ? [{ key: 'more', state: 'warn' as const, text: t('more') }] : []),
    ...readers.map(
      ({ topic, groups }): Note => ({
        key: topic,
        state: 'warn',
        text: t.rich('readers', {
          topic,
          count: groups.length,
          groups: groups.join(', '),
          b: (words) => <b className="mono">{words}</b>,
        }),
      }),
    ),
    ...(twice > 0 ? [{ key: 'twice', state: 'warn' as const, text: t('twice', { count: twice }) }] : []),
    ...(uncertain > 0
      ? [{ key: 'uncertain', state: 'warn' as const, text: t('uncertain', { count: uncertain }) }]
      : []),
    { key: 'plain', state: 'note', text: t('plain') },
  ]
  return (
    <>
      <Notes notes={notes} />
      <Panel
        ruled
        title={
          <span className="tnum">
            {t('sends')} {format.count(preview.sends)}
          </span>
        }
        about={[
          `${t('skips')} ${format.count(total - preview.sends)}`,
          ...left.map(({ note, count }) => t(`left.${note}`, { count: format.count(count) })),
        ].join(' · ')}
      >
        <Table density="compact">
          <thead>
            <tr>
              <Th>{t('message')}</Th>
              <Th className="w-40 max-sm:hidden">{t('key')}</Th>
              <Th className="w-52 max-sm:hidden">{t('to')}</Th>
              <Th className="w-64 max-sm:w-40">{t('will')}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={row.offsetId} className={row.changed ? 'bg-warn-wash' : undefined}>
                <Td>
                  <Name>{row.uniqueId ?? row.offsetId}</Name>
                </Td>
                <Td className="max-sm:hidden">
                  <Name>{row.keys.join(' ')}</Name>
                </Td>
                <Td className="max-sm:hidden">{row.to === null ? <NotApplicable /> : <Name>{row.to}</Name>}</Td>
                <Td>
                  <Then row={row} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
        {total > rows.length && (
          <PanelFoot className="border-t-0">
            {t('shownRows', { shown: format.count(rows.length), total: format.count(total) })}
          </PanelFoot>
        )}
      </Panel>
    </>
  )
}

const Then = ({ row }: { row: RedriveRow }) => {
  const t = useTranslations('dead.redrive')
  const format = useFormat()
  const time = row.before === null ? '' : format.time(row.before.at)
  const words =
    row.before?.certain === false
      ? t('may', { time })
      : row.note !== null
        ? t(`note.${row.note}`, { time })
        : row.before !== null
          ? t('beforeAt', { time })
          : t('go')
  return (
    <span className="flex items-center gap-1.5">
      <Mark state={row.note === null ? (row.before === null ? 'ok' : 'warn') : 'note'} />
      {words}
    </span>
  )
}
