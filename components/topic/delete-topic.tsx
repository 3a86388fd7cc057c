'use client'
// components/topic/delete-topic.tsx: the grave end of a topic: its impact, its name typed, the result per broker.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { DeleteSheet } from '../change/delete-sheet'
import { ClusterName } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'

export const DeleteTopic = (props: {
  cluster: string
  topic: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onDone?: () => void
}) => {
  const { cluster, topic } = props
  const trpc = useTRPC()
  const cache = useQueryClient()
  const deletion = useMutation(trpc.topic.delete.mutationOptions())
  return (
    <DeleteSheet
      name={topic}
      what="topic"
      open={props.open}
      onOpenChange={props.onOpenChange}
      where={<ClusterName />}
      fault={(error, retry) => <QueryFault error={error} onRetry={retry} className="py-2" />}
      preview={() => cache.fetchQuery(trpc.topic.deletePreview.queryOptions({ cluster, topic }, { staleTime: 0 }))}
      apply={(preview, confirm, reason) =>
        deletion.mutateAsync({ cluster, topic, preview: preview.id, confirm, ...(reason === '' ? {} : { reason }) })
      }
      onDone={() => {
        void cache.invalidateQueries(trpc.topic.pathFilter())
        props.onDone?.()
      }}
    />
  )
}
