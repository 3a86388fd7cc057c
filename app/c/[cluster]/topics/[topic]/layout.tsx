// app/c/[cluster]/topics/[topic]/layout.tsx: what stands above every tab of a topic.
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { decoded } from '../../../../../components/shell/address'
import { TopicFrame } from '../../../../../components/topic/topic-frame'

export async function generateMetadata({ params }: { params: Promise<{ topic: string }> }): Promise<Metadata> {
  return { title: decoded((await params).topic) }
}

export default function TopicLayout({ children }: { children: ReactNode }) {
  return <TopicFrame>{children}</TopicFrame>
}
