// app/c/[cluster]/groups/[group]/clients/page.tsx: the tab of a group's clients.
import { GroupClients } from '../../../../../../components/group/group-clients'

export default function GroupClientsPage() {
  return <GroupClients />
}
