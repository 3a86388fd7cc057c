// app/c/[cluster]/alarms/layout.tsx: what stands above every tab of alarms.
import type { ReactNode } from 'react'
import { AlarmFrame } from '../../../../components/alarm/alarm-frame'

export default function AlarmsLayout({ children }: { children: ReactNode }) {
  return <AlarmFrame>{children}</AlarmFrame>
}
