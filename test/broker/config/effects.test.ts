// test/broker/config/effects.test.ts: a key that the tables say has an effect is read by somebody, and one that they say
// has none is not: what the log tells an operator about a key must be true.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { brokerProperties } from '../../../broker/config/broker-properties'
import { namesrvProperties } from '../../../broker/config/namesrv-properties'
import { clientProperties, serverProperties } from '../../../broker/config/net-properties'
import type { PropertyTable } from '../../../broker/config/property'
import { storeProperties } from '../../../broker/config/store-properties'

const broker = fileURLToPath(new URL('../../../broker', import.meta.url))
const tables: PropertyTable = {
  ...clientProperties,
  ...serverProperties,
  ...storeProperties,
  ...brokerProperties,
  ...namesrvProperties,
}

/** All source but the tables themselves, with what only reports values (26, 28) taken out. */
const source = readdirSync(broker, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.m?ts$/.test(file) && !/^config\/(.*-properties|reasons)\.ts$/.test(file))
  .map((file) => readFileSync(join(broker, file), 'utf8'))
  .join('\n')
/** Every name that stands behind one of the words settings go by, in quotes, or in a destructuring. */
const read = new Set<string>()
for (const [name] of source.matchAll(/(?<=\b(?:values|settings|rules|properties|config)\??\.)\w+/g)) read.add(name)
for (const [, name] of source.matchAll(/['"](\w+)['"]/g)) read.add(name ?? '')
for (const [, names] of source.matchAll(/\{([\w\s,]*)\}/g)) {
  for (const name of names?.split(/[\s,]+/) ?? []) read.add(name)
}
const isRead = (key: string): boolean => read.has(key)

/** Shown by code 28, as capacities of queues that are empty here and as a pool that holds nothing: shown is not used. */
const onlyShown = /PoolQueueCapacity$|^transientStorePoolEnable$/

it('every key with an effect is read', () => {
  const unread = Object.entries(tables).filter(([key, row]) => row.without === undefined && !isRead(key))
  expect(unread.map(([key]) => key)).toEqual([])
})

it('no key without an effect is read', () => {
  const used = Object.entries(tables).filter(
    ([key, row]) => row.without !== undefined && !onlyShown.test(key) && isRead(key),
  )
  expect(used.map(([key, row]) => `${key}: ${row.without}`)).toEqual([])
})
