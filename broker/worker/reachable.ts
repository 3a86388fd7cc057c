// broker/worker/reachable.ts: by which address others reach a listener. Reads the machine's interfaces.
import { networkInterfaces } from 'node:os'

/** Whether a listener on this host takes connections on every interface. */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::' || host === ''

/** Whether only programs of this machine reach a listener on this host. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** The host itself, or, where it stands for all, the first address that is not loopback. */
export function reachable(host: string): string {
  if (!isEverywhere(host)) return host
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
  return outside?.address ?? '127.0.0.1'
}
