// test/broker/filter/sql.test.ts: SQL92 filters judge as Apache's do, oddities included.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createMessageFilters, messageFilter } from '../../../broker/filter/message-filter'
import { compileFilter, compileSql, FilterSyntaxError } from '../../../broker/filter/sql'
import { encodeHost } from '../../../broker/protocol/host'
import { encodeProperties, PropertyReader } from '../../../broker/protocol/properties'
import { encodeRecord, recordSize } from '../../../broker/protocol/record'

const golden = readFileSync(new URL('../../golden/sql92.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))

function judge(expression: string, properties: ReadonlyMap<string, string>): string {
  try {
    const reader = new PropertyReader()
    reader.begin(encodeProperties(properties))
    const fromBytes = compileFilter(expression)(reader)
    const fromTexts = compileSql(expression)((name) => properties.get(name))
    const isStored = ![...properties.values()].includes('') // nobody stores a property without a value
    return !isStored || fromBytes === fromTexts ? String(fromTexts) : 'differs between bytes and texts'
  } catch (error) {
    if (error instanceof FilterSyntaxError) return 'refused'
    throw error
  }
}

describe('a SQL92 filter', () => {
  it('FI5: judges 1,266 expressions as Apache 5.5.0 does', () => {
    expect(golden).toHaveLength(1266)
    const differ = golden.filter(([expected, expression = '', ...pairs]) => {
      const properties = pairs
        .filter((pair) => pair.includes('='))
        .map((pair): [string, string] => {
          const split = pair.indexOf('=')
          return [pair.slice(0, split), pair.slice(split + 1)]
        })
      return judge(expression, new Map(properties)) !== expected
    })
    expect(differ).toEqual([])
  })

  it('says what it stumbled over', () => {
    expect(() => compileSql('a > ')).toThrow('the end stands where a value should')
    expect(() => compileSql('a != 1')).toThrow("nothing begins with '!'")
    expect(() => compileSql("a > 'x'")).toThrow("Value ''x'' cannot be compared with '>'")
  })

  it('reads the properties of a stored record, and nothing of its body', () => {
    const record = {
      topic: 't',
      queueId: 0,
      flag: 0,
      sysFlag: 0,
      bornTimestampMs: 0,
      bornHost: encodeHost('127.0.0.1', 1),
      reconsumeTimes: 0,
      preparedTransactionOffset: 0,
      body: Buffer.from('a\u00019\u0002'),
      properties: encodeProperties([['a', '5'], ['color', 'rot'], ['aa', '1']]), // biome-ignore format: pairs
    }
    const page = Buffer.alloc(recordSize(record))
    encodeRecord(page, 0, record, 0, 0, 0, encodeHost('127.0.0.1', 2))
    const passes = (subString: string) =>
      messageFilter({ subString, codeSet: [], expressionType: 'SQL92' })?.byRecord?.(page)
    expect(passes("a BETWEEN 4 AND 6 AND color = 'rot'")).toBe(true)
    expect(passes('a = 9')).toBe(false)
    expect(passes('b IS NULL')).toBe(true)
  })

  it('is kept for who asks with the same text again, unless it is long: a thousand are kept', () => {
    const filters = createMessageFilters()
    const of = (subString: string) => filters.of({ subString, codeSet: [], expressionType: 'SQL92' })
    expect(of('a = 1')).toBe(of('a = 1'))
    const long = `a = '${'x'.repeat(5000)}'`
    expect(of(long)).toBeDefined()
    expect(of(long)).not.toBe(of(long))
  })

  it('of a type that nobody knows is refused', () => {
    expect(() => messageFilter({ subString: 'a', codeSet: [], expressionType: 'FOO' })).toThrow(FilterSyntaxError)
  })
})
