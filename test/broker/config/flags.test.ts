// test/broker/config/flags.test.ts: where a flag's value comes from, and what a command line that cannot be followed says.
import { describe, expect, it } from 'vitest'
import { type FlagTable, flagHelp, portOf, readFlags } from '../../../broker/config/flags'

const table = {
  'broker-port': { short: 'b', value: 'PORT', default: '10911', says: 'port' },
  host: { value: 'HOST', says: 'address' },
  set: { value: 'KEY=VALUE', pairs: true, says: 'property' },
  verbose: { says: 'more' },
  config: { value: 'FILE', says: 'file' },
} as const satisfies FlagTable

const read = (args: string[], env: Record<string, string> = {}, files: Record<string, string> = {}) => {
  const warnings: string[] = []
  const values = readFlags(table, {
    args,
    env,
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error(`no such file ${path}`)
      return text
    },
    warn: (line) => warnings.push(line),
  })
  return { ...values, warnings }
}

describe('a flag', () => {
  it('wins over the environment, that over the file, that over the default', () => {
    const file = { 'f.json': '{"broker-port": 4, "host": "filehost"}' }
    expect(read([])['broker-port']).toBe('10911')
    expect(read(['--config', 'f.json'], {}, file)['broker-port']).toBe('4')
    expect(read(['--config=f.json'], { ROCKETDECK_BROKER_PORT: '3' }, file)['broker-port']).toBe('3')
    expect(
      read(['--broker-port', '2'], { ROCKETDECK_BROKER_PORT: '3', ROCKETDECK_CONFIG: 'f.json' }, file),
    ).toMatchObject({
      'broker-port': '2',
      host: 'filehost',
    })
  })

  it('may be short, joined with = or apart from its value', () => {
    expect(read(['-b', '7'])['broker-port']).toBe('7')
    expect(read(['--broker-port=8'])['broker-port']).toBe('8')
  })

  it('that is a switch takes no value', () => {
    expect(read(['--verbose']).verbose).toBe(true)
    expect(read([]).verbose).toBe(false)
    expect(read([], { ROCKETDECK_VERBOSE: 'true' }).verbose).toBe(true)
    expect(() => read(['--verbose=loud'])).toThrow('--verbose takes no value')
  })

  it('of pairs gathers all of them, the later winning', () => {
    const given = read(['--set', 'a=1', '--set', 'b=x=y', '--set', 'a=2'], { ROCKETDECK_SET: 'c=3,a=0\nd=1;2' })
    expect(given.set).toEqual({ a: '2', b: 'x=y', c: '3', d: '1;2' })
    expect(read(['--config', 'f'], {}, { f: '{"set": {"flushDiskType": "SYNC_FLUSH"}}' }).set).toEqual({
      flushDiskType: 'SYNC_FLUSH',
    })
    expect(() => read(['--set', 'a'])).toThrow('--set a: wants key=value')
  })

  it('that does not exist is named, with the one that was perhaps meant', () => {
    expect(() => read(['--broker'])).toThrow('--broker is not a flag here (did you mean --broker-port?)')
    expect(() => read(['stray'])).toThrow('stray is not a flag here')
    expect(() => read(['--constructor'])).toThrow('--constructor is not a flag here')
  })

  it('that lacks its value says what it wants', () => {
    expect(() => read(['--host'])).toThrow('--host wants a value: HOST')
  })

  it('of a file that cannot be read or means nothing is told', () => {
    expect(() => read(['--config', 'gone'])).toThrow('--config gone: no such file gone')
    expect(() => read(['--config', 'f'], {}, { f: '[1]' })).toThrow('not a JSON object')
    expect(read(['--config', 'f'], {}, { f: '{"hots": 1}' }).warnings).toEqual(['f: hots is not a flag here, ignored'])
  })

  it('that is a port lies between 1 and 65535', () => {
    expect(portOf('port', '65535')).toBe(65535)
    for (const text of ['0', '65536', '-1', '1e3', 'http', '']) expect(() => portOf('port', text)).toThrow('not a port')
  })

  it('stands in the help with its default and its name in the environment', () => {
    expect(flagHelp(table)).toContain('-b, --broker-port PORT')
    expect(flagHelp(table)).toContain('(10911)')
    expect(flagHelp(table)).toContain('ROCKETDECK_BROKER_PORT')
  })
})
