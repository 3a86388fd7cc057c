'use client'
// components/change/typed-name.tsx: what of the console's own is gone for good once it is deleted (an account, a role, a token, a
// masking rule, an alarm rule, a channel): what that means is said, and its name is typed before it is done.
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'

interface TypedNameProps {
  readonly name: string
  readonly effect: string
  readonly note: string
  readonly busy: boolean
  readonly fault: ReactNode
  readonly reason?: string | undefined
  readonly onApply: (typed: string) => void
}
export function TypedName({ name, effect, note, busy, fault, reason, onApply }: TypedNameProps) {
  const t = useTranslations('change')
  const [typed, setTyped] = useState('')
  return (
    <form
      className="flex flex-col gap-2 border-hair border-t pt-4 first:border-t-0 first:pt-0"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === name && !busy && reason === undefined) onApply(typed)
      }}
    >
      <p className="text-ink-2 text-sm">{note}</p>
      <div className="flex items-end gap-2">
        <Field
          label={t.rich('typeToConfirm', { name: () => <b className="mono font-strong text-ink">{name}</b> })}
          className="min-w-0 flex-1"
        >
          <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} autoCapitalize="off" />
        </Field>
        <Button
          type="submit"
          look="danger"
          busy={busy}
          reason={reason ?? (typed === name ? undefined : t('typeFirst', { name }))}
        >
          {effect}
        </Button>
      </div>
      {fault}
    </form>
  )
}
