// app/access/users/page.tsx: who has an account here.
import type { Metadata } from 'next'
import { UsersView } from '../../../components/access/users-view'
import { Govern } from '../../govern'

export const metadata: Metadata = { title: 'Users' }

export default function UsersPage() {
  return (
    <Govern>
      <UsersView />
    </Govern>
  )
}
