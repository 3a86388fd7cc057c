// app/c/[cluster]/acl/page.tsx: who the brokers let in, and to what.
import type { Metadata } from 'next'
import { AclPage } from '../../../../components/access/acl-page'

export const metadata: Metadata = { title: 'Broker access control' }

export default function BrokerAclPage() {
  return <AclPage />
}
