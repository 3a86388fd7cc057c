// app/c/[cluster]/groups/[group]/page.tsx: how far a group is.
import { GroupProgress } from '../../../../../components/group/group-progress'

export default function GroupPage() {
  return <GroupProgress />
}
