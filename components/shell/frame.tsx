'use client'
// components/shell/frame.tsx: the frame around every page of a signed-in person: spine, sidebar, top bar, content; palette,
// shortcuts, and the dialog that asks for the password again when the session has ended.
import { useQuery } from '@tanstack/react-query'
import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useTRPC } from '../trpc/client'
import { RefreshProvider } from '../trpc/refresh'
import { useCopy } from '../ui/copy'
import { useToast } from '../ui/toast'
import { BottomBar } from './bottom-bar'
import { ClusterProvider, useClusterCard, useClusters, useMe, useOverviewFeed } from './cluster'
import { QueryFault } from './fault'
import { Palette } from './palette'
import { usePreferenceSync } from './preference-sync'
import { ProductionQuestion } from './production-question'
import { SessionEnded } from './session-ended'
import { ShortcutSheet } from './shortcut-sheet'
import { useShortcuts } from './shortcuts'
import { Sidebar, SidebarSheet } from './sidebar'
import { spineOf } from './spine'
import { TopBar } from './top-bar'

/** Draws its inside only for somebody who is signed in; everybody else is sent to login or set-up. */
export function SignedInOnly({ children }: { children: ReactNode }) {
  const trpc = useTRPC()
  const state = useQuery(trpc.auth.state.queryOptions(undefined, { staleTime: 60_000, meta: { still: true } }))
  const router = useRouter()
  const pathname = usePathname()
  const search = useSearchParams().toString()
  const away = state.data ? (!state.data.setUp ? '/setup' : state.data.me ? null : 'login') : null
  useEffect(() => {
    if (away === 'login') {
      const here = `${pathname}${search ? `?${search}` : ''}`
      router.replace(`/login${here === '/' ? '' : `?next=${encodeURIComponent(here)}`}`)
    } else if (away) router.replace(away)
  }, [away, pathname, search, router])
  if (state.data?.me) return children
  if (state.error) return <QueryFault error={state.error} onRetry={() => void state.refetch()} className="p-10" />
  return null
}

export const Frame = ({ cluster, children }: { cluster: string; children: ReactNode }) => (
  <SignedInOnly>
    <RefreshProvider>
      <ClusterProvider value={cluster}>
        <Inside cluster={cluster}>{children}</Inside>
      </ClusterProvider>
    </RefreshProvider>
  </SignedInOnly>
)

function Inside({ cluster, children }: { cluster: string; children: ReactNode }) {
  const t = useTranslations('shell')
  const [open, setOpen] = useState<'palette' | 'keys' | 'menu' | null>(null)
  const card = useClusterCard()
  useOverviewFeed(cluster)
  usePreferenceSync(cluster)
  const toast = useToast()
  const { copy } = useCopy()
  useShortcuts({
    cluster,
    onPalette: () => setOpen('palette'),
    onCopyLink: () => {
      void copy(window.location.href).then((done) => done && toast({ text: t('linkCopied') }))
    },
    onSheet: () => setOpen((before) => (before === 'keys' ? null : 'keys')),
  })
  const isOpen = (what: typeof open) => ({
    open: open === what,
    onOpenChange: (next: boolean) => setOpen(next ? what : null),
  })
  return (
    <div className="grid h-full grid-cols-[4px_minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] max-sm:h-auto max-sm:min-h-full md:grid-cols-[4px_52px_minmax(0,1fr)] md:grid-rows-[auto_minmax(0,1fr)] lg:grid-cols-[4px_208px_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-1 left-2 z-50 -translate-y-16 rounded-md border border-line bg-raised px-3 py-2 focus:translate-y-0"
      >
        {t('skip')}
      </a>
      <div
        aria-hidden
        className="row-span-2 max-sm:fixed max-sm:inset-y-0 max-sm:left-0 max-sm:z-30 max-sm:w-1"
        style={{ background: spineOf(card?.colour ?? 0) }}
      />
      <Sidebar cluster={cluster} />
      <TopBar
        cluster={cluster}
        onPalette={() => setOpen('palette')}
        onMenu={() => setOpen('menu')}
        onKeys={() => setOpen('keys')}
      />
      <main
        id="content"
        tabIndex={-1}
        className="relative col-start-2 flex min-w-0 flex-col *:shrink-0 gap-2.5 overflow-auto px-5 pt-3.5 pb-4 outline-none max-sm:overflow-visible max-sm:px-3 max-sm:pt-2.5 max-sm:pb-20 md:col-start-3"
      >
        {children}
      </main>
      <BottomBar cluster={cluster} onMore={() => setOpen('menu')} />
      <SidebarSheet cluster={cluster} {...isOpen('menu')} />
      <Palette cluster={cluster} {...isOpen('palette')} onKeys={() => setOpen('keys')} />
      <ShortcutSheet {...isOpen('keys')} />
      <SessionEnded />
      <ProductionQuestion />
    </div>
  )
}

/** The frame of pages that belong to no cluster: it shows the one used last, or the first. */
export function ConsoleFrame({ children }: { children: ReactNode }) {
  return (
    <SignedInOnly>
      <LastCluster>{children}</LastCluster>
    </SignedInOnly>
  )
}
function LastCluster({ children }: { children: ReactNode }) {
  const me = useMe()
  const clusters = useClusters()
  const last = clusters?.find(({ id }) => id === me?.settings.lastCluster) ?? clusters?.[0]
  return clusters ? <Frame cluster={last?.id ?? ''}>{children}</Frame> : null
}
