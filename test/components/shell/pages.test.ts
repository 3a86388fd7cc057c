// test/components/shell/pages.test.ts: the sidebar marks the page one is on, and leads only to pages that exist.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pageAt, pages } from '../../../components/shell/pages'

it('marks the section of any page below it', () => {
  expect(pageAt('/c/trade', 'trade')).toBe('overview')
  expect(pageAt('/c/trade/topics', 'trade')).toBe('topics')
  expect(pageAt('/c/trade/topics/orders/queues', 'trade')).toBe('topics')
  expect(pageAt('/c/trade/brokers/broker-a:0/config', 'trade')).toBe('brokers')
  expect(pageAt('/settings', 'trade')).toBe('settings')
})
it('marks nothing where it does not know the place', () => {
  expect(pageAt('/c/trade/topicsandmore', 'trade')).toBeNull()
  expect(pageAt('/c/other/topics', 'trade')).toBeNull()
})
it('leads only to pages that exist', () => {
  for (const { href } of pages) {
    const folder = href('[cluster]').replace('%5Bcluster%5D', '[cluster]')
    expect(existsSync(join(import.meta.dirname, '../../../app', folder, 'page.tsx')), folder).toBe(true)
  }
})
it('gives every page a key of its own', () => {
  const keys = pages.flatMap(({ key }) => (key ? [key] : []))
  expect(new Set(keys).size).toBe(keys.length)
})
it('matches no path of the router: Next would end its websockets', () => {
  const top = readdirSync(join(import.meta.dirname, '../../../app'))
  expect(top.filter((name) => name.startsWith('[') || name === 'api')).toEqual([])
})
