'use client'
// components/shell/try-bar.tsx: says as long as it lasts that an admin sees the console with somebody else's rights, and ends it.
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { isBuiltInRole } from '../../server/shared/rights'
import { basePath, useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Mark } from '../ui/mark'
import { useMe } from './cluster'

export function TryBar() {
  const t = useTranslations('shell')
  const trpc = useTRPC()
  const as = useMe()?.tryAs ?? null
  // What is on screen was asked for with other rights: the page begins anew.
  const end = useMutation(
    trpc.access.endTryAs.mutationOptions({ onSuccess: () => window.location.assign(`${basePath}/access/roles`) }),
  )
  if (as === null) return null
  const name = as.kind === 'role' && isBuiltInRole(as.name) ? t(`role.${as.name}`) : as.name
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-warn-mark bg-warn-wash px-5 py-2 text-sm max-sm:px-3"
    >
      <Mark state="warn" />
      {/* Before the text: what opens at the right must not cover the way out. */}
      <Button size="sm" busy={end.isPending} onClick={() => end.mutate()}>
        {t('tryAs.end')}
      </Button>
      <span className="min-w-0 flex-1">
        <span className="font-strong">{t(as.kind === 'role' ? 'tryAs.role' : 'tryAs.user', { name })}</span>{' '}
        <span className="text-ink-2">{t('tryAs.note')}</span>
      </span>
    </div>
  )
}
