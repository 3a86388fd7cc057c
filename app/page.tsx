// app/page.tsx: the start: to set-up, to login, or to the cluster that was looked at last.
import { redirect } from 'next/navigation'
import { clusterHref } from '../components/shell/address'
import { ask } from '../server/rsc'

export default async function StartPage() {
  const api = await ask()
  const state = await api.auth.state()
  if (!state.setUp) redirect('/setup')
  if (!state.me) redirect('/login')
  const clusters = await api.cluster.list()
  const last = clusters.find(({ id }) => id === state.me?.settings.lastCluster) ?? clusters[0]
  redirect(last ? clusterHref(last.id) : '/settings')
}
