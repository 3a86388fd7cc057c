// app/asked-plain.tsx: a list as its bare address shows it is asked on the server, so that its rows come with the first HTML.
// With words, filters or a page in the address the browser asks, as it does from then on.
import type { QueryClient } from '@tanstack/react-query'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { ReactNode } from 'react'
import { decoded } from '../components/shell/address'
import type { AppRouter } from '../server/root'
import { Asked } from './asked'

export interface PageProps {
  readonly params: Promise<{ cluster: string }>
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}
interface Plain extends PageProps {
  readonly question: (trpc: TRPCOptionsProxy<AppRouter>, cache: QueryClient, cluster: string) => Promise<unknown>
  readonly children: ReactNode
}

export async function AskedPlain({ params, searchParams, question, children }: Plain) {
  const cluster = decoded((await params).cluster)
  if (Object.keys(await searchParams).length > 0) return children
  return <Asked questions={(trpc, cache) => [question(trpc, cache, cluster)]}>{children}</Asked>
}
