// app/access/users/page.tsx: who has an account here.
import type { Metadata } from 'next'
import { UsersView } from '../../../components/access/users-view'
import { ConsoleFrame } from '../../../components/shell/frame'
import { Asked } from '../../asked'

export const metadata: Metadata = { title: 'Users' }

export default function AccessPage() {
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
      ]}
    >
      <ConsoleFrame>
        <UsersView />
      </ConsoleFrame>
    </Asked>
  )
}
