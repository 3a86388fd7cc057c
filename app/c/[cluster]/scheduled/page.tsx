// app/c/[cluster]/scheduled/page.tsx: what will be delivered later.
import type { Metadata } from 'next'
import { ScheduledPage } from '../../../../components/message/scheduled-page'

export const metadata: Metadata = { title: 'Scheduled' }

export default function ScheduledRoute() {
  return <ScheduledPage />
}
