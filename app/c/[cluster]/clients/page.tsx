// app/c/[cluster]/clients/page.tsx: everyone connected, producers and consumers.
import type { Metadata } from 'next'
import { ClientList } from '../../../../components/client/client-list'

export const metadata: Metadata = { title: 'Clients' }

export default function ClientsPage() {
  return <ClientList />
}
