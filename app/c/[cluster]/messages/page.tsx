// app/c/[cluster]/messages/page.tsx: one box for any message.
import type { Metadata } from 'next'
import { MessageSearch } from '../../../../components/message/message-search'

export const metadata: Metadata = { title: 'Messages' }

export default function MessagesPage() {
  return <MessageSearch />
}
