'use client'
// components/trpc/client.tsx: the browser's one way to the server: questions over HTTP in batches, what goes on over one
// websocket. The query cache made here is the only place in the browser that holds a sample.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  splitLink,
  type TRPCClient,
  wsLink,
} from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useState } from 'react'
import superjson from 'superjson'
import type { AppRouter } from '../../server/root'
import { connection, session } from './connection'
import { faultOf, isUnreachable } from './fault'
import { isLong, MOST_ADDRESS_CHARS } from './long-query'
import { productionLink } from './production'
import { hashOfKey } from './query-hash'

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>()

export { useTRPC }

/** Where the console lives below its origin; set when it is built for a path of its own. */
export const basePath = process.env.ROCKETDECK_BASE_PATH ?? ''

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: {
      /** Does not move by itself: the refresh control leaves it alone, and its age is not counted. */
      readonly still?: boolean
      /** A subscription feeds it while the page is live. */
      readonly fed?: boolean
    }
  }
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isUnreachable(error)) connection.lost('http')
        if (faultOf(error)?.kind === 'not-signed-in') session.ended()
      },
      onSuccess: () => connection.found('http'),
    }),
    defaultOptions: {
      queries: {
        queryKeyHashFn: hashOfKey,
        // One control refreshes everything (refresh.tsx); a second clock per query would ask twice.
        refetchInterval: false,
        refetchOnWindowFocus: false,
        staleTime: 4_000,
        gcTime: 5 * 60_000,
        // What the server answered will not change by asking again; what never arrived may.
        retry: (failures, error) => isUnreachable(error) && failures < 2,
        retryDelay: (attempt) => Math.min(400 * 2 ** attempt, 5_000),
      },
      mutations: { retry: false },
    },
  })
}

function newClient(): TRPCClient<AppRouter> {
  const to = { url: `${basePath}/api/trpc`, transformer: superjson }
  const http = splitLink<AppRouter>({
    condition: ({ type, input }) => type === 'query' && isLong(input),
    true: httpLink({ ...to, methodOverride: 'POST' }),
    false: httpBatchLink({ ...to, maxURLLength: MOST_ADDRESS_CHARS }),
  })
  // On the server nothing subscribes, and there is no socket to open.
  if (typeof window === 'undefined') return createTRPCClient<AppRouter>({ links: [http] })
  const { protocol, host } = window.location
  const socket = createWSClient({
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${basePath}/api/trpc`,
    lazy: { enabled: true, closeMs: 20_000 },
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5_000 },
    retryDelayMs: (attempt) => (attempt === 0 ? 200 : Math.min(500 * 2 ** attempt, 8_000)),
    onOpen: () => connection.found('socket'),
    onError: () => connection.lost('socket'),
  })
  socket.connectionState.subscribe({
    next: ({ state, error }) => {
      if (state === 'pending') connection.found('socket')
      else if (state === 'connecting' && error) connection.lost('socket')
      else if (state === 'idle') connection.found('socket') // nobody subscribes: closed on purpose
    },
  })
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: wsLink({ client: socket, transformer: superjson }),
        false: [productionLink, http],
      }),
    ],
  })
}

export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(newQueryClient)
  const [trpcClient] = useState(newClient)
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
