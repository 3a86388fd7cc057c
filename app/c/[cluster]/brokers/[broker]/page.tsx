// app/c/[cluster]/brokers/[broker]/page.tsx: one machine: is it well, how is it set, is its copy safe.
import type { Metadata } from 'next'
import { BrokerRuntime } from '../../../../../components/broker/broker-runtime'
import { decoded } from '../../../../../components/shell/address'

export async function generateMetadata({ params }: { params: Promise<{ broker: string }> }): Promise<Metadata> {
  return { title: decoded((await params).broker) }
}

export default function Page() {
  return <BrokerRuntime />
}
