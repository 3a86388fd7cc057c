// broker/worker/admission.ts: from where a listener is reached (`--allow-from LISTENER=NETWORKS`): what it takes, and the one
// question each listener asks before it reads a byte. A listener that is not named takes whoever reaches it.
import type { Socket } from 'node:net'
import { addressSet, isAddressOrNetwork } from '../auth'
import { boundedLines } from '../config/bounded-lines'
import { FlagError } from '../config/flags'

/** Lists of addresses and networks by listener, as they were given: `10.0.0.0/8,192.168.1.7`. */
export type AllowFrom = Readonly<Record<string, string>>
export type ListenerName = 'namesrv' | 'broker' | 'ha' | 'address' | 'metrics' | 'console'

export interface Admission {
  /** Of an IP address alone. */
  hasAddress(address: string): boolean
  /** Whether this peer may connect. Who comes from the listener's own address is of this machine, and always may. */
  admits(socket: Pick<Socket, 'remoteAddress' | 'localAddress'>): boolean
}

/** Throws a FlagError: a rule that does nothing must not be believed in. */
export function checkAllowFrom(given: AllowFrom, listeners: readonly ListenerName[]): void {
  for (const [name, text] of Object.entries(given)) {
    if (!listeners.some((one) => one === name)) {
      throw new FlagError(`--allow-from ${name}=${text}: no such listener here; there are ${listeners.join(', ')}`)
    }
    const wrong = listed(text).find((one) => !isAddressOrNetwork(one))
    if (wrong === undefined) continue
    throw new FlagError(
      `--allow-from ${name}=${text}: ${wrong === '' ? 'nothing' : wrong} is no address and no network such as 10.0.0.0/8`,
    )
  }
}

/** Undefined: everybody may. Replication goes by the brokers' list where it has none of its own: a slave asks both ports. */
export function admissionFor(
  listener: ListenerName,
  given: AllowFrom | undefined,
  log: (line: string) => void,
): Admission | undefined {
  const text = given?.[listener] ?? (listener === 'ha' ? given?.broker : undefined)
  if (text === undefined) return undefined
  const known = addressSet(listed(text))
  const refusals = boundedLines(Date.now, log, (count) => `${count} more connections were refused within a second`)
  const hasAddress = (address: string): boolean => known.has(plain(address))
  return {
    hasAddress,
    admits({ remoteAddress, localAddress }) {
      if (remoteAddress === undefined) return false // it went away already
      if (remoteAddress === localAddress || hasAddress(remoteAddress)) return true
      refusals.add(() => `closing ${plain(remoteAddress)}: --allow-from ${listener} does not name it`)
      return false
    },
  }
}

const listed = (text: string): string[] => text.split(',').map((one) => one.trim())
/** An IPv4 peer of a listener for both kinds of address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '')
