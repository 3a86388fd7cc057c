// app/c/[cluster]/groups/[group]/layout.tsx: what stands above every tab of a group.
import type { ReactNode } from 'react'
import { GroupFrame } from '../../../../../components/group/group-frame'

export default function GroupLayout({ children }: { children: ReactNode }) {
  return <GroupFrame>{children}</GroupFrame>
}
