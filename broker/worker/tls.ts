// broker/worker/tls.ts: TLS of one part, from its settings: the door of its ports, and how it speaks to other servers.
import { type TlsValues, tlsValues } from '../config/broker-config'
import { openTlsDoor, type TlsDialing, type TlsDoor } from '../net/tls'
import type { PartPlan } from './messages'
import type { PartLog } from './part-thread'

export interface PartTls {
  /** Undefined: no certificate, or TLS is disabled; the ports speak plainly. */
  readonly door: TlsDoor | undefined
  /** Undefined: other servers are spoken to plainly. */
  readonly dialing: TlsDialing | undefined
}

export async function openPartTls(plan: PartPlan, log: PartLog): Promise<PartTls> {
  const values = tlsValues({ properties: plan.properties, clock: Date.now, log: (_, line) => log('warn', line) })
  return { door: await doorOf(values, log), dialing: dialingOf(values) }
}

/** How whoever manages the cluster has to speak to it. */
export const dialingFor = (properties: Readonly<Record<string, string>>): TlsDialing | undefined =>
  dialingOf(tlsValues({ properties, clock: Date.now, log: () => {} }))

async function doorOf(values: TlsValues, log: PartLog): Promise<TlsDoor | undefined> {
  const mode = values['tls.server.mode']
  const certPath = values['tls.server.certPath']
  const keyPath = values['tls.server.keyPath']
  if (mode === 'disabled' || certPath === null || keyPath === null) return undefined
  return openTlsDoor({
    mode,
    certPath,
    keyPath,
    keyPassword: values['tls.server.keyPassword'] ?? undefined,
    trustPath: values['tls.server.trustCertPath'] ?? undefined,
    clientCertificate: values['tls.server.need.client.auth'],
    checksClients: values['tls.server.authClient'],
    log,
  })
}

/** As Apache's clients do; and servers of one cluster that take nothing but TLS speak it among each other. */
function dialingOf(values: TlsValues): TlsDialing | undefined {
  if (!values['tls.enable'] && values['tls.server.mode'] !== 'enforcing') return undefined
  const certPath = values['tls.client.certPath']
  const keyPath = values['tls.client.keyPath']
  return {
    checksServer: values['tls.client.authServer'],
    trustPath: values['tls.client.trustCertPath'] ?? undefined,
    own:
      certPath === null || keyPath === null
        ? undefined
        : { certPath, keyPath, keyPassword: values['tls.client.keyPassword'] ?? undefined },
  }
}
