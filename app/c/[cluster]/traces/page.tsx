// app/c/[cluster]/traces/page.tsx: messages followed from their producer to every group.
import type { Metadata } from 'next'
import { TracePage } from '../../../../components/message/trace-page'

export const metadata: Metadata = { title: 'Traces' }

export default function TracesPage() {
  return <TracePage />
}
