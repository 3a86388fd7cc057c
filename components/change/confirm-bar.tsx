'use client'
// components/change/confirm-bar.tsx: the foot of every grave change: type the object's name, say why if you like, apply. The
// button names the effect and stays off, with its reason, until the name is typed.
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'

export interface ConfirmBarProps {
  /** What must be typed. */
  readonly name: string
  /** What the button says: the effect, with its count. */
  readonly effect: string
  readonly previewedAt: number
  readonly busy: boolean
  /** Why it cannot be applied whatever is typed. */
  readonly refusal?: string | undefined
  readonly look?: 'danger' | 'primary'
  readonly onApply: (confirm: string, reason: string) => void
  readonly onBack?: (() => void) | undefined
  readonly children?: ReactNode
}

export const ConfirmBar = (props: ConfirmBarProps) => {
  const { name, effect, busy, refusal, look = 'danger', onApply, onBack } = props
  const t = useTranslations('change')
  const format = useFormat()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const off = refusal ?? (typed === name ? undefined : t('typeFirst', { name }))
  return (
    <form
      className="flex w-full flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (off === undefined && !busy) onApply(typed, reason)
      }}
    >
      <Field
        className="min-w-[200px] max-w-[292px] flex-1 max-sm:max-w-none max-sm:flex-none max-sm:basis-full"
        label={t.rich('typeToConfirm', {
          name: () => <b className="mono font-strong text-ink">{name}</b>,
        })}
      >
        <Input
          mono
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          disabled={refusal !== undefined}
          autoCapitalize="off"
          frame="h-8"
        />
      </Field>
      <Field
        className="min-w-[180px] max-w-[250px] flex-1 max-sm:max-w-none max-sm:flex-none max-sm:basis-full"
        label={t('reason')}
        optional={t('optional')}
      >
        <Input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={1000} frame="h-8" />
      </Field>
      <div className="ml-auto flex items-end gap-3">
        <span className="tnum text-right text-ink-3 text-xs max-sm:hidden">
          {t('previewed', { time: format.clockSeconds(props.previewedAt) })}
          <br />
          {t('checkedAgain')}
        </span>
        {onBack && (
          <Button className="h-8" onClick={onBack}>
            {t('back')}
          </Button>
        )}
        <Button type="submit" look={look} className="h-8" reason={off} busy={busy}>
          {effect}
        </Button>
      </div>
    </form>
  )
}
