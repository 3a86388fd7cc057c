// app/c/[cluster]/topics/page.tsx: the list of topics.
import type { Metadata } from 'next'
import { TopicList } from '../../../../components/topic/topic-list'

export const metadata: Metadata = { title: 'Topics' }

export default function TopicsPage() {
  return <TopicList />
}
