// app/c/[cluster]/jobs/page.tsx: long work on this cluster, what runs and what came of it.
import { JobList } from '../../../../components/job/job-list'

export default function JobsPage() {
  return <JobList />
}
