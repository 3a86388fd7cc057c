// app/setup/page.tsx: makes the first admin and shows where clients connect.
import type { Metadata } from 'next'
import { SetupWizard } from '../../components/access/setup-wizard'

export const metadata: Metadata = { title: 'Set up' }

export default function SetupPage() {
  return <SetupWizard />
}
