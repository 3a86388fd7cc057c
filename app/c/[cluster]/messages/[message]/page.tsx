// app/c/[cluster]/messages/[message]/page.tsx: a message as a page of its own: what a copied link opens.
import { MessagePage } from '../../../../../components/message/message-page'

export default function OneMessagePage() {
  return <MessagePage />
}
