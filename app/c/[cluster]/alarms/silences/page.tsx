// app/c/[cluster]/alarms/silences/page.tsx: what nobody is told of.
import { SilenceList } from '../../../../../components/alarm/silence-list'

export default function AlarmSilencesPage() {
  return <SilenceList />
}
