// app/access/roles/page.tsx: what each role may do, and who may do something.
import type { Metadata } from 'next'
import { RolesView } from '../../../components/access/roles-view'
import { Govern } from '../../govern'

export const metadata: Metadata = { title: 'Roles' }

export default function RolesPage() {
  return (
    <Govern>
      <RolesView />
    </Govern>
  )
}
