// app/access/roles/page.tsx: what each role may do, and who may do something.
import type { Metadata } from 'next'
import { RolesView } from '../../../components/access/roles-view'
import { ConsoleFrame } from '../../../components/shell/frame'
import { Asked } from '../../asked'

export const metadata: Metadata = { title: 'Roles' }

export default function AccessPage() {
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
      ]}
    >
      <ConsoleFrame>
        <RolesView />
      </ConsoleFrame>
    </Asked>
  )
}
