// app/c/[cluster]/traces/page.tsx: messages followed from their producer to every group.
import { TracePage } from '../../../../components/message/trace-page'

export default function TracesPage() {
  return <TracePage />
}
