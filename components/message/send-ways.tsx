'use client'
// components/message/send-ways.tsx: which way a message goes: to which queue, at once or later, by itself or in a transaction; and a
// body that is taken from a file.
import { Upload } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { Field, Input } from '../ui/input'
import { Select } from '../ui/select'
import { bodyOfFile, delayLevels, type SendDraft } from './send-draft'

const MOST_FILE_BYTES = 8 * 1024 * 1024
const ends = ['none', 'commit', 'rollback', 'unknown'] as const

export const SendWays = (props: {
  draft: SendDraft
  set: (next: Partial<SendDraft>) => void
  queues: readonly { broker: string; queueId: number }[]
  timeError: string | undefined
  /** What the typed time means, if it is one: a clock time that is over today means tomorrow's. */
  deliverAt: number | undefined
}) => {
  const { draft, set, queues, timeError, deliverAt } = props
  const t = useTranslations('message.send')
  const format = useFormat()
  return (
    <>
      <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
        <Field label={t('queue')} optional={t('optional')}>
          <Select
            mono
            value={draft.queue === '' ? 'any' : draft.queue}
            onChange={(queue) => set({ queue: queue === 'any' ? '' : queue })}
            choices={[
              { value: 'any', label: t('anyQueue') },
              ...queues.map((queue) => ({
                value: `${queue.broker}/${queue.queueId}`,
                label: `${queue.broker}/${queue.queueId}`,
              })),
            ]}
          />
        </Field>
        <Field label={t('sharding')} optional={t('optional')}>
          <Input mono value={draft.shardingKey} onChange={(event) => set({ shardingKey: event.target.value })} />
        </Field>
        <Field label={t('delay')}>
          <Select
            value={String(draft.delayLevel)}
            onChange={(level) => set({ delayLevel: Number(level) })}
            choices={delayLevels.map((ms, level) => ({
              value: String(level),
              label: level === 0 ? t('atOnce') : t('delayLevel', { level, span: format.duration(ms) }),
            }))}
          />
        </Field>
      </div>
      {!draft.many && (
        <div className="grid grid-cols-4 gap-3 max-sm:grid-cols-1">
          <Field
            label={t('deliverAt', { zone: format.zoneLabel() })}
            optional={t('optional')}
            error={timeError}
            hint={deliverAt === undefined ? undefined : t('deliverOn', { time: format.fullTime(deliverAt) })}
          >
            <Input
              mono
              value={draft.deliverAt}
              onChange={(event) => set({ deliverAt: event.target.value, delayLevel: 0 })}
              placeholder="14:05:00"
            />
          </Field>
          <Field label={t('priority')} optional={t('optional')}>
            <Input
              mono
              inputMode="numeric"
              value={draft.priority}
              onChange={(event) => set({ priority: event.target.value.replaceAll(/\D/g, '').slice(0, 6) })}
            />
          </Field>
          <Field label={t('transaction')}>
            <Select
              value={draft.transaction}
              onChange={(transaction) => set({ transaction })}
              choices={ends.map((value) => ({ value, label: t(`end.${value}`) }))}
            />
          </Field>
          <Field label={t('producerGroup')} optional={t('optional')}>
            <Input
              mono
              value={draft.producerGroup}
              onChange={(event) => set({ producerGroup: event.target.value })}
              disabled={draft.transaction === 'none'}
            />
          </Field>
        </div>
      )}
      {draft.transaction === 'unknown' && !draft.many && <p className="text-ink-3 text-sm">{t('unknownNote')}</p>}
    </>
  )
}

export const FileButton = ({ onBody }: { onBody: (body: Pick<SendDraft, 'kind' | 'body'>) => void }) => {
  const t = useTranslations('message.send')
  const id = useId()
  const [tooLarge, setTooLarge] = useState(false)
  return (
    <span className="flex items-center gap-2 text-sm">
      <label
        htmlFor={id}
        className="flex min-h-6 cursor-pointer items-center gap-1.5 rounded-md text-tide has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus hover:underline [&_.lucide]:size-[13px]"
      >
        <Upload />
        {t('fromFile')}
        <input
          id={id}
          type="file"
          className="sr-only"
          onChange={async (event) => {
            const input = event.currentTarget
            const file = input.files?.[0]
            if (file === undefined) return
            setTooLarge(file.size > MOST_FILE_BYTES)
            if (file.size <= MOST_FILE_BYTES) onBody(bodyOfFile(new Uint8Array(await file.arrayBuffer())))
            input.value = ''
          }}
        />
      </label>
      {tooLarge && (
        <span role="alert" className="text-crit">
          {t('fileTooLarge')}
        </span>
      )}
    </span>
  )
}
