'use client'
// components/message/hand-over.tsx: giving one message to one group again: directly to a client that is chosen, with its answer
// shown, or into the group's retry topic. Both reach code that may act twice, so the group's name is typed first.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ConsumeDirectlyResult, MessageRow, SendResult } from '../../server/shared/views'
import { useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Mark } from '../ui/mark'
import { Fact, Facts } from '../ui/panel'
import { Select } from '../ui/select'
import { useTrack } from './message-tabs'

export const HandOver = (props: { row: MessageRow; way: 'client' | 'retry' | null; onClose: () => void }) => {
  const { row, way, onClose } = props
  const t = useTranslations('message.handOver')
  const trpc = useTRPC()
  const cluster = useClusterId()
  const [group, setGroup] = useState('')
  const [client, setClient] = useState('')
  const [confirm, setConfirm] = useState('')
  const track = useTrack(row.offsetId)
  const clients = useQuery(
    trpc.group.clients.queryOptions({ cluster, group }, { enabled: group !== '' && way === 'client', retry: false }),
  )
  const directly = useMutation(trpc.message.consumeDirectly.mutationOptions())
  const resend = useMutation(trpc.message.resend.mutationOptions())
  const done = directly.data ?? resend.data
  const error = directly.error ?? resend.error
  const close = () => {
    setGroup('')
    setClient('')
    setConfirm('')
    directly.reset()
    resend.reset()
    onClose()
  }
  const reason =
    group === ''
      ? t('chooseGroup')
      : way === 'client' && client === ''
        ? t('chooseClient')
        : confirm !== group
          ? t('typeFirst', { name: group })
          : undefined
  const groups = track.data ?? []
  return (
    <Dialog
      open={way !== null}
      onOpenChange={(open) => open || close()}
      title={way === 'retry' ? t('retryTitle') : t('clientTitle')}
      about={<ClusterName />}
      footer={
        done ? (
          <Button look="primary" onClick={close}>
            {t('close')}
          </Button>
        ) : (
          <>
            <Button onClick={close}>{t('cancel')}</Button>
            <Button
              look="danger"
              busy={directly.isPending || resend.isPending}
              reason={reason}
              onClick={() => {
                if (way === 'client')
                  directly.mutate({ cluster, group, offsetId: row.offsetId, clientId: client, confirm })
                else resend.mutate({ cluster, group, offsetId: row.offsetId, confirm })
              }}
            >
              {way === 'retry' ? t('retryEffect') : t('clientEffect')}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-ink-2 text-sm">{way === 'retry' ? t('retryText') : t('clientText')}</p>
        {done ? (
          <Answer done={done} />
        ) : (
          <>
            <Field label={t('group')}>
              <Select
                mono
                value={group === '' ? undefined : group}
                onChange={(next) => {
                  setGroup(next)
                  setClient('')
                }}
                placeholder={groups.length === 0 ? t('noGroup') : t('choose')}
                choices={groups.map((one) => ({ value: one.group, label: one.group }))}
              />
            </Field>
            {way === 'client' && group !== '' && (
              <Field label={t('client')} {...(clients.data?.length === 0 ? { error: t('noClient') } : {})}>
                <Select
                  mono
                  value={client === '' ? undefined : client}
                  onChange={setClient}
                  placeholder={t('choose')}
                  disabled={!clients.data || clients.data.length === 0}
                  choices={(clients.data ?? []).map((one) => ({
                    value: one.clientId,
                    label: one.clientId,
                    note: one.language,
                  }))}
                />
              </Field>
            )}
            {group !== '' && (
              <Field label={t.rich('type', { name: () => <b className="mono font-strong text-ink">{group}</b> })}>
                <Input mono value={confirm} onChange={(event) => setConfirm(event.target.value)} />
              </Field>
            )}
            {error && <QueryFault error={error} className="px-0 py-1" />}
          </>
        )}
      </div>
    </Dialog>
  )
}

const Answer = ({ done }: { done: ConsumeDirectlyResult | SendResult }) => {
  const t = useTranslations('message.handOver')
  const format = useFormat()
  if ('spentMs' in done) {
    const good = done.result === 'CR_SUCCESS' || done.result === 'CR_COMMIT'
    return (
      <div role="status">
        <p className="mb-1 flex items-center gap-2">
          <Mark state={good ? 'ok' : 'crit'} />
          <b className="mono font-strong">{done.result}</b>
          <span className="text-ink-3 text-sm">{t('took', { span: format.duration(done.spentMs) })}</span>
        </p>
        {done.remark && (
          <pre className="mono max-h-60 overflow-auto whitespace-pre-wrap break-words rounded-md border border-hair bg-sunken px-3 py-2 text-xs leading-[18px]">
            {done.remark}
          </pre>
        )}
      </div>
    )
  }
  return (
    <div role="status">
      <p className="mb-1 flex items-center gap-2">
        <Mark state={done.status === 'SEND_OK' ? 'ok' : 'warn'} />
        <b className="font-strong">{t('resent')}</b>
      </p>
      <Facts>
        <Fact name={t('place')}>
          <span className="mono">
            {done.broker}/{done.queueId} @ {format.count(done.queueOffset)}
          </span>
        </Fact>
      </Facts>
    </div>
  )
}
