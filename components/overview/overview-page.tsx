'use client'
// components/overview/overview-page.tsx: answers in five seconds: is it well, and if not, why and where. The verdict comes
// before the figures, the figures before the charts; rows answer to the keys 1 to 9.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { Overview } from '../../server/shared/views'
import { groupHref } from '../shell/address'
import { useClusterId, useOverview } from '../shell/cluster'
import { ConnectStrip } from '../shell/connect'
import { QueryFault } from '../shell/fault'
import { useRange } from '../shell/range'
import { useTRPC } from '../trpc/client'
import { Panel } from '../ui/panel'
import { Skeleton } from '../ui/region'
import { AlarmsPanel } from './alarms-panel'
import { BrokersPanel } from './brokers-panel'
import { causeHref } from './causes'
import { FreshCluster } from './fresh-cluster'
import { GroupsPanel } from './groups-panel'
import { OverviewFigures } from './overview-figures'
import { VerdictPanel } from './verdict-panel'

/** The chart library is a third of the page's code: verdict and figures do not wait for it. */
const FlowCharts = dynamic(() => import('./flow-charts').then((room) => room.FlowCharts), {
  ssr: false,
  loading: () => <ChartSkeletons />,
})

export function OverviewPage() {
  const cluster = useClusterId()
  const overview = useOverview(cluster)
  const { data, error } = overview
  if (data) return <Loaded cluster={cluster} overview={data} />
  if (error)
    return (
      <Panel>
        <QueryFault error={error} onRetry={() => void overview.refetch()} />
      </Panel>
    )
  return <Loading />
}

function Loaded({ cluster, overview }: { cluster: string; overview: Overview }) {
  const trpc = useTRPC()
  const { span, zoom, drawn } = useRange()
  const history = useQuery(
    trpc.cluster.history.queryOptions({ cluster, ...span }, { placeholderData: keepPreviousData, select: drawn }),
  )
  useRowKeys(cluster, overview)
  const { connect, fresh } = overview
  return (
    <>
      {overview.alarms.first.length === 0 ? (
        <VerdictPanel cluster={cluster} overview={overview} />
      ) : (
        <div className="grid flex-none gap-2.5 lg:grid-cols-[minmax(0,1fr)_384px]">
          <VerdictPanel cluster={cluster} overview={overview} />
          <AlarmsPanel cluster={cluster} overview={overview} />
        </div>
      )}
      <OverviewFigures cluster={cluster} overview={overview} history={history.data} />
      {fresh ? (
        <FreshCluster cluster={cluster} connect={connect} />
      ) : (
        <FlowCharts cluster={cluster} overview={overview} history={history} onZoom={zoom} />
      )}
      <div className="grid gap-2.5 lg:grid-cols-[minmax(0,1fr)_384px]">
        <GroupsPanel cluster={cluster} overview={overview} />
        <BrokersPanel cluster={cluster} overview={overview} />
      </div>
      {fresh ? null : <ConnectStrip namesrv={connect.namesrv} loopbackOnly={connect.loopbackOnly} acl={connect.acl} />}
    </>
  )
}

/** 1 to 9 open the row with that number: causes first, then groups. */
function useRowKeys(cluster: string, overview: Overview): void {
  const router = useRouter()
  useEffect(() => {
    const targets = [
      ...overview.causes.slice(0, 3).map((cause) => causeHref(cluster, cause)),
      ...overview.behindGroups.map(({ name }) => groupHref(cluster, name)),
    ]
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return
      if (
        event.target instanceof HTMLElement &&
        event.target.closest('input,textarea,select,[role="dialog"],[role="menu"]')
      )
        return
      const href = targets[Number(event.key) - 1]
      if (href) router.push(href)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [cluster, overview, router])
}

const Loading = () => (
  <>
    <Panel className="h-[114px]">
      <Skeleton lines={3} className="py-2" />
    </Panel>
    <Panel className="h-[87px]">
      <Skeleton lines={2} className="py-2" />
    </Panel>
    <ChartSkeletons />
  </>
)

const ChartSkeletons = () => (
  <div className="grid gap-2.5 md:grid-cols-2">
    {['throughput', 'backlog'].map((name) => (
      <Panel key={name} className="h-[266px]">
        <Skeleton lines={6} className="py-2" />
      </Panel>
    ))}
  </div>
)
