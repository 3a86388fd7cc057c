// app/c/[cluster]/alarms/page.tsx: what fires now, and the last day.
import { AlarmBoardPage } from '../../../../components/alarm/alarm-board'

export default function AlarmsPage() {
  return <AlarmBoardPage />
}
