// app/c/[cluster]/alarms/rules/page.tsx: what is watched.
import type { Metadata } from 'next'
import { RuleList } from '../../../../../components/alarm/rule-list'

export const metadata: Metadata = { title: 'Alarm rules' }

export default function AlarmRulesPage() {
  return <RuleList />
}
