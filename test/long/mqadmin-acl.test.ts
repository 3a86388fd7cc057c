// test/long/mqadmin-acl.test.ts: the stock mqadmin at brokers with access control on, Apache's beside ours: refused without
// credentials, with a wrong secret and for a user who may not; allowed for the right one. One JVM a side.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asked, changes, questions, type Side, setUp } from '../client/mqadmin-commands'
import { credentialsLine, maskLines, runBatch, startApache, startOurs, type Which } from '../client/mqadmin-sides'
import { compileJava, javaParts } from '../support/java'

const parts = await javaParts()
const missing = 'missing' in parts ? parts.missing : undefined
if (missing) console.warn(`mqadmin is not compared: ${missing}`)

const root = { username: 'admin-root', password: 'root-secret' }
const poor = { username: 'admin-poor', password: 'poor-secret' }
const settings = {
  enablePropertyFilter: 'true',
  recallMessageEnable: 'true',
  traceTopicEnable: 'true',
  timerMaxDelaySec: '3456000',
  authenticationEnabled: 'true',
  authorizationEnabled: 'true',
  initAuthenticationUser: JSON.stringify(root),
  innerClientAuthenticationCredentials: JSON.stringify({ accessKey: root.username, secretKey: root.password }),
}
const identities = {
  nobody: [],
  wrong: [root.username, 'guessed-secret'],
  poor: [poor.username, poor.password],
} as const
type Identity = keyof typeof identities

const signedAs = (words: readonly string[]): Asked => ({ name: credentialsLine, line: () => words })
const asRoot = signedAs([root.username, root.password])
const makePoor: Asked = {
  name: 'make-poor',
  line: ({ namesrv, broker }) => ['createUser', '-n', namesrv, '-b', broker, '-u', poor.username, '-p', poor.password],
}
/** Ids that are nobody's: there are no messages here. */
const noIds = Array.from(
  { length: 40 },
  () => ['7F000001000000000000000000000000', '7F00000100002A9F0000000000000000'] as const,
)
const asked = [...setUp, ...questions, ...changes]
const forIdentity = (who: Identity): Asked[] => [
  signedAs(identities[who]),
  ...asked.map((one) => ({ ...one, name: `${who}.${one.name}` })),
]

describe.skipIf(missing !== undefined)('mqadmin where access control is on', () => {
  const closing: (() => Promise<unknown>)[] = []
  const printed = { apache: new Map<string, string>(), ours: new Map<string, string>() }
  const sides: Partial<Record<Which, Side>> = {}
  const of = (which: Which, name: string, one: Asked): string[] => {
    const side = sides[which]
    return side === undefined ? [] : maskLines(printed[which].get(name) ?? '', side, one)
  }

  beforeAll(async () => {
    if ('missing' in parts) return
    const classes = await compileJava(parts)
    const [apache, ours] = await Promise.all([startApache(parts, closing, settings), startOurs(closing, settings)])
    Object.assign(sides, { apache: { ...apache, ids: noIds }, ours: { ...ours, ids: noIds } })
    const rows = [asRoot, makePoor, ...(['nobody', 'wrong', 'poor'] as const).flatMap(forIdentity), asRoot, ...asked]
    await runBatch(
      { ...parts, classes },
      { apache: { ...apache, ids: noIds }, ours: { ...ours, ids: noIds } },
      rows,
      printed,
    )
    const keep = process.env.ROCKETDECK_TEST_RESULTS
    if (!keep) return
    for (const which of ['apache', 'ours'] as const) {
      mkdirSync(join(keep, which), { recursive: true })
      for (const [name, text] of printed[which]) writeFileSync(join(keep, which, `${name}.txt`), text)
    }
  }, 1_200_000)
  afterAll(async () => {
    for (const close of closing) await close()
  }, 120_000)

  it.each(asked.map((one) => [one.name, one] as const))('the right one may %s, as at Apache', (name, one) => {
    const [apache, ours] = [of('apache', name, one), of('ours', name, one)]
    if (one.mayDiffer === undefined && !Object.hasOwn(differs, name)) expect(ours).toEqual(apache)
    expect(ours.join(' ')).not.toMatch(/has no permission|signature/)
  })

  for (const who of ['nobody', 'wrong'] as const) {
    it.each(asked.map((one) => [one.name, one] as const))(`${who}: %s is refused`, (name, one) => {
      // all of it: of settings the comparison keeps names only, and of a refusal nothing
      const ours = of('ours', `${who}.${name}`, { ...one, namesOnly: undefined })
      // what gives no answer, or says of each send that it failed
      const isSilent =
        ours.length === 0 || (ours.some((line) => / false /.test(line)) && !/ true /.test(ours.join(' ')))
      if (!isSilent) expect(ours.join(' ')).toMatch(isRefusal)
    })
  }

  it.each(asked.map((one) => [one.name, one] as const))('poor: %s is refused where Apache refuses it', (name, one) => {
    const [apache, ours] = [of('apache', `poor.${name}`, one), of('ours', `poor.${name}`, one)]
    if (isRefusal.test(apache.join(' '))) expect(ours.join(' ')).toMatch(isRefusal)
  })

  it('poor: what a user without rights asks to change is not changed', () => {
    const changed = [...setUp, ...changes].filter((one) => {
      const ours = of('ours', `poor.${one.name}`, one).join(' ')
      return /\b(success|OK)\b/.test(ours) && !isRefusal.test(ours)
    })
    expect(changed.map(({ name }) => name)).toEqual([])
  })
})

/** As the tool prints it: the answer's code, or that it got no route to ask along. */
const isRefusal =
  /CODE: 16|CODE: 1 |has no permission|signature|No (topic )?route info|not exist|command failed|can not find|MQClientException/i

/** What the right one is shown otherwise, and why. */
const differs = {
  producer: 'the name server of Apache asks nobody for a name, so tools that are refused at the broker stay connected',
  queryCq: 'nothing was sent: Apache makes a queue when it is asked for',
  'queryCq-group': 'nothing was sent: Apache makes a queue when it is asked for',
  getBrokerConfig: 'Apache shows initAuthenticationUser and innerClientAuthenticationCredentials, with their secrets',
}
