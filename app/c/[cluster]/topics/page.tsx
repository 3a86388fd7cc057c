// app/c/[cluster]/topics/page.tsx: the list of topics.
import type { Metadata } from 'next'
import { firstTopics } from '../../../../components/topic/first-topics'
import { TopicList } from '../../../../components/topic/topic-list'
import { AskedPlain, type PageProps } from '../../../asked-plain'

export const metadata: Metadata = { title: 'Topics' }

export default function TopicsPage(props: PageProps) {
  return (
    <AskedPlain
      {...props}
      question={(trpc, cache, cluster) => cache.prefetchQuery(trpc.topic.list.queryOptions(firstTopics(cluster)))}
    >
      <TopicList />
    </AskedPlain>
  )
}
