// app/c/[cluster]/alarms/rules/page.tsx: what is watched.
import { RuleList } from '../../../../../components/alarm/rule-list'

export default function AlarmRulesPage() {
  return <RuleList />
}
