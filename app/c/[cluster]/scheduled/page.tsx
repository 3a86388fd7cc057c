// app/c/[cluster]/scheduled/page.tsx: what will be delivered later.
import { ScheduledPage } from '../../../../components/message/scheduled-page'

export default function ScheduledRoute() {
  return <ScheduledPage />
}
