// app/c/[cluster]/topics/[topic]/layout.tsx: what stands above every tab of a topic.
import type { ReactNode } from 'react'
import { TopicFrame } from '../../../../../components/topic/topic-frame'

export default function TopicLayout({ children }: { children: ReactNode }) {
  return <TopicFrame>{children}</TopicFrame>
}
