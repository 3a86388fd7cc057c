// app/c/[cluster]/clients/page.tsx: everyone connected, producers and consumers.
import type { Metadata } from 'next'
import { ClientList } from '../../../../components/client/client-list'
import { firstClients } from '../../../../components/client/first-clients'
import { AskedPlain, type PageProps } from '../../../asked-plain'

export const metadata: Metadata = { title: 'Clients' }

export default function ClientsPage(props: PageProps) {
  return (
    <AskedPlain
      {...props}
      question={(trpc, cache, cluster) => cache.prefetchQuery(trpc.client.list.queryOptions(firstClients(cluster)))}
    >
      <ClientList />
    </AskedPlain>
  )
}
