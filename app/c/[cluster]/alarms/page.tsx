// app/c/[cluster]/alarms/page.tsx: what fires now, and the last day.
import type { Metadata } from 'next'
import { AlarmBoardPage } from '../../../../components/alarm/alarm-board'

export const metadata: Metadata = { title: 'Alarms' }

export default function AlarmsPage() {
  return <AlarmBoardPage />
}
