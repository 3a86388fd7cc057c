// app/audit/page.tsx: what was done here, by whom and with what result; of one cluster or of all.
import type { Metadata } from 'next'
import { AuditLog } from '../../components/audit/audit-log'
import { Govern } from '../govern'

export const metadata: Metadata = { title: 'Audit log' }

export default function AuditPage() {
  return (
    <Govern>
      <AuditLog />
    </Govern>
  )
}
