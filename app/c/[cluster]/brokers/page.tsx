// app/c/[cluster]/brokers/page.tsx: which machine carries what, and which is short of something.
import type { Metadata } from 'next'
import { BrokersView } from '../../../../components/broker/brokers-view'

export const metadata: Metadata = { title: 'Brokers' }

export default function Page() {
  return <BrokersView />
}
