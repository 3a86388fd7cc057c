'use client'
// components/shell/why-not.ts: why somebody may not do here what needs a right: the cluster is read-only, or they lack it. For
// drawing only: the server decides again.
import { useCallback } from 'react'
import { useTranslations } from 'use-intl'
import { changesNothing, type Right } from '../../server/shared/rights'
import { useClusterCard, useMe } from './cluster'

/** Undefined: they may. `changes`: whether it changes the cluster, where that is not what the right says. */
export const useWhyNot = (): ((right: Right, changes?: boolean) => string | undefined) => {
  const t = useTranslations('shell.whyNot')
  const me = useMe()
  const readOnly = useClusterCard()?.readOnly ?? false
  return useCallback(
    (right, changes = !changesNothing.has(right)) => {
      if (readOnly && changes) return t('readOnly')
      return (me?.rights.includes(right) ?? false) ? undefined : t('right', { right })
    },
    [me, readOnly, t],
  )
}
