// app/c/[cluster]/groups/[group]/history/page.tsx: the tab of a group's history.
import { GroupHistory } from '../../../../../../components/group/group-history'

export default function GroupHistoryPage() {
  return <GroupHistory />
}
