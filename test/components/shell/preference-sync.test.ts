// test/components/shell/preference-sync.test.ts: opening a page writes nothing; a choice writes what was chosen.
import { expect, it } from 'vitest'
import { differing } from '../../../components/shell/preference-sync'
import type { Settings } from '../../../server/shared/views'

const account: Settings = {
  language: 'en',
  theme: 'system',
  zone: 'browser',
  density: 'normal',
  hour12: false,
  singleKeys: true,
  lastCluster: 'trade',
}
it('writes nothing when nothing differs', () => {
  expect(differing({ language: 'en', theme: 'system', lastCluster: 'trade' }, account)).toBeNull()
})
it('writes only what differs', () => {
  expect(differing({ language: 'zh', theme: 'system', density: 'roomy' }, account)).toEqual({
    language: 'zh',
    density: 'roomy',
  })
})
