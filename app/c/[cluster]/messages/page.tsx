// app/c/[cluster]/messages/page.tsx: one box for any message.
import { MessageSearch } from '../../../../components/message/message-search'

export default function MessagesPage() {
  return <MessageSearch />
}
