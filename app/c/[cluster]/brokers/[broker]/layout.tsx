// app/c/[cluster]/brokers/[broker]/layout.tsx: one machine; its tabs are pages of their own below this head.
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { BrokerFrame } from '../../../../../components/broker/broker-frame'
import { decoded } from '../../../../../components/shell/address'

export async function generateMetadata({ params }: { params: Promise<{ broker: string }> }): Promise<Metadata> {
  return { title: decoded((await params).broker) }
}

export default function Layout({ children }: { children: ReactNode }) {
  return <BrokerFrame>{children}</BrokerFrame>
}
