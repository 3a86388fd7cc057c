// test/broker/worker/topology.test.ts: which parts a preset has, where they listen and where their files lie.
import { describe, expect, it } from 'vitest'
import { DEFAULT_PRESET } from '../../../broker/config/start-flags'
import { planBroker, planCluster, planNamesrv } from '../../../broker/worker/topology'

const cluster = (over: Partial<Parameters<typeof planCluster>[0]> = {}) =>
  planCluster({
    preset: '2m-noslave',
    host: '127.0.0.1',
    namesrvPort: 9876,
    brokerPort: 10911,
    dataDir: '/data',
    properties: {},
    log: () => {},
    ...over,
  })

describe('a preset', () => {
  it('numbers its brokers and gives broker i the ports 10 above', () => {
    expect(cluster({ preset: '3m-noslave' }).map(({ plan }) => [plan.name, plan.port, plan.dataDir])).toEqual([
      ['namesrv', 9876, '/data/namesrv'],
      ['broker-a:0', 10911, '/data/broker-a-0'],
      ['broker-b:0', 10921, '/data/broker-b-0'],
      ['broker-c:0', 10931, '/data/broker-c-0'],
    ])
  })

  it('puts no colon into a path', () => {
    for (const { plan } of cluster()) expect(plan.dataDir).not.toContain(':')
  })

  it('decides names, ids, ports and paths whatever a file says', () => {
    const [, first] = cluster({ properties: { brokerName: 'mine', listenPort: '1' } })
    expect(first?.plan.preset).toMatchObject({
      brokerName: 'broker-a',
      brokerId: '0',
      listenPort: '10911',
      haListenPort: '10912',
      storePathRootDir: '/data/broker-a-0',
      namesrvAddr: '127.0.0.1:9876',
      brokerIP1: '127.0.0.1',
    })
  })

  it('says who is master and who slave: a role that it does not have is refused, with how to get it', () => {
    const role = (preset: string, brokerRole: string) => () => cluster({ preset, properties: { brokerRole } })
    expect(role('2m-noslave', 'SLAVE')).toThrow('brokerRole=SLAVE: the preset says who is a master')
    expect(role('1m-1s-async', 'SLAVE')).toThrow('npm run broker')
    expect(role('1m-1s-async', 'SYNC_MASTER')).toThrow('--preset Nm-Ns-sync')
    expect(role('1m-1s-async', 'ASYNC_MASTER')).not.toThrow()
    expect(role('1m-noslave', 'SYNC_MASTER')).not.toThrow() // its slaves may run elsewhere
  })

  it('RP7: lets brokerIP1 follow the host, and be said where the host stands for all', () => {
    expect(cluster({ host: '10.0.0.5' })[1]?.plan.preset.brokerIP1).toBe('10.0.0.5')
    const everywhere = cluster({ host: '0.0.0.0', properties: { brokerIP1: 'mq.example.org' } })[1]?.plan
    expect(everywhere?.preset.brokerIP1).toBeUndefined()
    expect(everywhere?.properties.brokerIP1).toBe('mq.example.org')
    expect(everywhere?.preset.namesrvAddr).toBe('127.0.0.1:9876')
  })

  it('that does not exist yet, or at all, is refused with what there is', () => {
    for (const preset of ['', '0m-noslave', 'm-noslave', '17m-noslave', '2M-noslave', '2m-1s-sync', '2m-1s-auto']) {
      expect(() => cluster({ preset })).toThrow(
        'no such preset; take Nm-noslave, Nm-Ns-async, Nm-Ns-sync or Nm-Ns-auto',
      )
    }
  })

  it('with failover has a controller beside the name server, and leaves it to that who is master', () => {
    const [namesrv, ...brokers] = cluster({ preset: '1m-2s-auto' })
    expect(namesrv?.plan.properties.enableControllerInNamesrv).toBe('true')
    expect(brokers.map(({ plan }) => [plan.name, plan.port])).toEqual([
      ['broker-a:0', 10911],
      ['broker-a:1', 10921],
      ['broker-a:2', 10931],
    ])
    for (const { plan } of brokers) {
      expect(plan.preset).toMatchObject({ enableControllerMode: 'true', controllerAddr: '127.0.0.1:9876' })
      expect(plan.preset.brokerId ?? plan.preset.brokerRole).toBeUndefined()
      expect(plan.properties.allAckInSyncStateSet).toBe('true')
    }
    expect(cluster({ preset: '2m-4s-auto' }).map(({ plan }) => plan.name)).toContain('broker-b:2')
  })

  it('with slaves puts each behind its master, on ports and in a folder of its own', () => {
    const brokers = cluster({ preset: '2m-2s-sync' }).slice(1)
    expect(brokers.map(({ plan, role }) => [plan.name, plan.port, plan.dataDir, role])).toEqual([
      ['broker-a:0', 10911, '/data/broker-a-0', 'SYNC_MASTER'],
      ['broker-a:1', 10921, '/data/broker-a-1', 'SLAVE'],
      ['broker-b:0', 10931, '/data/broker-b-0', 'SYNC_MASTER'],
      ['broker-b:1', 10941, '/data/broker-b-1', 'SLAVE'],
    ])
    expect(brokers.map(({ plan }) => [plan.preset.brokerName, plan.preset.brokerId, plan.preset.brokerRole])).toEqual([
      ['broker-a', '0', 'SYNC_MASTER'],
      ['broker-a', '1', 'SLAVE'],
      ['broker-b', '0', 'SYNC_MASTER'],
      ['broker-b', '1', 'SLAVE'],
    ])
    expect(brokers.map(({ plan }) => plan.properties.inSyncReplicas)).toEqual(['2', '2', '2', '2'])
    expect(cluster({ preset: '1m-1s-async' }).map(({ role }) => role)).toEqual(['namesrv', 'ASYNC_MASTER', 'SLAVE'])
    expect(DEFAULT_PRESET).toBe('1m-1s-async')
  })

  it('lets consumers read from its slaves, unless somebody says otherwise', () => {
    const readable = (preset: string, properties = {}) =>
      cluster({ preset, properties }).map(({ plan }) => plan.properties.slaveReadEnable)
    expect(readable('1m-1s-async')).toEqual([undefined, 'true', 'true'])
    expect(readable('1m-1s-sync', { slaveReadEnable: 'false' })).toEqual(['false', 'false', 'false'])
    expect(readable('1m-noslave')).toEqual([undefined, undefined])
  })

  it('waits for as many copies as somebody sets', () => {
    const [, master] = cluster({ preset: '1m-1s-sync', properties: { inSyncReplicas: '1' } })
    expect(master?.plan.properties.inSyncReplicas).toBe('1')
  })

  it('whose ports collide or leave the range is refused by name', () => {
    expect(() => cluster({ namesrvPort: 10919 })).toThrow(
      'port 10919 would be the VIP port of broker 1 and that of the name server',
    )
    expect(() => cluster({ brokerPort: 65530 })).toThrow('the VIP port of broker 1 would be 65538')
    expect(() => cluster({ brokerPort: 2 })).toThrow('the VIP port of broker 0 would be 0')
  })
})

