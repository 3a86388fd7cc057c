// test/components/change/delete-many.test.ts: as many as may be ticked for one deletion have their previews kept until it is confirmed.
import { expect, it } from 'vitest'
import { MOST_DELETED } from '../../../components/change/delete-many'
import { openPreviews } from '../../../server/change/previews'

it('the previews of as many as may be deleted at once are all kept, those of somebody else too', async () => {
  const previews = openPreviews(
    () => 0,
    () => ({ after: {} }),
  )
  const ids = Array.from({ length: 2 * MOST_DELETED }, () => previews.keep({}).id)
  expect(ids.filter((id) => previews.find(id) === undefined)).toEqual([])
  previews.keep({})
  expect(previews.find(ids[0] ?? '')).toBeUndefined()
})
