'use client'
// components/broker/broker-history.tsx: what went through one broker in the chosen range: messages, and bytes.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ThroughputChart } from '../chart'
import { Region } from '../shell/fault'
import { useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Skeleton } from '../ui/region'
import { useBrokerAt } from './use-broker'

export function BrokerHistory() {
  const trpc = useTRPC()
  const at = useBrokerAt()
  const { span, zoom, drawn } = useRange()
  const history = useQuery(trpc.broker.history.queryOptions({ ...at, ...span }, { placeholderData: keepPreviousData }))
  return (
    <Region
      query={history}
      skeleton={
        <Panel className="h-[232px]">
          <Skeleton lines={5} className="py-2" />
        </Panel>
      }
    >
      {(data) => (
        <div className="grid gap-2.5 md:grid-cols-2">
          <ThroughputChart history={drawn(data)} height={196} onZoom={zoom} />
          <ThroughputChart history={drawn(data)} height={196} unit="bytes" onZoom={zoom} />
        </div>
      )}
    </Region>
  )
}
