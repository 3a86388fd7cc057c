// broker/worker/reachable.ts: by which address others reach a listener. Reads the machine's interfaces.
import { networkInterfaces } from 'node:os'

/** Whether a listener on this host takes connections on every interface. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === ''

/** The host itself, or, where it stands for all, the first address that is not loopback. */
export function reachable(host: string): string {
  if (!isEverywhere(host)) return host
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
  return outside?.address ?? '127.0.0.1'
}
