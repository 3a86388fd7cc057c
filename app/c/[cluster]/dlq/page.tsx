// app/c/[cluster]/dlq/page.tsx: groups with dead letters.
import { DeadList } from '../../../../components/message/dead-list'

export default function DeadLettersPage() {
  return <DeadList />
}
