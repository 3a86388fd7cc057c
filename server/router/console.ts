// server/router/console.ts: the console about itself: what somebody who helps from afar needs to know of it. Only what is
// listed here leaves; credentials, addresses of channels, names of people and messages are not.
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { auditListInput, oidcPutInput } from '../shared/inputs'
import type { OidcState } from '../shared/views'
import { allowed, router } from '../trpc/procedure'

const FAILED_LINES = 50
/** Of IPv6: with `::`, or of more parts than a time of day has. */
const IP6 = /(?=[\da-f:]*::|(?:[\da-f]+:){4})(?:[\da-f]{0,4}:){2,7}(?:\d+(?:\.\d+){3}|[\da-f]{0,4})(?:%\w+)?/.source
const ADDRESSES = new RegExp(
  [
    String.raw`\b[a-z][a-z\d+.-]*://\S+`,
    String.raw`\[${IP6}\](?::\d+)?|(?<![\w:.])${IP6}(?![\w:])`,
    String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?`,
    // A name and a port: a letter and no further colon, or a time of day were one.
    String.raw`\b(?=[\d_.-]*[a-z])[\w-]+(?:\.[\w-]+)*:\d{2,5}\b(?!:\d)`,
    // How Node.js says that it does not know a name.
    String.raw`(?<=\b(?:ENOTFOUND|EAI_AGAIN) )[\w.-]+`,
  ].join('|'),
  'gi',
)
export const withoutAddresses = (text: string | null): string | null => text?.replace(ADDRESSES, '(an address)') ?? null

export const consoleRouter = router({
  oidc: allowed('console.admin').query(
    ({ ctx: { desk, caller } }): OidcState => ({
      settings: desk.oidc.settings(),
      fixed: desk.oidc.fixed,
      redirectUri: `${caller.at ?? ''}/login/oidc/callback`,
    }),
  ),
  putOidc: allowed('console.admin')
    .input(oidcPutInput)
    .mutation(({ ctx, input }) => ctx.desk.oidc.put(input)),
  removeOidc: allowed('console.admin').mutation(({ ctx }) => ctx.desk.oidc.remove()),
  testOidc: allowed('console.admin')
    .input(oidcPutInput)
    .mutation(({ ctx, input }) => ctx.desk.oidc.test(input)),
  diagnostics: allowed('console.admin').query(async ({ ctx: { desk, signedIn } }) => {
    const { people } = desk.access
    const [users, roles, tokens, channels, failed, clusters] = await Promise.all([
      people.users(signedIn),
      people.roles(),
      people.tokens(null),
      desk.notify.list(),
      desk.audit.list(auditListInput.parse({ result: 'failed', size: FAILED_LINES }), null),
      Promise.all(desk.clusters.all().map((cluster) => cluster.info())),
    ])
    const settings = new Map(desk.clusters.settings().map((one) => [one.id, one]))
    return {
      at: new Date().toISOString(),
      version: desk.version,
      node: process.version,
      system: { platform: platform(), release: release(), arch: arch(), cpus: cpus().length, memoryBytes: totalmem() },
      process: { uptimeSeconds: Math.round(process.uptime()), loadAverage: loadavg(), memory: process.memoryUsage() },
      counts: {
        users: users.length,
        locked: users.filter(({ locked }) => locked).length,
        sessions: users.reduce((sum, { sessions }) => sum + sessions, 0),
        ownRoles: roles.filter(({ builtIn }) => !builtIn).length,
        tokens: tokens.length,
        channels: channels.map(({ kind, enabled, waiting }) => ({ kind, enabled, waiting })),
        maskingRules: desk.masking.list().length,
      },
      clusters: clusters.map(
        ({ id, bundled, readOnly, production, verdict, brokers, lag, versions, capabilities, brokerKeys }) => ({
          id,
          bundled,
          readOnly,
          production,
          verdict,
          brokers,
          lag,
          versions,
          capabilities,
          members: brokerKeys.map(({ key, role, state }) => ({ key, role, state })),
          tls: settings.get(id)?.tls ?? 'off',
          signs: settings.get(id)?.hasSecret ?? false,
          mappedAddresses: settings.get(id)?.addressMap.length ?? 0,
        }),
      ),
      failed: failed.rows.map(({ at, action, cluster, error }) => ({
        at,
        action,
        cluster,
        // What is wrong with a channel or a provider is said by its address, or by the other side in words of its own.
        error: /^(channel|console)\./.test(action) ? null : withoutAddresses(error),
      })),
    }
  }),
})
