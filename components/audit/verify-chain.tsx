'use client'
// components/audit/verify-chain.tsx: computes the chain of the log again, and says whether a line was changed or taken out.
import { useQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Mark } from '../ui/mark'
import { Skeleton } from '../ui/region'

export const VerifyChain = () => {
  const t = useTranslations('audit.verify')
  const format = useFormat()
  const trpc = useTRPC()
  const [open, setOpen] = useState(false)
  const proof = useQuery(
    trpc.audit.verify.queryOptions(undefined, { enabled: open, staleTime: 0, gcTime: 0, meta: { still: true } }),
  )
  return (
    <>
      <Button look="ghost" size="sm" onClick={() => setOpen(true)}>
        <ShieldCheck />
        {t('button')}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t('title')} description={t('note')}>
        {proof.data && !proof.isFetching ? (
          <div role="status" className="flex flex-col gap-2">
            <p className="flex items-center gap-2 font-strong">
              <Mark state={proof.data.brokenAt === null ? 'ok' : 'crit'} />
              {proof.data.brokenAt === null ? t('whole') : t('broken', { id: proof.data.brokenAt })}
            </p>
            <p className="text-ink-2 text-sm">
              {t('checked', { count: proof.data.checked, shown: format.count(proof.data.checked) })}
              {proof.data.unchained > 0 ? ` ${t('unchained', { count: proof.data.unchained })}` : ''}
            </p>
          </div>
        ) : proof.error ? (
          <QueryFault error={proof.error} onRetry={() => void proof.refetch()} className="px-0" />
        ) : (
          <Skeleton lines={2} />
        )}
      </Dialog>
    </>
  )
}
