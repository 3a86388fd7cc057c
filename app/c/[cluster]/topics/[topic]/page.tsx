// app/c/[cluster]/topics/[topic]/page.tsx: a topic at a glance.
import { TopicOverview } from '../../../../../components/topic/topic-overview'

export default function TopicPage() {
  return <TopicOverview />
}
