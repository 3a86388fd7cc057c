// app/access/tokens/page.tsx: secrets that let programs in.
import type { Metadata } from 'next'
import { TokensView } from '../../../components/access/tokens-view'
import { ConsoleFrame } from '../../../components/shell/frame'
import { Asked } from '../../asked'

export const metadata: Metadata = { title: 'API tokens' }

export default function AccessPage() {
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
      ]}
    >
      <ConsoleFrame>
        <TokensView />
      </ConsoleFrame>
    </Asked>
  )
}
