// app/audit/page.tsx: what was done here, by whom and with what result; of one cluster or of all.
import type { Metadata } from 'next'
import { AuditLog } from '../../components/audit/audit-log'
import { ConsoleFrame } from '../../components/shell/frame'
import { Asked } from '../asked'

export const metadata: Metadata = { title: 'Audit log' }

export default function AuditPage() {
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
      ]}
    >
      <ConsoleFrame>
        <AuditLog />
      </ConsoleFrame>
    </Asked>
  )
}
