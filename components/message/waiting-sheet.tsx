'use client'
// components/message/waiting-sheet.tsx: deciding about messages that wait: what each choice means, what it touches, the name
// typed, then the answer per message.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { GravePreview, WaitingAct, WaitingActPreview } from '../../server/shared/views'
import { GraveSheet } from '../change/grave-sheet'
import { type Note, Notes, ResultTable } from '../change/parts'
import { useGraveChange } from '../change/use-grave-change'
import { Moment, Name, NotApplicable, useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Forbidden } from '../ui/region'
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
  return (
    <GraveSheet
      grave={grave}
      open={wanted !== null}
      onClose={(result) => {
        if (result !== null) void cache.invalidateQueries(trpc.waiting.pathFilter())
        onClose()
      }}
      title={t(`title.${act}`)}
      about={
        <>
          {t('on')}
          <ClusterName />
        </>
      }
      confirm={({ name, sends }) => ({
        name,
        effect: t(`effect.${act}`, { count: sends }),
        look: act === 'resume' ? 'primary' : 'danger',
        refusal: sends === 0 ? t('nothing') : undefined,
      })}
      fault={(error, retry) => <QueryFault error={error} onRetry={retry} className="py-2" />}
      result={(result) => <ResultTable result={result} subject={t('message')} />}
    >
      {(preview) => <Preview preview={preview} />}
    </GraveSheet>
  )
}

const Preview = ({ preview }: { preview: WaitingActPreview }) => {
  const t = useTranslations('waiting.sheet')
  const format = useFormat()
  const { act, rows, readers, sends } = preview
  const gone = rows.length - sends
  const drops = act === 'rollback' || act === 'recall'
  const notes: Note[] = [
    { key: 'means', state: drops ? 'warn' : 'note', text: t(`means.${act}`) },
    ...readers.map(
      ({ topic, groups }): Note => ({
        key: topic,
        state: 'note',
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
                  ) : row.deliverAt !== null ? (
                    format.time(row.deliverAt)
                  ) : (
                    <Moment at={row.bornAt} />
                  )}
                </Td>
                <Td>
                  <span className="flex items-center gap-1.5">
                    <Mark state={row.note !== null ? 'note' : drops ? 'warn' : 'ok'} />
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
