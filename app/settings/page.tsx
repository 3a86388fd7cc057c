// app/settings/page.tsx: how I see the console, and where I am signed in.
import type { Metadata } from 'next'
import { SettingsView } from '../../components/access/settings-view'
import { Govern } from '../govern'

export const metadata: Metadata = { title: 'Settings' }

export default function SettingsPage() {
  return (
    <Govern>
      <SettingsView />
    </Govern>
  )
}
