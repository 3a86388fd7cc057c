// app/c/[cluster]/groups/page.tsx: the list of consumer groups.
import { GroupList } from '../../../../components/group/group-list'

export default function GroupsPage() {
  return <GroupList />
}
