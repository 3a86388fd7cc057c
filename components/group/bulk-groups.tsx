'use client'
// components/group/bulk-groups.tsx: what is done with the groups that are ticked in the list: all of them deleted, each by its own preview.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { isSystemGroup } from '../../server/shared/names'
import { DeleteMany, MOST_DELETED } from '../change/delete-many'
import { ClusterName, useClusterCard } from '../shell/cluster'
import { useFaultLine } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'

export const BulkGroups = (props: { cluster: string; groups: readonly string[]; clear: () => void }) => {
  const { cluster, groups, clear } = props
  const t = useTranslations('group')
  const tChange = useTranslations('change.many')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const may = useWhyNot()
  const card = useClusterCard()
  const faultText = useFaultLine()
  const [deleting, setDeleting] = useState(false)
  const deletion = useMutation(trpc.group.delete.mutationOptions())
  const ofSystem = groups.some(isSystemGroup) ? t('menu.system') : undefined
  const tooMany = groups.length > MOST_DELETED ? tChange('tooMany', { most: MOST_DELETED }) : undefined
  return (
    <>
      <b className="font-strong">{t('bulk.ticked', { count: groups.length })}</b>
      <Button look="ghost-danger" reason={ofSystem ?? may('group.delete') ?? tooMany} onClick={() => setDeleting(true)}>
        <Trash2 />
        {t('menu.delete')}
      </Button>
      <Button look="ghost" shape="icon" aria-label={t('bulk.untick')} onClick={clear}>
        <X />
      </Button>
      <DeleteMany
        names={groups}
        what="group"
        open={deleting}
        where={<ClusterName />}
        production={card?.production ? card.name : null}
        faultText={faultText}
        preview={(group) =>
          cache.fetchQuery(trpc.group.deletePreview.queryOptions({ cluster, group }, { staleTime: 0 }))
        }
        apply={(preview, reason) =>
          deletion.mutateAsync({
            ...{ cluster, group: preview.name, preview: preview.id, confirm: preview.name },
            ...(reason === '' ? {} : { reason }),
          })
        }
        onClose={(deleted) => {
          setDeleting(false)
          if (deleted.length === 0) return
          clear()
          void cache.invalidateQueries(trpc.group.pathFilter())
        }}
      />
    </>
  )
}
