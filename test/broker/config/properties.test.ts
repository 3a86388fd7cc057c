// test/broker/config/properties.test.ts: every row of the property tables beside Apache's own classes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { brokerProperties } from '../../../broker/config/broker-properties'
import { controllerProperties, namesrvProperties } from '../../../broker/config/namesrv-properties'
import { authProperties, clientProperties, serverProperties } from '../../../broker/config/net-properties'
import { type PropertyTable, parseValue, showValue } from '../../../broker/config/property'
import { storeProperties } from '../../../broker/config/store-properties'

const tables: Readonly<Record<string, PropertyTable>> = {
  BrokerConfig: brokerProperties,
  MessageStoreConfig: storeProperties,
  NettyServerConfig: { ...serverProperties, listenPort: brokerProperties.listenPort },
  NettyClientConfig: { ...serverProperties, ...clientProperties },
  AuthConfig: authProperties,
  NamesrvConfig: namesrvProperties,
  ControllerConfig: { ...namesrvProperties, ...controllerProperties },
}
const golden = readFileSync(new URL('../../golden/properties-5.5.0.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [string, string, string, string]) // four columns, see the file's first line

const types: Readonly<Record<string, string>> = { boolean: 'boolean', int: 'int', long: 'long', double: 'double' }
/** Depends on where it runs: cores, host name, home folder; or computed by Apache after its start. */
const depends =
  /ThreadPoolNums$|^clientCallbackExecutorThreads$|^brokerIP|^brokerName$|Path$|RootDir$|^bitMapLength|^jraftConfig$|^configBlackList$|^listenPort$/

describe('the property tables', () => {
  it('DP3: hold every property of Apache 5.5.0', () => {
    expect(golden.length).toBeGreaterThan(550)
    const missing = golden.filter(([table, name]) => !Object.hasOwn(tables[table] ?? {}, name))
    expect(missing).toEqual([])
  })

  it("have Apache's type and default, or say that they differ", () => {
    const wrong: string[] = []
    for (const [table, name, type, theirs] of golden) {
      const row = tables[table]?.[name]
      if (!row) continue
      if (row.type !== (types[type] ?? 'string')) wrong.push(`${table}.${name}: type ${row.type}, Apache's ${type}`)
      const ours = showValue(row, row.default) ?? 'null'
      if (row.apache) {
        if (row.apache.default !== theirs && name !== 'listenPort') wrong.push(`${name}: Apache's default is ${theirs}`)
        if (ours === theirs) wrong.push(`${name}: does not differ`)
      } else if (ours !== theirs && !depends.test(name)) wrong.push(`${table}.${name}: ${ours}, Apache's ${theirs}`)
    }
    expect(wrong).toEqual([])
  })

  const rows = Object.values(tables).flatMap((table) => Object.entries(table))
  it('have defaults that pass their own check', () => {
    for (const [name, row] of rows) {
      const shown = showValue(row, row.default)
      if (shown === null) continue
      expect(parseValue(row, shown), name).toEqual({ value: row.default })
    }
  })

  it('refuse what no row can hold', () => {
    for (const [name, row] of rows) {
      const bad = row.type === 'boolean' ? 'perhaps' : row.type === 'string' ? 'a\u0000b' : 'many'
      expect(parseValue(row, bad), name).toHaveProperty('allowed')
      if (row.type === 'boolean' || row.type === 'string') continue
      for (const text of ['', '1e400', 'NaN', 'Infinity', '0x10', ...(row.type === 'double' ? [] : ['9'.repeat(30)])]) {
        expect(parseValue(row, text), `${name}=${text}`).toHaveProperty('allowed')
      }
    }
  })

  it('AD5: let no path, command or class be set while running', () => {
    const risky = /path|dir$|home|class|plugin|command|(?<!Sub)script|blacklist|filterServer|jraft|storeType/i
    const live = rows.filter(([name, row]) => row.change === 'live' && risky.test(name)).map(([name]) => name)
    expect(live).toEqual([])
    const freeText = rows.filter(
      ([, row]) => row.change === 'live' && row.type === 'string' && !row.oneOf && !row.pattern,
    )
    expect(freeText).toEqual([])
  })
})
