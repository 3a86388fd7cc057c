'use client'
// components/doctor/name-input.tsx: the name of a topic or a group, with those that exist to choose from; any text is taken,
// since a wrong name is what may be wrong.
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useClusterId } from '../shell/cluster'
import { useTRPC } from '../trpc/client'
import { Input } from '../ui/input'

export const NameInput = (props: { of: 'topic' | 'group'; value: string; onChange: (name: string) => void }) => {
  const cluster = useClusterId()
  const trpc = useTRPC()
  const list = useId()
  const still = { meta: { still: true }, staleTime: 30_000 }
  const topics = useQuery(trpc.topic.names.queryOptions({ cluster }, { ...still, enabled: props.of === 'topic' }))
  const groups = useQuery(trpc.group.names.queryOptions({ cluster }, { ...still, enabled: props.of === 'group' }))
  const names = props.of === 'topic' ? topics.data?.map(({ name }) => name) : groups.data
  return (
    <>
      <Input mono list={list} value={props.value} onChange={(event) => props.onChange(event.target.value)} />
      <datalist id={list}>
        {names?.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
