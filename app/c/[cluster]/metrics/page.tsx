// app/c/[cluster]/metrics/page.tsx: the history of a cluster as charts and as a report.
import type { Metadata } from 'next'
import { MetricsPage } from '../../../../components/metrics/metrics-page'

export const metadata: Metadata = { title: 'Metrics' }

export default function Metrics() {
  return <MetricsPage />
}
