// app/c/[cluster]/topics/page.tsx: the list of topics.
import { TopicList } from '../../../../components/topic/topic-list'

export default function TopicsPage() {
  return <TopicList />
}
