// app/c/[cluster]/topics/[topic]/groups/page.tsx: the tab of a topic's groups.
import { TopicGroups } from '../../../../../../components/topic/topic-groups'

export default function TopicGroupsPage() {
  return <TopicGroups />
}
