'use client'
// components/alarm/silence-dialog.tsx: nobody is told for a while: of which names, for how long, and why.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { ClusterName, useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { useToast } from '../ui/toast'
import { useAlarmWords } from './use-alarm-words'
import { useAlarmsChanged } from './use-alarms'

const HOUR_MS = 3_600_000
const spans = { '1': HOUR_MS, '4': 4 * HOUR_MS, '24': 24 * HOUR_MS, '168': 168 * HOUR_MS } as const
type SpanName = keyof typeof spans

export const SilenceDialog = (props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Of one alarm; else of a pattern under every rule. */
  of?: { ruleId: string; rule: string; subject: string } | undefined
}) => {
  const { open, onOpenChange, of } = props
  const cluster = useClusterId()
  const t = useTranslations('alarm.silence')
  const words = useAlarmWords()
  const format = useFormat()
  const trpc = useTRPC()
  const toast = useToast()
  const changed = useAlarmsChanged()
  const [typed, setTyped] = useState('')
  const [span, setSpan] = useState<SpanName>('1')
  const [reason, setReason] = useState('')
  const pattern = of?.subject ?? typed.trim()
  const end = useMutation(trpc.alarm.endSilence.mutationOptions({ onSuccess: changed }))
  const silence = useMutation(
    trpc.alarm.silence.mutationOptions({
      onSuccess: async ({ id }) => {
        await changed()
        toast({ text: t('done', { pattern }), undo: () => end.mutate({ cluster, id }) })
        onOpenChange(false)
      },
    }),
  )
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('title')}
      about={<ClusterName />}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('cancel')}</Button>
          <Button look="primary" type="submit" form="silence" busy={silence.isPending} disabled={pattern === ''}>
            {t('do', { span: format.duration(spans[span]) })}
          </Button>
        </>
      }
    >
      <form
        id="silence"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (pattern === '') return
          silence.mutate({ cluster, ruleId: of?.ruleId ?? null, pattern, forMs: spans[span], reason })
        }}
      >
        {of ? (
          <p className="text-sm">
            {words.ruleName(of.rule)} · <span className="mono">{of.subject}</span>
          </p>
        ) : (
          <Field label={t('pattern')} hint={t('patternHint')}>
            <Input mono autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
          </Field>
        )}
        <div>
          <p className="mb-[3px] text-ink-2 text-xs">{t('span')}</p>
          <Segmented<SpanName>
            label={t('span')}
            value={span}
            onChange={setSpan}
            // Keys of a const object are exactly SpanName.
            choices={(Object.keys(spans) as SpanName[])
              .sort((a, b) => spans[a] - spans[b])
              .map((value) => ({ value, label: format.duration(spans[value]) }))}
          />
        </div>
        <Field label={t('reason')}>
          <Input value={reason} maxLength={1000} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {silence.error && <QueryFault error={silence.error} className="px-0 py-1" />}
      </form>
    </Dialog>
  )
}
