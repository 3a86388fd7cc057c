'use client'
// components/change/delete-sheet.tsx: deleting a topic or a group: its impact first, then the typed name, then the result per
// broker. What is deleted and how is asked of the rooms that know it; this shows and confirms.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ApplyResult, DeletePreview, GravePreview } from '../../server/shared/views'
import { TotalValue, useFormat, Value } from '../format'
import { Figure, Figures, Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'
import { GraveSheet } from './grave-sheet'
import { type Note, Notes, ResultTable } from './parts'
import { useGraveChange } from './use-grave-change'

const isDelete = (preview: GravePreview): preview is DeletePreview =>
  preview.kind === 'delete-topic' || preview.kind === 'delete-group'

export const DeleteSheet = (props: {
  name: string
  what: 'topic' | 'group'
  open: boolean
  onOpenChange: (open: boolean) => void
  preview: () => Promise<DeletePreview>
  apply: (preview: DeletePreview, confirm: string, reason: string) => Promise<ApplyResult>
  /** The cluster with its spine. */
  where: ReactNode
  fault: (error: unknown, retry: () => void) => ReactNode
  /** After the result was read. */
  onDone: () => void
}) => {
  const { name, what, open, onOpenChange, onDone } = props
  const t = useTranslations('change')
  const format = useFormat()
  const grave = useGraveChange<DeletePreview>({ preview: props.preview, apply: props.apply, is: isDelete })
  const { preview } = grave
  const refusal =
    preview?.refused === 'system'
      ? t('refused.system')
      : preview?.refused === 'unreachable'
        ? t('refused.unreachable')
        : undefined
  const notes: Note[] = []
  if (preview !== null) {
    if (refusal !== undefined) notes.push({ key: 'refused', state: 'crit', text: <b>{refusal}</b> })
    if (preview.unreachable.length > 0)
      notes.push({
        key: 'unreachable',
        state: 'warn',
        text: t('unreachable', { brokers: preview.unreachable.join(', '), count: preview.unreachable.length }),
      })
    if ('value' in preview.clientsOnline && preview.clientsOnline.value > 0)
      notes.push({
        key: 'consumers',
        state: 'warn',
        text: t('consumersOnline', { count: preview.clientsOnline.value }),
      })
    if ('value' in preview.producersOnline && preview.producersOnline.value > 0)
      notes.push({
        key: 'producers',
        state: 'warn',
        text: t('producersOnline', { count: preview.producersOnline.value }),
      })
    for (const left of preview.leftBehind)
      notes.push({
        key: left.topic,
        state: 'note',
        text: t.rich(what === 'group' ? 'goesToo' : 'staysBehind', {
          topic: () => <b className="mono">{left.topic}</b>,
          kept: () => <TotalValue of={left.kept}>{format.count}</TotalValue>,
        }),
      })
    if (notes.length === 0) notes.push({ key: 'none', state: 'ok', text: t('nobodyAffected') })
  }

  return (
    <GraveSheet
      grave={grave}
      open={open}
      onClose={(result) => {
        onOpenChange(false)
        if (result !== null && result.failed === 0) onDone()
      }}
      width="pane"
      title={t(`delete.${what}`)}
      about={
        <>
          <span className="mono truncate text-ink">{name}</span>
          {t('on')}
          {props.where}
        </>
      }
      confirm={({ brokers }) => ({ name, effect: t('deleteOn', { count: brokers.length }), refusal })}
      fault={props.fault}
      result={(result) => <ResultTable result={result} subject={t('broker')} />}
    >
      {(preview) => (
        <>
          <Figures columns="1fr 1fr 1fr">
            <Figure
              label={t('kept')}
              value={<TotalValue of={preview.kept}>{(kept) => format.count(kept)}</TotalValue>}
              unit={format.messages}
              note={t('keptNote')}
            />
            <Figure
              label={t('unread')}
              tone={'value' in preview.unread && preview.unread.value > 0 ? 'text-warn' : undefined}
              value={<TotalValue of={preview.unread}>{(unread) => format.count(unread)}</TotalValue>}
              note={t('unreadNote', { count: preview.groups.length })}
            />
            <Figure
              label={t('flow')}
              value={<TotalValue of={preview.inPerSecond}>{(rate) => format.rateDigits(rate)}</TotalValue>}
              unit={format.messagesPerSecond}
              note={
                <TotalValue of={preview.outPerSecond}>
                  {(rate) => t('outNow', { rate: format.rateDigits(rate) })}
                </TotalValue>
              }
            />
          </Figures>
          <Notes notes={notes} />
          {preview.groups.length > 0 && (
            <Panel ruled title={what === 'topic' ? t('groupsHere') : t('itself')}>
              <Table density="compact">
                <thead>
                  <tr>
                    <Th>{t('group')}</Th>
                    <Th number className="w-24">
                      {t('clients')}
                    </Th>
                    <Th number className="w-32">
                      {t('unread')}
                    </Th>
                  </tr>
                </thead>
                <tbody>
                  {preview.groups.map((group) => (
                    <Tr key={group.name}>
                      <Td className="mono">{group.name}</Td>
                      <Td number>
                        <Value of={group.clients}>{(clients) => format.count(clients)}</Value>
                      </Td>
                      <Td number>
                        <TotalValue of={group.lag}>{(lag) => format.count(lag)}</TotalValue>
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            </Panel>
          )}
        </>
      )}
    </GraveSheet>
  )
}
