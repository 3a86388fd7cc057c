// app/govern.tsx: the frame of pages that belong to no cluster: who is signed in and which clusters there are is asked early.
import type { ReactNode } from 'react'
import { ConsoleFrame } from '../components/shell/frame'
import { Asked } from './asked'

export const Govern = ({ children }: { children: ReactNode }) => (
  <Asked
    questions={(trpc, cache) => [
      cache.prefetchQuery(trpc.auth.state.queryOptions()),
      cache.prefetchQuery(trpc.cluster.list.queryOptions()),
    ]}
  >
    <ConsoleFrame>{children}</ConsoleFrame>
  </Asked>
)
