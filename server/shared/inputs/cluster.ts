// server/shared/inputs/cluster.ts: how a cluster is spoken to, and what it is called. Pure.
import { z } from '../zod'
import { clusterId } from './common'

const serverAddress = z
  .string()
  .max(255)
  .regex(/^[^\s;,]+:\d{1,5}$/, 'not of the form host:port')
/** How a cluster is spoken to. A secret goes in and never comes out. */
const connectionFields = z.object({
  namesrv: z.array(serverAddress).min(1).max(16),
  /** any: TLS without a look at the certificate. checked: it must come from `ca`, or from whom this machine trusts. */
  tls: z.enum(['off', 'any', 'checked']),
  /** PEM; empty: whom this machine trusts. */
  ca: z
    .string()
    .max(65_536)
    .refine((text) => text === '' || /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text), {
      message: 'not a certificate in PEM form',
    }),
  /** Empty: the cluster asks nobody who he is. */
  accessKey: z.string().max(255),
  secretKey: z.string().max(1024),
  /** What servers call themselves, and where that is reached from here. */
  addressMap: z.array(z.object({ from: serverAddress, to: serverAddress })).max(64),
  /** Private hosts and networks it may lead to: `10.0.0.0/8`, `mq.example.internal`, `10.0.0.5:9876`. */
  hosts: z.array(z.string().min(1).max(255)).max(64),
})
const clusterFields = connectionFields.extend({
  name: z.string().trim().min(1).max(80),
  colour: z.number().int().min(0).max(7),
  readOnly: z.boolean(),
  production: z.boolean(),
})
const unset = { tls: 'off', ca: '', accessKey: '', secretKey: '', addressMap: [], hosts: [] } as const
const connectionInput = connectionFields.extend({
  tls: connectionFields.shape.tls.default(unset.tls),
  ca: connectionFields.shape.ca.default(unset.ca),
  accessKey: connectionFields.shape.accessKey.default(unset.accessKey),
  secretKey: connectionFields.shape.secretKey.default(unset.secretKey),
  addressMap: connectionFields.shape.addressMap.default([]),
  hosts: connectionFields.shape.hosts.default([]),
})
export const clusterAddInput = connectionInput.extend({
  id: clusterId.regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and -'),
  name: clusterFields.shape.name,
  colour: clusterFields.shape.colour.default(0),
  readOnly: clusterFields.shape.readOnly.default(false),
  production: clusterFields.shape.production.default(false),
})
/** Without defaults: a new name must not make a read-only cluster writable, nor forget its secret. */
export const clusterUpdateInput = clusterFields.partial().extend({ id: clusterId })
export const clusterRemoveInput = z.object({ id: clusterId, confirm: z.string() })
/** `id`: a cluster that exists, whose secret is taken where none is typed. */
export const clusterTestInput = connectionInput.extend({ id: clusterId.optional() })
export type ClusterAddInput = z.infer<typeof clusterAddInput>
export type ClusterUpdateInput = z.infer<typeof clusterUpdateInput>
export type ClusterTestInput = z.infer<typeof clusterTestInput>
