// app/c/[cluster]/groups/page.tsx: the list of consumer groups.
import type { Metadata } from 'next'
import { firstGroups } from '../../../../components/group/first-groups'
import { GroupList } from '../../../../components/group/group-list'
import { AskedPlain, type PageProps } from '../../../asked-plain'

export const metadata: Metadata = { title: 'Groups' }

export default function GroupsPage(props: PageProps) {
  return (
    <AskedPlain
      {...props}
      question={(trpc, cache, cluster) => cache.prefetchQuery(trpc.group.list.queryOptions(firstGroups(cluster)))}
    >
      <GroupList />
    </AskedPlain>
  )
}
