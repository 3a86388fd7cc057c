'use client'
// components/group/delete-group.tsx: the grave end of a group. Its retry and dead-letter topics go too, and it says so with
// their counts.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { DeleteSheet } from '../change/delete-sheet'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'

export const DeleteGroup = (props: {
  cluster: string
  group: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onDone?: () => void
}) => {
  const { cluster, group } = props
  const trpc = useTRPC()
  const cache = useQueryClient()
  const deletion = useMutation(trpc.group.delete.mutationOptions())
  return (
    <DeleteSheet
      name={group}
      what="group"
      open={props.open}
      onOpenChange={props.onOpenChange}
      where={<ClusterName />}
      fault={(error, retry) => <QueryFault error={error} onRetry={retry} className="py-2" />}
      preview={() => cache.fetchQuery(trpc.group.deletePreview.queryOptions({ cluster, group }, { staleTime: 0 }))}
      apply={(preview, confirm, reason) =>
        deletion.mutateAsync({ cluster, group, preview: preview.id, confirm, ...(reason === '' ? {} : { reason }) })
      }
      onDone={() => {
        void cache.invalidateQueries(trpc.group.pathFilter())
        props.onDone?.()
      }}
    />
  )
}
