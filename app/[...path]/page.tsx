// app/[...path]/page.tsx: an address without a cluster (`/topics/orders`) goes to the cluster that was looked at last; anything
// else is no page.
import { notFound, redirect } from 'next/navigation'
import { clusterHref, decoded } from '../../components/shell/address'
import { pages } from '../../components/shell/pages'
import { ask } from '../../server/rsc'

export default async function WithoutCluster({ params }: { params: Promise<{ path: string[] }> }) {
  const path = (await params).path.map(decoded)
  const known = pages.some(({ href }) => href('x') === clusterHref('x', path[0] ?? ''))
  if (!known) notFound()
  const api = await ask()
  const { me } = await api.auth.state()
  if (!me) redirect(`/login?next=${encodeURIComponent(`/${path.map(encodeURIComponent).join('/')}`)}`)
  const clusters = await api.cluster.list()
  const last = clusters.find(({ id }) => id === me.settings.lastCluster) ?? clusters[0]
  if (!last) notFound()
  redirect(clusterHref(last.id, ...path))
}
