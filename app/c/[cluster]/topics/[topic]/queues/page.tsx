// app/c/[cluster]/topics/[topic]/queues/page.tsx: the tab of a topic's queues.
import { TopicQueues } from '../../../../../../components/topic/topic-queues'

export default function TopicQueuesPage() {
  return <TopicQueues />
}
