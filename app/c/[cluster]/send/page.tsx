// app/c/[cluster]/send/page.tsx: a message made by hand.
import type { Metadata } from 'next'
import { SendForm } from '../../../../components/message/send-form'

export const metadata: Metadata = { title: 'Send' }

export default function SendPage() {
  return <SendForm />
}
