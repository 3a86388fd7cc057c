// app/c/[cluster]/groups/[group]/layout.tsx: what stands above every tab of a group.
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { GroupFrame } from '../../../../../components/group/group-frame'
import { decoded } from '../../../../../components/shell/address'

export async function generateMetadata({ params }: { params: Promise<{ group: string }> }): Promise<Metadata> {
  return { title: decoded((await params).group) }
}

export default function GroupLayout({ children }: { children: ReactNode }) {
  return <GroupFrame>{children}</GroupFrame>
}
