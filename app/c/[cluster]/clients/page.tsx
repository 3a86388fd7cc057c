// app/c/[cluster]/clients/page.tsx: everyone connected, producers and consumers.
import { ClientList } from '../../../../components/client/client-list'

export default function ClientsPage() {
  return <ClientList />
}
