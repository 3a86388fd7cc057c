// test/components/shell/user-menu.test.ts: two letters that stand for a name.
import { expect, it } from 'vitest'
import { initials } from '../../../components/shell/user-menu'

it.each([
  ['li.wei', 'LW'],
  ['admin', 'AD'],
  ['chen_yu@corp', 'CY'],
  ['李伟', '李伟'],
  ['x', 'X'],
  ['', '?'],
])('draws %j as %j', (name, letters) => {
  expect(initials(name)).toBe(letters)
})
