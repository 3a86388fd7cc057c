// app/c/[cluster]/alarms/history/page.tsx: every alarm there was.
import { AlarmHistory } from '../../../../../components/alarm/alarm-history'

export default function AlarmHistoryPage() {
  return <AlarmHistory />
}
