'use client'
// components/group/try-filter.tsx: what a script that is being written would say of one stored message. A broker runs it, in the
// same sandbox as later; nothing is delivered, left out or kept.
import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { GroupFilterTrial } from '../../server/shared/views'
import { useFormat } from '../format'
import { QueryFault } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { Mark, type MarkState } from '../ui/mark'

interface TryProps {
  cluster: string
  group: string
  source: string
  /** null: not a number that may be. */
  timeLimitMs: number | null
  /** Why the script cannot be tried as it stands. */
  reason: string | undefined
}
/** 32 or 56 hex digits are an id of a message, 34 from `01` that of a gRPC client; no topic looks like that. */
const isId = (text: string): boolean => /^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{56}|01[0-9A-Fa-f]{32})$/.test(text)

export const TryFilter = ({ cluster, group, source, timeLimitMs, reason }: TryProps) => {
  const t = useTranslations('group.filter.try')
  const trpc = useTRPC()
  const may = useWhyNot()
  const [typed, setTyped] = useState('')
  const trial = useMutation(trpc.group.tryFilter.mutationOptions())
  const wanted = typed.trim()
  const whyNot = may('message.read') ?? reason ?? (wanted === '' ? t('first') : undefined)
  const run = () => {
    if (whyNot !== undefined || timeLimitMs === null) return
    trial.mutate({ cluster, group, source, timeLimitMs, message: isId(wanted) ? { id: wanted } : { newestOf: wanted } })
  }
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-end gap-2">
        <Field label={t('title')} className="min-w-0 flex-1">
          <Input
            mono
            value={typed}
            maxLength={255}
            placeholder={t('placeholder')}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event: KeyboardEvent) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              run()
            }}
          />
        </Field>
        <Button className="h-8" busy={trial.isPending} reason={whyNot} onClick={run}>
          {t('run')}
        </Button>
      </div>
      <p className="text-ink-3 text-xs">{t('hint')}</p>
      {/* Of a script that was changed since, it says nothing. */}
      <div role="status">{trial.data && trial.variables.source === source && <Said trial={trial.data} />}</div>
      {trial.error && <QueryFault error={trial.error} className="px-0 py-1" />}
    </div>
  )
}

const marks: Readonly<Record<GroupFilterTrial['verdict'], MarkState>> = {
  passed: 'ok',
  'left-out': 'off',
  fault: 'crit',
}

const Said = ({ trial: { verdict, fault, message } }: { trial: GroupFilterTrial }) => {
  const t = useTranslations('group.filter.try')
  const format = useFormat()
  const { topic, broker, queueId, queueOffset, storedAt } = message
  return (
    <div className="flex flex-col gap-0.5 text-sm">
      <span className="flex items-center gap-2">
        <Mark state={marks[verdict]} />
        <b className="font-strong">{t(verdict)}</b>
      </span>
      {fault !== null && <span className="mono break-words text-crit text-xs">{fault}</span>}
      <span className="break-words text-ink-3 text-xs">
        {t('of', { topic, broker, queue: queueId, offset: format.count(queueOffset), at: format.time(storedAt) })}
      </span>
    </div>
  )
}
