// app/c/[cluster]/layout.tsx: everything that belongs to one cluster stands in its frame. The cluster is in the address, so
// that a link means the same thing to everybody.

import type { ReactNode } from 'react'
import { decoded } from '../../../components/shell/address'
import { ClusterGate } from '../../../components/shell/cluster-gate'
import { Frame } from '../../../components/shell/frame'
import { Asked } from '../../asked'

export default async function ClusterLayout({
  params,
  children,
}: {
  params: Promise<{ cluster: string }>
  children: ReactNode
}) {
  const cluster = decoded((await params).cluster)
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
        cache.prefetchQuery(trpc.cluster.overview.queryOptions({ cluster })),
      ]}
    >
      <Frame cluster={cluster}>
        <ClusterGate>{children}</ClusterGate>
      </Frame>
    </Asked>
  )
}
