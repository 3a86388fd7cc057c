// test/components/shell/palette-actions.test.ts: what the palette offers to do: by right, by cluster, and found by any of its words.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { paletteActions, wordsMatch } from '../../../components/shell/palette-actions'
import { rights, rightsTable } from '../../../server/shared/rights'

const of = (role: 'viewer' | 'operator' | 'admin') => rights.filter((right) => rightsTable[right][role] === 'yes')
const idsFor = (role: 'viewer' | 'operator' | 'admin', cluster = 'trade', readOnly = false) =>
  paletteActions({ cluster, readOnly, rights: of(role) }).map(({ id }) => id)

it('offers an admin what pages offer, and a viewer only how the console looks', () => {
  expect(idsFor('admin')).toEqual(
    expect.arrayContaining(['createTopic', 'createGroup', 'send', 'reset', 'createRule', 'connectCluster', 'signOut']),
  )
  expect(idsFor('operator')).not.toContain('connectCluster')
  expect(idsFor('viewer')).toEqual(['doctor', 'themeLight', 'themeDark', 'themeSystem', 'language', 'keys', 'signOut'])
})
it('offers nothing that changes a read-only cluster, and nothing of a cluster where none is open', () => {
  expect(idsFor('admin', 'trade', true)).not.toContain('createTopic')
  expect(idsFor('admin', 'trade', true)).toEqual(expect.arrayContaining(['createRule', 'silence', 'createUser']))
  expect(idsFor('admin', '')).not.toContain('createTopic')
})
it('leads only to pages that exist', () => {
  for (const action of paletteActions({ cluster: 'x', readOnly: false, rights: of('admin') })) {
    if (action.kind !== 'page') continue
    const folder = (action.href('x').split('?')[0] ?? '').replace('/c/x', '/c/[cluster]')
    expect(existsSync(join(import.meta.dirname, '../../../app', folder, 'page.tsx')), folder).toBe(true)
  }
})
it('finds an action by its words in any order', () => {
  expect(wordsMatch('topic cre', 'Create topic', 'new add')).toBe(true)
  expect(wordsMatch('new topic', 'Create topic', 'new add')).toBe(true)
  expect(wordsMatch('', 'Create topic')).toBe(true)
  expect(wordsMatch('delete topic', 'Create topic', 'new add')).toBe(false)
})
