// app/c/[cluster]/groups/[group]/subscriptions/page.tsx: the tab of a group's subscriptions.
import { GroupSubscriptions } from '../../../../../../components/group/group-subscriptions'

export default function GroupSubscriptionsPage() {
  return <GroupSubscriptions />
}
