// test/server/shared/inputs.test.ts: what an input makes of what was not sent.
import { expect, it } from 'vitest'
import { clusterAddInput, clusterUpdateInput } from '../../../server/shared/inputs'

it('changes of a cluster only what was sent: a new name leaves read-only what was', () => {
  expect(clusterUpdateInput.parse({ id: 'c', name: 'New' })).toEqual({ id: 'c', name: 'New' })
  expect(clusterAddInput.parse({ id: 'c', name: 'New', namesrv: ['a:1'] })).toEqual({
    ...{ id: 'c', name: 'New', namesrv: ['a:1'] },
    ...{ colour: 0, readOnly: false, production: false },
    ...{ tls: 'off', ca: '', accessKey: '', secretKey: '', addressMap: [], hosts: [] },
  })
})
