'use client'
// components/access/acl-result.ts: a change that goes to every broker, as one sentence: done, or where it was not and why.
import { useTranslations } from 'use-intl'
import type { ApplyResult } from '../../server/shared/views'

export const useApplied = () => {
  const t = useTranslations('acl')
  return ({ rows, failed }: ApplyResult, done: string): string =>
    failed === 0
      ? done
      : t('notEverywhere', {
          failed: rows.flatMap(({ item, ok, error }) => (ok ? [] : [`${item}: ${error ?? ''}`])).join('; '),
        })
}
