// app/c/[cluster]/dlq/[group]/page.tsx: the dead letters of one group.
import { DeadGroup } from '../../../../../components/message/dead-group'

export default function DeadGroupPage() {
  return <DeadGroup />
}
