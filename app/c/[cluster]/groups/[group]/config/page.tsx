// app/c/[cluster]/groups/[group]/config/page.tsx: the tab of a group's config, and of what says which messages it gets.
import { GroupConfig } from '../../../../../../components/group/group-config'
import { GroupFilterPanel } from '../../../../../../components/group/group-filter'

export default function GroupConfigPage() {
  return (
    <>
      <GroupConfig />
      <GroupFilterPanel />
    </>
  )
}
