// app/c/[cluster]/alarms/silences/page.tsx: what nobody is told of.
import type { Metadata } from 'next'
import { SilenceList } from '../../../../../components/alarm/silence-list'

export const metadata: Metadata = { title: 'Silences' }

export default function AlarmSilencesPage() {
  return <SilenceList />
}
