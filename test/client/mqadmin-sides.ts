// test/client/mqadmin-sides.ts: Apache's cluster and ours, side by side, the stock mqadmin run against both in one JVM each,
// and its output with addresses, ids and times masked.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, launch } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { runJava } from '../support/java'
import { freeClusterPorts } from '../support/ports'
import { registered, startReferenceBroker, startReferenceNamesrv } from '../support/reference'
import type { Asked, Side } from './mqadmin-commands'

/** Apache keeps users and policies only where it is told how; ours does always. */
const usersInApache = {
  authenticationMetadataProvider:
    'org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider',
  authorizationMetadataProvider: 'org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider',
}

export type Jars = { java: string; javac: string; lib: string }
export type Closing = (() => Promise<unknown>)[]

export async function startApache(
  jars: Jars,
  closing: Closing,
  properties: Readonly<Record<string, string>>,
): Promise<Side> {
  const namesrv = await startReferenceNamesrv(jars)
  closing.push(() => namesrv.stop())
  const broker = await startReferenceBroker(jars, {
    namesrv: namesrv.address,
    properties: { ...properties, ...usersInApache },
  })
  closing.unshift(() => broker.stop())
  return { namesrv: namesrv.address, broker: broker.address, ids: [], folder: givenFiles('apache-export') }
}

export async function startOurs(closing: Closing, properties: Readonly<Record<string, string>>): Promise<Side> {
  const { namesrvPort, brokerPort } = await freeClusterPorts()
  const args = ['--preset', '1m-noslave', '--data', temporaryFolder('ours'), '--namesrv-port', String(namesrvPort)]
  const set = Object.entries({ ...properties, diskMaxUsedSpaceRatio: '95' }).flatMap(([key, value]) => [
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
  if (properties.authenticationEnabled !== 'true') await registered(side.namesrv, side.broker) // asked without a name
  return { ...side, ids: [], folder: givenFiles('our-export') }
}

/** A folder with what updateTopicList and updateSubGroupList read. */
function givenFiles(name: string): string {
  const folder = temporaryFolder(name)
  const topics = [{ topicName: 'ListedTopic', readQueueNums: 2, writeQueueNums: 3, perm: 6 }]
  writeFileSync(join(folder, 'topics-given.json'), JSON.stringify(topics))
  writeFileSync(join(folder, 'groups-given.json'), JSON.stringify([{ groupName: 'listed-group', retryMaxTimes: 3 }]))
  return folder
}

export type Which = 'apache' | 'ours'

/** A row of this name signs the rows behind it: its words are access key and secret, or none. */
export const credentialsLine = '@credentials'

/** One JVM for all commands of a side, and both sides at the same time: what they print depends on their age as well. */
export const runBatch = (
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
        // what commands leave behind
        properties: {
          'rocketmq.home.dir': home,
          'java.io.tmpdir': sides[which].folder,
          'rmq.logback.configurationFile': 'rmq.tools.logback.xml',
        },
        timeoutMs: 900_000,
      })
      for (const { name } of rows) {
        if (name === credentialsLine) continue
        const file = join(work, `${name}.txt`)
        if (!existsSync(file)) throw new Error(`mqadmin ended early (${code}), before ${which} ${name}:\n${output}`)
        printed[which].set(name, readFileSync(file, 'utf8'))
      }
      if (process.env.ROCKETDECK_TEST_RESULTS) console.log(output)
    }),
  )

/** Runs of blanks become one: columns are as wide as what was masked. */
export function maskLines(text: string, side: Side, asked: Asked): string[] {
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
