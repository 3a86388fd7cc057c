// app/settings/page.tsx: how I see the console, and where I am signed in.
import type { Metadata } from 'next'
import { SettingsView } from '../../components/access/settings-view'
import { ConsoleFrame } from '../../components/shell/frame'
import { Asked } from '../asked'

export const metadata: Metadata = { title: 'Settings' }

export default function SettingsPage() {
  return (
    <Asked
      questions={(trpc, cache) => [
        cache.prefetchQuery(trpc.auth.state.queryOptions()),
        cache.prefetchQuery(trpc.cluster.list.queryOptions()),
      ]}
    >
      <ConsoleFrame>
        <SettingsView />
      </ConsoleFrame>
    </Asked>
  )
}
