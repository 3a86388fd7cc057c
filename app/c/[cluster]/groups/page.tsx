// app/c/[cluster]/groups/page.tsx: the list of consumer groups.
import type { Metadata } from 'next'
import { GroupList } from '../../../../components/group/group-list'

export const metadata: Metadata = { title: 'Groups' }

export default function GroupsPage() {
  return <GroupList />
}
