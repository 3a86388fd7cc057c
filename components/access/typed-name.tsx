'use client'
// components/access/typed-name.tsx: a grave action about one account, role or token: its name is typed before it is done.
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { QueryFault } from '../shell/fault'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'

interface TypedNameProps {
  readonly name: string
  readonly effect: string
  readonly note: string
  readonly busy: boolean
  readonly error: unknown
  readonly reason?: string | undefined
  readonly onApply: (typed: string) => void
}
export function TypedName({ name, effect, note, busy, error, reason, onApply }: TypedNameProps) {
  const t = useTranslations('people')
  const [typed, setTyped] = useState('')
  return (
    <form
      className="flex flex-col gap-2 border-t border-hair pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === name && !busy && reason === undefined) onApply(typed)
      }}
    >
      <p className="text-ink-2 text-sm">{note}</p>
      <div className="flex items-end gap-2">
        <Field label={t('typeName', { name })} className="flex-1">
          <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} />
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
      {error ? <QueryFault error={error} className="px-0 py-1" /> : null}
    </form>
  )
}
