// test/broker/config/open.test.ts: how settings are read, checked, changed and kept.
import { describe, expect, it } from 'vitest'
import { isIdentity, isPropertyName, openBrokerConfig, openNamesrvConfig } from '../../../broker/config/broker-config'
import { ConfigError, type KeptText } from '../../../broker/config/open'
import { parseProperties } from '../../../broker/config/properties-text'

const open = (
  properties: Record<string, string> = {},
  more: { preset?: Record<string, string>; kept?: KeptText } = {},
) => {
  const lines: string[] = []
  const log = (level: string, line: string) => void lines.push(`${level} ${line}`)
  return { config: openBrokerConfig({ properties, clock: () => 1000, log, ...more }), lines }
}
const memory = (text?: string) => {
  const kept = {
    text,
    save: async (next: string) => {
      kept.text = next
    },
  }
  return kept
}
const change = (key: string, value: string) => new Map([[key, value]])

describe("a broker's settings", () => {
  it("are Apache's defaults where nothing is said", () => {
    const { config } = open()
    expect(config.values.maxMessageSize).toBe(4_194_304)
    expect(config.values.autoCreateTopicEnable).toBe(true)
    expect(config.values.brokerRole).toBe('ASYNC_MASTER')
    expect(config.values.namesrvAddr).toBeNull()
  })

  it('take a broker.conf as it is', () => {
    const conf =
      '# a comment\nbrokerName = broker-x\nfileReservedTime=48\nflushDiskType : SYNC_FLUSH\nautoCreateTopicEnable=FALSE\n'
    const { config, lines } = open(Object.fromEntries(parseProperties(conf)))
    expect(config.values).toMatchObject({
      brokerName: 'broker-x',
      fileReservedTime: 48,
      flushDiskType: 'SYNC_FLUSH',
      autoCreateTopicEnable: false,
    })
    expect(lines).toEqual([])
  })

  it('warn of an unknown key by its name, and start', () => {
    const { lines } = open({ brokerNmae: 'x' })
    expect(lines).toEqual(['warn brokerNmae: not a property of Apache RocketMQ 5.5.0, ignored'])
  })

  it('are silent about a key that another part knows', () => {
    expect(open({ kvConfigPath: '/x', orderMessageEnable: 'true' }).lines).toEqual([])
    expect(isPropertyName('authenticationEnabled')).toBe(true)
    expect(isPropertyName('toString')).toBe(false)
  })

  it('say in a line when a key has no effect here', () => {
    const { lines, config } = open({ sendMessageThreadPoolNums: '16' })
    expect(lines).toEqual([
      'info sendMessageThreadPoolNums has no effect here: a broker is one thread: there are no thread pools',
    ])
    expect(config.toPropertiesText()).toContain('sendMessageThreadPoolNums=16\n')
  })

  it.each([
    ['maxMessageSize', 'big', 'a whole number from 1024 to 134217728'],
    ['maxMessageSize', '12', 'a whole number from 1024 to 134217728'],
    ['autoCreateTopicEnable', 'yes', 'true or false'],
    ['flushDiskType', 'NEVER_FLUSH', 'one of ASYNC_FLUSH, SYNC_FLUSH'],
    ['deleteWhen', '25', 'hours of the day'],
    ['namesrvAddr', 'localhost', 'host:port'],
    ['listenPort', '70000', 'from 1 to 65535'],
  ])('refuse %s=%s and name what is allowed', (key, value, allowed) => {
    expect(() => open({ [key]: value })).toThrow(ConfigError)
    expect(() => open({ [key]: value })).toThrow(`${key}=${value}: not possible, ${key} takes`)
    expect(() => open({ [key]: value })).toThrow(allowed)
  })

  it('refuse a slave without an id of its own, and a master with one', () => {
    expect(() => open({ brokerRole: 'SLAVE' })).toThrow('brokerId=0: a slave needs an id of 1 or more')
    expect(() => open({ brokerId: '2' })).toThrow('brokerId=2: a master')
  })

  it('hold what the preset decides, with a warning', () => {
    const { config, lines } = open(
      { brokerName: 'mine', listenPort: '10911' },
      { preset: { brokerName: 'broker-b', listenPort: '10911' } },
    )
    expect(config.values.brokerName).toBe('broker-b')
    expect(lines).toEqual(['warn brokerName=mine: this start decides it, brokerName=broker-b holds'])
    expect(isIdentity('brokerName')).toBe(true)
    expect(isIdentity('fileReservedTime')).toBe(false)
  })

  it('list every key that has a value, sorted', () => {
    const keys = open()
      .config.toPropertiesText()
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
    expect(keys.length).toBeGreaterThan(480)
    expect(keys).toEqual([...keys].sort())
    expect(keys).not.toContain('haMasterAddress')
  })
})

