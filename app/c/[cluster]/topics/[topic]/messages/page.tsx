// app/c/[cluster]/topics/[topic]/messages/page.tsx: the search with the topic fixed.
import { MessageSearch } from '../../../../../../components/message/message-search'
import { decoded } from '../../../../../../components/shell/address'

export default async function TopicMessagesPage({ params }: { params: Promise<{ topic: string }> }) {
  return <MessageSearch topic={decoded((await params).topic)} />
}
