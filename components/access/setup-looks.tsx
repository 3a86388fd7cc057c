'use client'
// components/access/setup-looks.tsx: the second step: how this admin sees the console.
import { useTranslations } from 'use-intl'
import { Button } from '../ui/button'
import { LooksFields } from './looks-fields'

export function SetupLooks({ onDone }: { onDone: () => void }) {
  const t = useTranslations('access')
  return (
    <form
      className="max-w-md"
      onSubmit={(event) => {
        event.preventDefault()
        onDone()
      }}
    >
      <h1 className="text-3xl font-semibold tracking-[-0.02em]">{t('looksTitle')}</h1>
      <p className="mt-2 mb-6 text-ink-2">{t('looksNote')}</p>
      <LooksFields />
      <Button look="primary" size="lg" type="submit" className="mt-6" autoFocus>
        {t('next')}
      </Button>
    </form>
  )
}
