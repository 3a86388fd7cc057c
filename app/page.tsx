// app/page.tsx: the start: to set-up, to login, or to the cluster that was looked at last. An address without a cluster
// (`/topics/orders`) comes here too, and goes on to that cluster's page.
import { redirect } from 'next/navigation'
import { clusterHref, withoutCluster } from '../components/shell/address'
import { ask } from '../server/rsc'

export default async function StartPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const asked = await searchParams
  const api = await ask()
  const state = await api.auth.state()
  if (!state.setUp) redirect('/setup')
  const onward = withoutCluster(asked)
  if (!state.me) redirect(onward === '' ? '/login' : `/login?next=${encodeURIComponent(onward)}`)
  const clusters = await api.cluster.list()
  const last = clusters.find(({ id }) => id === state.me?.settings.lastCluster) ?? clusters[0]
  redirect(last ? `${clusterHref(last.id)}${onward}` : '/settings')
}