describe('a part alone', () => {
  const alone = { host: undefined, port: undefined, dataDir: '/data' }

  it('takes its names, ports and paths from its file', () => {
    const properties = {
      brokerName: 'b1',
      brokerId: '3',
      listenPort: '20000',
      storePathRootDir: '/store',
      brokerIP1: 'h',
    }
    const { plan } = planBroker({ ...alone, namesrv: 'n:1;m:2', properties })
    expect(plan).toMatchObject({ name: 'b1:3', port: 20000, dataDir: '/store' })
    expect(plan.preset.namesrvAddr).toBe('n:1;m:2')
    expect(plan.properties).toMatchObject({ brokerIP1: 'h', haListenPort: '20001' })
    expect(planNamesrv({ ...alone, properties: { listenPort: '9999', bindAddress: '10.1.1.1' } }).plan).toMatchObject({
      port: 9999,
      host: '10.1.1.1',
      dataDir: '/data/namesrv',
    })
  })

  it('listens where its flags say, if they do', () => {
    const properties = { listenPort: '20000', bindAddress: '10.1.1.1' }
    const { plan } = planBroker({ ...alone, host: '127.0.0.1', port: 30000, namesrv: undefined, properties })
    expect(plan).toMatchObject({ host: '127.0.0.1', port: 30000, dataDir: '/data/broker-a-0' })
  })
})
