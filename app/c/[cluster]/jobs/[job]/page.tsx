// app/c/[cluster]/jobs/[job]/page.tsx: one job: how far it is, and the result of each item.
import { JobPage } from '../../../../../components/job/job-page'

export default function OneJobPage() {
  return <JobPage />
}
