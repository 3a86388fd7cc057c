'use client'
// components/shell/lost.tsx: an address that leads nowhere, and a page that failed as a whole (which no page should).
import { useTranslations } from 'use-intl'
import { Link } from '../ui/link'
import { Empty, Fault } from '../ui/region'
import { Logo } from './logo'

export function Lost() {
  const t = useTranslations('shell.lost')
  return (
    <main className="flex h-full items-center justify-center p-6">
      <div>
        <Logo className="ml-3" />
        <Empty title={t('title')} action={<Link href="/">{t('start')}</Link>}>
          {t('note')}
        </Empty>
      </div>
    </main>
  )
}

export function Broken({ error, onRetry }: { error: Error & { digest?: string }; onRetry: () => void }) {
  const t = useTranslations('shell.lost')
  return (
    <Fault
      title={t('broken')}
      code={error.digest ?? error.message}
      details={error.stack ?? error.message}
      onRetry={onRetry}
    >
      {t('brokenNote')}
    </Fault>
  )
}
