// app/c/[cluster]/doctor/page.tsx: why a client does not connect, send or receive.
import type { Metadata } from 'next'
import { ConnectionDoctor } from '../../../../components/doctor/connection-doctor'

export const metadata: Metadata = { title: 'Connection doctor' }

export default function DoctorPage() {
  return <ConnectionDoctor />
}
