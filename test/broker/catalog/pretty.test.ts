// test/broker/catalog/pretty.test.ts: JSON laid out as Apache's config files are.
import { expect, it } from 'vitest'
import { pretty } from '../../../broker/catalog/pretty'

it('lays out nested objects with tabs and leaves empty ones closed', () => {
  expect(pretty('{"a":{"b":[1,2],"c":{},"d":[]},"e":"x"}')).toBe(
    '{\n\t"a":{\n\t\t"b":[\n\t\t\t1,\n\t\t\t2\n\t\t],\n\t\t"c":{},\n\t\t"d":[]\n\t},\n\t"e":"x"\n}',
  )
})

it('does not touch what stands in quotes, keys that are numbers included', () => {
  expect(pretty('{0:"{a,b}",1:"\\"[,"}')).toBe('{\n\t0:"{a,b}",\n\t1:"\\"[,"\n}')
})