describe('a change while running', () => {
  it('is there at once, told to who asked, and counted in the version', async () => {
    const { config } = open()
    let told = 0
    const end = config.onChange(['longPollingEnable'], () => {
      told += 1
    })
    await config.update(change('longPollingEnable', 'false'))
    expect(config.values.longPollingEnable).toBe(false)
    expect(config.dataVersion.counter).toBe(1)
    expect(told).toBe(1)
    await config.update(change('traceOn', 'false'))
    end()
    await config.update(change('longPollingEnable', 'true'))
    expect(told).toBe(1)
  })

  it('survives a restart', async () => {
    const kept = memory()
    await open({}, { kept }).config.update(change('fileReservedTime', '24'))
    expect(open({}, { kept }).config.values.fileReservedTime).toBe(24)
  })

  it('gives way when the start says something new', async () => {
    const kept = memory()
    await open({ fileReservedTime: '48' }, { kept }).config.update(change('fileReservedTime', '24'))
    const { config, lines } = open({ fileReservedTime: '96' }, { kept })
    expect(config.values.fileReservedTime).toBe(96)
    expect(lines).toEqual(['info fileReservedTime=24, set while running, is dropped: it was set over 48, now it is 96'])
  })

  it('starts with a damaged file of changes, and says so', () => {
    const { config, lines } = open({}, { kept: memory('{"fileRes') })
    expect(config.values.fileReservedTime).toBe(72)
    expect(lines[0]).toContain('cannot be read')
  })

  it('applies nothing of a change of which one part is refused', async () => {
    const { config } = open()
    const changes = new Map([
      ['fileReservedTime', '24'],
      ['maxMessageSize', '-1'],
    ])
    await expect(config.update(changes)).rejects.toThrow(ConfigError)
    expect(config.values.fileReservedTime).toBe(72)
    expect(config.dataVersion.counter).toBe(0)
  })

  it.each([
    ['rocketmqHome', '/tmp/$(id)', 'identity'],
    ['storePathRootDir', '/etc', 'identity'],
    ['brokerConfigPath', '/etc/passwd', 'identity'],
    ['configBlackList', '', 'fixed'],
    ['messageStorePlugIn', 'com.evil.Store', 'fixed'],
    ['filterServerNums', '1', 'unknown'],
    ['__proto__', 'x', 'unknown'],
  ])('refuses %s (CVE-2023-33246)', async (key, value, fault) => {
    const { config } = open()
    const before = config.toPropertiesText()
    await expect(config.update(change(key, value))).rejects.toMatchObject({ fault })
    expect(config.toPropertiesText()).toBe(before)
  })

  it.each([
    'enablePopBufferMerge',
    'enableSingleTopicRegister',
    'enableSplitRegistration',
    'estimateAccumulation',
    'longPollingEnable',
    'popConsumerKVServiceEnable',
    'priorityOrderAsc',
    'useSeparateRetryQueue',
    'useServerSideResetOffset',
    'enableNotifyAfterPopOrderLockRelease',
    'appendTopicForTimerDeleteKey',
  ] as const)('takes %s and reports it back', async (key) => {
    const { config } = open()
    const other = String(!config.values[key])
    await config.update(change(key, other))
    expect(config.toPropertiesText()).toContain(`\n${key}=${other}\n`)
  })
})

describe("a name server's settings", () => {
  const namesrv = () => openNamesrvConfig({ properties: {}, clock: () => 0, log: () => {} })
  it('refuse paths while running (CVE-2023-37582)', async () => {
    for (const key of ['configStorePath', 'kvConfigPath', 'rocketmqHome', 'configBlackList']) {
      await expect(namesrv().update(change(key, '/etc/x')), key).rejects.toThrow(ConfigError)
    }
  })
  it('take what tools switch while running', async () => {
    const config = namesrv()
    await config.update(change('deleteTopicWithBrokerRegistration', 'true'))
    expect(config.values.deleteTopicWithBrokerRegistration).toBe(true)
    expect(config.values.listenPort).toBe(9876)
  })
})

describe('the .properties syntax', () => {
  it.each([
    ['a=b', { a: 'b' }],
    ['a : b c', { a: 'b c' }],
    ['a b', { a: 'b' }],
    ['  a=  b  ', { a: 'b  ' }],
    ['! c\n#d\n\na=1', { a: '1' }],
    ['a=1,\\\n   2', { a: '1,2' }],
    ['k\\=1=v\\:w', { 'k=1': 'v:w' }],
    ['a=\\u4e2d\\t!', { a: '中\t!' }],
    ['a', { a: '' }],
    ['a=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['path=c:\\\\x', { path: 'c:\\x' }],
    ['a=1\na=2', { a: '2' }],
  ])('reads %j', (text, expected) => {
    expect(Object.fromEntries(parseProperties(text))).toEqual(expected)
  })
})
