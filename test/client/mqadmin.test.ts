// test/client/mqadmin.test.ts: the stock mqadmin cannot tell this broker from Apache's: both get the same content from
// stock clients, both are asked the same, and what the tool prints is compared once addresses, ids and times are masked.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Child, launch } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { compileJava, javaParts, launchJava, runJava } from '../support/java'
import { freeClusterPorts } from '../support/ports'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import { type Asked, changes, questions, type Side, setUp } from './mqadmin-commands'

const parts = await javaParts()
const missing = 'missing' in parts ? parts.missing : undefined
if (missing) console.warn(`mqadmin is not compared: ${missing}`)

/** Both sides must answer with the same settings. */
const settings = {
  enablePropertyFilter: 'true',
  recallMessageEnable: 'true',
  traceTopicEnable: 'true',
  timerMaxDelaySec: '3456000',
}

/** Apache keeps users and policies only where it is told how; ours does always. */
const usersInApache = {
  authenticationMetadataProvider:
    'org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider',
  authorizationMetadataProvider: 'org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider',
}

describe.skipIf(missing !== undefined)("AD1, AD2: mqadmin prints of our broker what it prints of Apache's", () => {
  const closing: (() => Promise<unknown>)[] = []
  const printed = { apache: new Map<string, string>(), ours: new Map<string, string>() }
  const monitored: Record<Which, string[]> = { apache: [], ours: [] }
  const all = [...setUp, ...questions, ...changes]

  beforeAll(async () => {
    if ('missing' in parts) return
    const classes = await compileJava(parts)
    const [apache, ours] = await Promise.all([startApache(parts, closing), startOurs(closing)])
    const sides = { apache, ours }
    const batch = (rows: readonly Asked[]) => runBatch({ ...parts, classes }, sides, rows, printed)
    await batch(setUp)
    await Promise.all(
      Object.values(sides).map(async (side) => {
        const content = launchJava({ ...parts, classes, main: 'AdminContent', args: [side.namesrv] })
        closing.unshift(() => content.kill())
        await content.line(/^content ready/, 90_000)
        const ids: unknown = JSON.parse(await content.line(/^\{"ids"/)).ids
        side.ids = ids as Side['ids'] // AdminContent prints them in this form
      }),
    )
    await batch(questions)
    await Promise.all(
      (['apache', 'ours'] as const).map(async (which) => {
        const { namesrv, broker, ids } = sides[which]
        const args = [namesrv, broker, ids[0]?.[1] ?? '']
        const { output } = await runJava({ ...parts, classes, main: 'Monitors', args })
        monitored[which] = [...output.matchAll(/^CALL\t(.*)\t(.*)$/gm)].map(([, name, ended]) => `${name}: ${ended}`)
      }),
    )
    await batch(changes)
    writeTable(sides)
  }, 600_000)

  afterAll(async () => {
    for (const close of closing) await close()
  }, 120_000)

  it.each(all.filter((asked) => asked.must).map((asked) => [asked.name, asked] as const))('%s', (name, asked) => {
    const [apache, ours] = masked(asked)
    expect(ours, name).toEqual(apache)
  })

  it.each(all.filter((asked) => !asked.must).map((asked) => [asked.name, asked] as const))('%s', (name, asked) => {
    const [apache, ours] = masked(asked)
    if (asked.mayDiffer === undefined) expect(ours, name).toEqual(apache)
    else expect(ours.join('\n').trim(), name).toMatch(asked.mayDiffer.ours)
  })

  it('AD4: answers every reading call of rocketmq-exporter and the stock dashboard as Apache does', () => {
    expect(monitored.ours).toEqual(monitored.apache)
    const asked = new Set(monitored.ours.map((line) => line.split(/[ :]/)[0]))
    const golden = readFileSync(join('test', 'golden', 'monitors.json'), 'utf8')
    const { 'rocketmq-exporter': exporter }: Record<string, { calls: string[] }> = JSON.parse(golden)
    expect(exporter?.calls.filter((call) => !asked.has(call))).toEqual([])
  })

  const sidesOf: Partial<Record<'apache' | 'ours', Side>> = {}
  const masked = (asked: Asked): [string[], string[]] => [mask('apache', asked), mask('ours', asked)]
  const mask = (which: 'apache' | 'ours', asked: Asked): string[] => {
    const side = sidesOf[which]
    return side ? maskLines(printed[which].get(asked.name) ?? '', side, asked) : []
  }

  /** What anyone may read after a run: command, equal or differs, and where. */
  function writeTable(sides: { apache: Side; ours: Side }): void {
    Object.assign(sidesOf, sides)
    const lines = all.map((asked) => {
      const [apache, ours] = masked(asked)
      if (apache.join('\n') === ours.join('\n')) return `| ${asked.name} | equal | |`
      const at = apache.findIndex((line, index) => line !== ours[index])
      const where = `line ${at + 1}: \`${apache[at] ?? ''}\`, ours \`${ours[at] ?? ''}\``
      return `| ${asked.name} | differs | ${asked.mayDiffer?.because ?? where.replaceAll('|', '/')} |`
    })
    const table = ['| command | result | |', '| --- | --- | --- |', ...lines].join('\n')
    console.log(`mqadmin 5.5.0, Apache beside ours\n${table}`)
    const keep = process.env.ROCKETDECK_TEST_RESULTS
    if (keep) {
      mkdirSync(keep, { recursive: true })
      writeFileSync(join(keep, 'mqadmin.md'), `${table}\n`)
      for (const [which, texts] of Object.entries(printed)) {
        mkdirSync(join(keep, which), { recursive: true })
        for (const [name, text] of texts) writeFileSync(join(keep, which, `${name}.txt`), text)
      }
    }
  }
})

type Jars = { java: string; javac: string; lib: string }
type Closing = (() => Promise<unknown>)[]

async function startApache(jars: Jars, closing: Closing): Promise<Side> {
  const namesrv = await startReferenceNamesrv(jars)
  closing.push(() => namesrv.stop())
  const broker = await startReferenceBroker(jars, {
    namesrv: namesrv.address,
    properties: { ...settings, ...usersInApache },
  })
  closing.unshift(() => broker.stop())
  return { namesrv: namesrv.address, broker: broker.address, ids: [], folder: temporaryFolder('apache-export') }
}

async function startOurs(closing: Closing): Promise<Side> {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const args = ['--preset', '1m-noslave', '--data', temporaryFolder('ours'), '--namesrv-port', String(namesrvPort)]
  const set = Object.entries({ ...settings, diskMaxUsedSpaceRatio: '95' }).flatMap(([key, value]) => [
    '--set',
    `${key}=${value}`,
  ])
  const cluster: Child = launch(process.execPath, [
    '--enable-source-maps',
    'broker/build/start.cjs',
    'cluster',
    ...args,
    '--broker-port',
    String(brokerPort),
    ...set,
  ])
  closing.push(() => cluster.stop())
  await cluster.line(/ready in/, 60_000)
  const side = { namesrv: `127.0.0.1:${namesrvPort}`, broker: `127.0.0.1:${brokerPort}` }
  await registered(side.namesrv, side.broker)
  return { ...side, ids: [], folder: temporaryFolder('our-export') }
}

type Which = 'apache' | 'ours'

/** One JVM for all commands of a side, and both sides at the same time: what they print depends on their age as well. */
const runBatch = (
  jars: Jars & { classes: string },
  sides: Readonly<Record<Which, Side>>,
  rows: readonly Asked[],
  printed: Readonly<Record<Which, Map<string, string>>>,
) =>
  Promise.all(
    (['apache', 'ours'] as const).map(async (which) => {
      const work = temporaryFolder(`mqadmin-${which}`)
      const lines = rows.map((asked) => [asked.name, ...asked.line(sides[which])].join('\t'))
      writeFileSync(join(work, 'lines'), `${lines.join('\n')}\n`)
      const home = temporaryFolder('mqadmin')
      const { code, output } = await runJava({
        ...jars,
        main: 'MqAdminBatch',
        args: [join(work, 'lines'), work],
        home,
        jvm: ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.security.manager=allow'],
        properties: { 'rocketmq.home.dir': home, 'rmq.logback.configurationFile': 'rmq.tools.logback.xml' },
        timeoutMs: 400_000,
      })
      for (const { name } of rows) {
        const file = join(work, `${name}.txt`)
        if (!existsSync(file)) throw new Error(`mqadmin ended early (${code}), before ${which} ${name}:\n${output}`)
        printed[which].set(name, readFileSync(file, 'utf8'))
      }
      if (process.env.ROCKETDECK_TEST_RESULTS) console.log(output)
    }),
  )

/** Runs of blanks become one: columns are as wide as what was masked. */
function maskLines(text: string, side: Side, asked: Asked): string[] {
  let out = text
  for (const [what, name] of [
    [side.namesrv, 'NAMESRV'],
    [side.broker, 'BROKER'],
    [side.folder, 'FOLDER'],
  ] as const) {
    out = out.replaceAll(what, name)
  }
  out = out
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\b[0-9A-F]{56}\b|\b[0-9A-F]{32}\b/g, 'ID')
    .replace(/\d{4}-\d\d-\d\d[ #]\d\d:\d\d:\d\d([:,.]\d+)?/g, 'TIME')
    .replace(/\b1[6-9]\d{11}\b/g, 'MS')
    .replace(/\d+#\d{6,}|\d+@\d{6,}/g, 'INSTANCE')
    .replace(/(commitLogDiskRatio_)[^\s:]+/g, '$1FOLDER')
    .replace(/\bat [\w.$]+\(.*\)/g, 'at CODE')
  if (asked.rates) {
    out = out
      .replace(/-?\d+\.\d+(E-?\d+)?/g, 'RATE')
      .replace(/rt=\d+ms/g, 'rt=RATE')
      .replace(/(true +)\d+/g, '$1RATE')
      .replace(/((?:CLUSTERING|BROADCASTING|OFFLINE) +)\d+/g, '$1RATE')
      .replace(/\d+,\d+ms/g, 'RATE')
      .replace(/\d+-\d+(?=\(RATEw)/g, 'BEHIND') // the timer's clock, which may stand a second back on either side
  }
  let lines = out.split('\n').map((line) => line.replace(/\s+/g, ' ').trim())
  if (asked.namesOnly) lines = lines.map((line) => line.replace(/\s*[=:].*$/, ''))
  const { leaveOut } = asked
  lines = lines.filter((line) => line !== '' && !leaveOut?.lines.test(line))
  return asked.anyOrder ? lines.sort() : lines
}
