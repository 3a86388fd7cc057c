// app/asked.tsx: asks on the server what a page will show, so that the first HTML already holds it. What fails here, or is
// not allowed, is simply asked again by the browser, which then shows why.
import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { ReactNode } from 'react'
import { hashOfKey } from '../components/trpc/query-hash'
import { type AppRouter, appRouter } from '../server/root'
import { pageContext } from '../server/rsc'

export type Questions = (trpc: TRPCOptionsProxy<AppRouter>, cache: QueryClient) => readonly Promise<unknown>[]

export async function Asked({ questions, children }: { questions: Questions; children: ReactNode }) {
  const cache = new QueryClient({ defaultOptions: { queries: { queryKeyHashFn: hashOfKey } } })
  try {
    const ctx = await pageContext()
    const trpc = createTRPCOptionsProxy<AppRouter>({ router: appRouter, ctx, queryClient: cache })
    await Promise.all(questions(trpc, cache))
  } catch {
    // The console runs in another process (`next dev` alone): the browser asks it.
  }
  return <HydrationBoundary state={dehydrate(cache)}>{children}</HydrationBoundary>
}
