'use client'
// components/access/acl-result.ts: what follows a change that goes to every broker: the figures are asked for anew, and one
// sentence says that it is done, or where it was not and why.
import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import type { ApplyResult } from '../../server/shared/views'
import { useTRPC } from '../trpc/client'
import { useToast } from '../ui/toast'

/** Answers with what to do with a result; `onAll` when every broker has it. */
export const useSettled = () => {
  const t = useTranslations('acl')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  return (done: string, onAll?: () => void) =>
    async ({ rows, failed }: ApplyResult): Promise<void> => {
      await cache.invalidateQueries(trpc.acl.pathFilter())
      if (failed === 0) {
        toast({ text: done })
        return onAll?.()
      }
      const where = rows.flatMap(({ item, ok, error }) => (ok ? [] : [`${item}: ${error ?? ''}`]))
      toast({ text: t('notEverywhere', { failed: where.join('; ') }) })
    }
}
