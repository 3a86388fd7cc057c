// app/c/[cluster]/alarms/history/page.tsx: every alarm there was.
import type { Metadata } from 'next'
import { AlarmHistory } from '../../../../../components/alarm/alarm-history'

export const metadata: Metadata = { title: 'Alarm history' }

export default function AlarmHistoryPage() {
  return <AlarmHistory />
}
