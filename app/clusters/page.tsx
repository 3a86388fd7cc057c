// app/clusters/page.tsx: all clusters of this console side by side, and how each is reached.
import type { Metadata } from 'next'
import { ClustersView } from '../../components/cluster/clusters-view'
import { Govern } from '../govern'

export const metadata: Metadata = { title: 'Clusters' }

export default function ClustersPage() {
  return (
    <Govern>
      <ClustersView />
    </Govern>
  )
}
