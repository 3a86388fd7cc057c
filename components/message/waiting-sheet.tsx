'use client'
// components/message/waiting-sheet.tsx: deciding about messages that wait: what each choice means, what it touches, the name
// typed, then the answer per message.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslations } from 'use-intl'
import type { GravePreview, WaitingAct, WaitingActPreview } from '../../server/shared/views'
import { ConfirmBar } from '../change/confirm-bar'
import { type Note, Notes, ResultTable, TakenAnew } from '../change/parts'
import { useGraveChange } from '../change/use-grave-change'
import { Moment, Name, NotApplicable, useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Forbidden, Skeleton } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { BodyView } from './body-view'

export interface Wanted {
  readonly act: WaitingAct
  readonly waiting: readonly string[]
}
const isWaiting = (preview: GravePreview): preview is WaitingActPreview => preview.kind === 'waiting'

export const WaitingSheet = ({ wanted, onClose }: { wanted: Wanted | null; onClose: () => void }) => {
  const t = useTranslations('waiting.sheet')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const cache = useQueryClient()
  const applying = useMutation(trpc.waiting.decide.mutationOptions())
  const act = wanted?.act ?? 'commit'
  const grave = useGraveChange<WaitingActPreview>({
    preview: () =>
      cache.fetchQuery(
        trpc.waiting.preview.queryOptions(
          { cluster, act, waiting: [...(wanted?.waiting ?? [])] },
          { staleTime: 0, gcTime: 0 },
        ),
      ),
    apply: (preview, confirm, reason) =>
      applying.mutateAsync({ cluster, preview: preview.id, confirm, ...(reason === '' ? {} : { reason }) }),
    is: isWaiting,
  })
  const { take, reset, preview, result } = grave
  const open = wanted !== null
  useEffect(() => {
    if (open) void take()
    else reset()
  }, [open, take, reset])
  const close = () => {
    if (result !== null) void cache.invalidateQueries(trpc.waiting.pathFilter())
    onClose()
  }
  return (
    <Sheet
      open={open}
      onOpenChange={(next) => next || close()}
      title={t(`title.${act}`)}
      about={
        <>
          {t('on')}
          <ClusterName />
        </>
      }
      footer={
        result !== null ? (
          <>
            <span className="flex-1" />
            <Button look="primary" className="h-8" onClick={close}>
              {t('close')}
            </Button>
          </>
        ) : (
          preview !== null && (
            <ConfirmBar
              key={preview.id}
              name={preview.name}
              effect={t(`effect.${act}`, { count: preview.sends })}
              look={act === 'resume' ? 'primary' : 'danger'}
              previewedAt={preview.at}
              busy={grave.phase === 'applying'}
              refusal={preview.sends === 0 ? t('nothing') : undefined}
              onApply={(confirm, reason) => void grave.apply(confirm, reason)}
            />
          )
        )
      }
    >
      <div className="flex flex-col gap-3">
        {grave.error !== null && <QueryFault error={grave.error} onRetry={() => void take()} className="py-2" />}
        {grave.anew !== null && result === null && <TakenAnew why={grave.anew} />}
        {result !== null ? (
          <ResultTable result={result} subject={t('message')} />
        ) : preview === null ? (
          grave.error === null && <Skeleton lines={8} />
        ) : (
          <Preview preview={preview} />
        )}
      </div>
    </Sheet>
  )
}

const Preview = ({ preview }: { preview: WaitingActPreview }) => {
  const t = useTranslations('waiting.sheet')
  const format = useFormat()
  const { act, rows, readers, sends } = preview
  const gone = rows.length - sends
  const drops = act === 'rollback' || act === 'recall'
  const notes: Note[] = [
    { key: 'means', state: drops ? 'warn' : 'off', text: t(`means.${act}`) },
    ...readers.map(
      ({ topic, groups }): Note => ({
        key: topic,
        state: 'off',
        text: t.rich('readers', {
          topic,
          count: groups.length,
          groups: groups.join(', '),
          b: (words) => <b className="mono">{words}</b>,
        }),
      }),
    ),
    ...(gone > 0 ? [{ key: 'gone', state: 'warn' as const, text: t('gone', { count: gone }) }] : []),
  ]
  const only = rows.length === 1 ? rows[0] : undefined
  return (
    <>
      <Notes notes={notes} />
      <Panel ruled title={t('messages', { count: sends })}>
        <Table density="compact">
          <thead>
            <tr>
              <Th>{t('message')}</Th>
              <Th className="w-44 max-sm:hidden">{t('topic')}</Th>
              <Th className="w-40 max-sm:hidden">{t('key')}</Th>
              <Th className="w-36">{act === 'recall' ? t('due') : t('born')}</Th>
              <Th className="w-40">{t('will.head')}</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Tr key={row.key} className={row.changed ? 'bg-warn-wash' : undefined}>
                <Td>
                  <Name>{row.uniqueId ?? row.key}</Name>
                </Td>
                <Td className="max-sm:hidden">{row.topic === '' ? <NotApplicable /> : <Name>{row.topic}</Name>}</Td>
                <Td className="max-sm:hidden">
                  {row.keys.length === 0 ? <NotApplicable /> : <Name>{row.keys.join(' ')}</Name>}
                </Td>
                <Td>
                  {row.note === 'gone' ? (
                    <NotApplicable />
                  ) : row.dueAt !== null ? (
                    format.time(row.dueAt)
                  ) : (
                    <Moment at={row.bornAt} />
                  )}
                </Td>
                <Td>
                  <span className="flex items-center gap-1.5">
                    <Mark state={row.note !== null ? 'off' : drops ? 'warn' : 'ok'} />
                    {row.note === null ? t(`will.${act}`) : t(`note.${row.note}`)}
                  </span>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Panel>
      {only !== undefined && only.note !== 'gone' && <Body offsetId={only.offsetId} />}
    </>
  )
}

/** What is decided about is read first. */
const Body = ({ offsetId }: { offsetId: string }) => {
  const t = useTranslations('waiting.sheet')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const query = useQuery(
    trpc.message.get.queryOptions({ cluster, offsetId }, { meta: { still: true }, staleTime: 60_000 }),
  )
  return (
    <Panel ruled title={t('body')}>
      <Region query={query}>
        {({ body }) =>
          body === null ? (
            <Forbidden title={t('bodyForbidden')} />
          ) : (
            <div className="px-3 py-2.5">
              <BodyView body={body} fileName={offsetId} hit="" onWhole={() => undefined} />
            </div>
          )
        }
      </Region>
    </Panel>
  )
}
