'use client'
// components/message/redrive-sheet.tsx: putting dead messages back: where to, what happens to each, the group's name typed, then
// the answer per message.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ApplyResult, GravePreview, RedrivePreview, RedriveRow, RedriveTarget } from '../../server/shared/views'
import { GraveSheet } from '../change/grave-sheet'
import { type Note, Notes } from '../change/parts'
import { useGraveChange } from '../change/use-grave-change'
import { Name, NotApplicable, useFormat } from '../format'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Segmented } from '../ui/segmented'
import { Table, Td, Th, Tr } from '../ui/table'
import { Checkbox } from '../ui/tick'

const isRedrive = (preview: GravePreview): preview is RedrivePreview => preview.kind === 'redrive'

export const RedriveSheet = (props: {
  cluster: string
  group: string
  offsetIds: readonly string[] | null
  onClose: () => void
}) => {
  const { cluster, group, offsetIds, onClose } = props
  const t = useTranslations('dead.redrive')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const [target, setTarget] = useState<RedriveTarget>('retry')
  const [again, setAgain] = useState(false)
  const redrive = useMutation(trpc.dead.redrive.mutationOptions())
  const ids = [...(offsetIds ?? [])]
  const grave = useGraveChange<RedrivePreview>({
    preview: () =>
      cache.fetchQuery(
        trpc.dead.redrivePreview.queryOptions({ cluster, group, offsetIds: ids, target, again }, { staleTime: 0 }),
      ),
    apply: (preview, confirm, reason) =>
      redrive.mutateAsync({
        cluster,
        group,
        preview: preview.id,
        confirm,
        offsetIds: preview.rows.filter(({ note }) => note === null).map(({ offsetId }) => offsetId),
        ...(reason === '' ? {} : { reason }),
      }),
    is: isRedrive,
  })
  const { preview } = grave
  return (
    <GraveSheet
      grave={grave}
      open={offsetIds !== null}
      choice={`${target} ${again}`}
      preview={preview?.target === target && preview.again === again ? preview : null}
      onClose={(result) => {
        if (result !== null) void cache.invalidateQueries(trpc.dead.pathFilter())
        setAgain(false)
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
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Segmented
            label={t('target')}
            value={target}
            onChange={setTarget}
            choices={[
              { value: 'retry', label: t('retry') },
              { value: 'origin', label: t('origin') },
            ]}
          />
          <Checkbox checked={again} onChange={setAgain}>
            {t('again')}
          </Checkbox>
        </div>
      }
      result={(result) => <Results result={result} />}
    >
      {(current) => <Preview preview={current} />}
    </GraveSheet>
  )
}

const Preview = ({ preview }: { preview: RedrivePreview }) => {
  const t = useTranslations('dead.redrive')
  const format = useFormat()
  const { rows, group, target, readers } = preview
  const going = rows.filter(({ note }) => note === null)
  const twice = going.filter(({ before }) => before?.certain === true).length
  const uncertain = rows.filter(({ before }) => before?.certain === false).length
  const notes: Note[] = [
    { key: 'target', state: 'off', text: target === 'retry' ? t('retryNote', { group }) : t('originNote', { group }) },
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
    { key: 'plain', state: 'off', text: t('plain') },
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
        about={`${t('skips')} ${format.count(rows.length - preview.sends)}`}
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
      <Mark state={row.note === null ? (row.before === null ? 'ok' : 'warn') : 'off'} />
      {words}
    </span>
  )
}

const Results = ({ result }: { result: ApplyResult }) => {
  const t = useTranslations('dead.redrive')
  const format = useFormat()
  return (
    <Panel
      ruled
      title={t('result')}
      about={t('doneCount', { ok: result.ok, failed: result.failed, took: format.duration(Math.round(result.tookMs)) })}
    >
      <Table density="compact">
        <thead>
          <tr>
            <Th>{t('message')}</Th>
            <Th className="w-28">{t('result')}</Th>
            <Th className="w-80 max-sm:hidden">{t('position')}</Th>
            <Th>{t('answer')}</Th>
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row, index) => (
            // Two dead messages may bear one id; their places in the answer are their own.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Tr key={`${row.item} ${index}`}>
              <Td>
                <Name>{row.item}</Name>
              </Td>
              <Td>
                <span className="flex items-center gap-1.5">
                  <Mark state={row.ok ? 'ok' : 'crit'} />
                  {row.ok ? t('done') : t('failed')}
                </span>
              </Td>
              <Td className="mono max-sm:hidden">
                {row.queue === null || row.after === null ? (
                  <NotApplicable />
                ) : (
                  `${row.queue.topic} ${row.queue.broker}/${row.queue.queueId} @ ${format.count(row.after)}`
                )}
              </Td>
              <Td className="text-crit text-xs" title={row.error ?? undefined}>
                {row.error}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <PanelFoot className="border-t-0">{t('audited')}</PanelFoot>
    </Panel>
  )
}
