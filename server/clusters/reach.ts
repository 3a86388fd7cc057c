// server/clusters/reach.ts: how an admin client of a cluster is to dial: with its credentials, over its TLS, to where its
// addresses are reached from here, and nowhere it may not go.
import type { AdminOptions } from '../admin/open'
import { checkServer, type Resolve } from '../guard/target'
import type { ClusterConnection } from '../shared/views'

export type Reach = Pick<AdminOptions, 'credentials' | 'tls' | 'resolve'>

export const reachOf = (
  { tls, ca, accessKey, addressMap, hosts }: ClusterConnection,
  secretKey: string,
  resolve?: Resolve,
): Reach => {
  const elsewhere = new Map(addressMap.map(({ from, to }) => [from, to]))
  return {
    credentials: accessKey === '' ? undefined : { accessKey, secretKey },
    tls: tls === 'off' ? undefined : { checksServer: tls === 'checked', ...(ca === '' ? {} : { trust: ca }) },
    resolve: (told) => checkServer(elsewhere.get(told) ?? told, hosts, resolve),
  }
}
