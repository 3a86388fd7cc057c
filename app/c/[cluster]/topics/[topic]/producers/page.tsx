// app/c/[cluster]/topics/[topic]/producers/page.tsx: the tab of a topic's producers.
import { TopicProducers } from '../../../../../../components/topic/topic-producers'

export default function TopicProducersPage() {
  return <TopicProducers />
}
