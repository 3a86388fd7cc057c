// app/c/[cluster]/groups/[group]/reset/page.tsx: the reset wizard, over the group's progress.
import { GroupProgress } from '../../../../../../components/group/group-progress'
import { ResetWizard } from '../../../../../../components/group/reset-wizard'

export default function ResetPage() {
  return (
    <>
      <GroupProgress />
      <ResetWizard />
    </>
  )
}
