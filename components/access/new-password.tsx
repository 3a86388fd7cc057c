'use client'
// components/access/new-password.tsx: a field for a password that is chosen now: how strong it is, and a way to read it.
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '../ui/cn'
import { Field, Input } from '../ui/input'
import { PASSWORD_MIN, passwordStrength } from './password-strength'

interface NewPasswordProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly userName?: string | undefined
  readonly error?: string | undefined
}
const tones = ['bg-control', 'bg-crit-mark', 'bg-warn-mark', 'bg-ok-mark'] as const

export function NewPassword({ label, value, onChange, userName, error }: NewPasswordProps) {
  const t = useTranslations('access')
  const [shown, setShown] = useState(false)
  const strength = passwordStrength(value, userName)
  const words = [
    t('strength.short', { least: PASSWORD_MIN }),
    t('strength.weak'),
    t('strength.fair'),
    t('strength.strong'),
  ] as const
  return (
    <div>
      <Field label={label} error={error}>
        <Input
          size="lg"
          type={shown ? 'text' : 'password'}
          mono={shown}
          name="new-password"
          autoComplete="new-password"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          trailing={
            <button
              type="button"
              aria-pressed={shown}
              aria-label={t('showPassword')}
              onClick={() => setShown(!shown)}
              className="grid size-6 place-items-center rounded-md text-ink-3 hover:text-ink"
            >
              {shown ? <EyeOff /> : <Eye />}
            </button>
          }
        />
      </Field>
      <div className="mt-1.5 flex items-center gap-2">
        <span aria-hidden className="flex flex-1 gap-1">
          {([1, 2, 3] as const).map((step) => (
            <i
              key={step}
              className={cn(
                'h-[3px] flex-1 rounded-[1px]',
                value !== '' && strength >= step ? tones[strength] : 'bg-hair',
              )}
            />
          ))}
        </span>
        <span aria-live="polite" className="min-w-28 max-w-[70%] text-right text-xs text-ink-3">
          {words[strength]}
        </span>
      </div>
    </div>
  )
}
