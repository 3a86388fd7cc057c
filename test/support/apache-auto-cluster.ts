// test/support/apache-auto-cluster.ts: the same set-up as auto-cluster.ts of Apache's own programs: its name server holds its
// controller, and its brokers wait for all that are in sync.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AutoCluster, openPrograms } from './auto-cluster'
import { temporaryFolder } from './folders'
import { launchJava } from './java'
import { freePort } from './ports'
import { registered } from './reference'

const settings = (of: Record<string, string>): string =>
  Object.entries(of)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')

export async function openApacheAutoCluster(
  jars: { java: string; lib: string },
  count: number,
  properties: Record<string, string> = {},
): Promise<AutoCluster> {
  const namesrvPort = await freePort()
  const controllerPort = await freePort()
  const namesrv = `127.0.0.1:${namesrvPort}`
  const controller = `127.0.0.1:${controllerPort}`
  const home = temporaryFolder('apache-controller')
  const launch = (main: string, of: Record<string, string>, folder: string, heap: string, logs: string) => {
    const conf = join(folder, 'settings.conf')
    writeFileSync(conf, settings(of))
    return launchJava({
      ...jars,
      main,
      args: ['-c', conf],
      home: folder,
      heap,
      jvm: ['-XX:+UseG1GC'],
      properties: { 'rocketmq.home.dir': folder, 'rmq.logback.configurationFile': logs },
    })
  }
  const cluster = await openPrograms(count, {
    namesrv,
    controller,
    isReady: /boot success/,
    async startController() {
      const child = launch(
        'org.apache.rocketmq.namesrv.NamesrvStartup',
        {
          bindAddress: '127.0.0.1',
          listenPort: String(namesrvPort),
          kvConfigPath: join(home, 'kvConfig.json'),
          enableControllerInNamesrv: 'true',
          controllerDLegerGroup: 'group1',
          controllerDLegerPeers: `n0-${controller}`,
          controllerDLegerSelfId: 'n0',
          controllerStorePath: join(home, 'controller'),
        },
        home,
        '256m',
        'rmq.namesrv.logback.xml',
      )
      await child.line(/The Name Server boot success/, 180_000)
      return child
    },
    launchBroker: (port, folder) =>
      launch(
        'org.apache.rocketmq.broker.BrokerStartup',
        {
          brokerClusterName: 'DefaultCluster',
          brokerName: 'broker-a',
          brokerId: '-1',
          brokerRole: 'SLAVE',
          brokerIP1: '127.0.0.1',
          brokerIP2: '127.0.0.1',
          bindAddress: '127.0.0.1',
          listenPort: String(port),
          haListenPort: String(port + 1),
          namesrvAddr: namesrv,
          storePathRootDir: folder,
          enableControllerMode: 'true',
          controllerAddr: controller,
          allAckInSyncStateSet: 'true',
          mappedFileSizeCommitLog: '67108864',
          diskMaxUsedSpaceRatio: '95',
          ...properties,
        },
        folder,
        '512m',
        'rmq.broker.logback.xml',
      ),
  })
  await Promise.all(cluster.brokers.map(({ address }) => registered(namesrv, address)))
  return cluster
}
