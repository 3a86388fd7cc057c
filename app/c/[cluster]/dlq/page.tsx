// app/c/[cluster]/dlq/page.tsx: groups with dead letters.
import type { Metadata } from 'next'
import { DeadList } from '../../../../components/message/dead-list'

export const metadata: Metadata = { title: 'Dead letters' }

export default function DeadLettersPage() {
  return <DeadList />
}
