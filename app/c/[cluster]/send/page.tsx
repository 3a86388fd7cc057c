// app/c/[cluster]/send/page.tsx: a message made by hand.
import { SendForm } from '../../../../components/message/send-form'

export default function SendPage() {
  return <SendForm />
}
