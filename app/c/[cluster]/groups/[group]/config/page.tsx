// app/c/[cluster]/groups/[group]/config/page.tsx: the tab of a group's config.
import { GroupConfig } from '../../../../../../components/group/group-config'

export default function GroupConfigPage() {
  return <GroupConfig />
}
