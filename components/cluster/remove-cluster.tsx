'use client'
// components/cluster/remove-cluster.tsx: the connection goes, the cluster itself stays as it is; its id is typed before.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ClusterSettings } from '../../server/shared/views'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/input'
import { useToast } from '../ui/toast'

export function RemoveCluster({ settings: { id, name }, onGone }: { settings: ClusterSettings; onGone: () => void }) {
  const t = useTranslations('clusters.remove')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [typed, setTyped] = useState('')
  const remove = useMutation(
    trpc.cluster.remove.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.cluster.pathFilter())
        toast({ text: t('done', { name }) })
        onGone()
      },
    }),
  )
  return (
    <form
      className="mt-6 flex flex-col gap-2 border-hair border-t pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed === id) remove.mutate({ id, confirm: typed })
      }}
    >
      <p className="text-ink-2 text-sm">{t('note')}</p>
      <div className="flex items-end gap-2">
        <Field label={t('type', { id })} className="flex-1">
          <Input mono value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Button
          type="submit"
          look="danger"
          busy={remove.isPending}
          reason={typed === id ? undefined : t('typeFirst', { id })}
        >
          {t('go')}
        </Button>
      </div>
      {remove.error ? <QueryFault error={remove.error} className="px-0 py-1" /> : null}
    </form>
  )
}
