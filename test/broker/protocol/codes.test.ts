// test/broker/protocol/codes.test.ts: the numbers and names of the wire against the constants of Apache's classes.
import { expect, it } from 'vitest'
import { Language, RequestCode, ResponseCode, versionName, versionOrdinal } from '../../../broker/protocol/codes'
import { languageByName, languageByNumber } from '../../../broker/protocol/language'
import { Property } from '../../../broker/protocol/properties'
import { golden } from '../../support/golden'

const { codes } = golden()

it('asks with the numbers of Apache', () => {
  expect(codes.requests).toMatchObject(RequestCode)
})
it('answers with the numbers of Apache', () => {
  expect(codes.responses).toMatchObject(ResponseCode)
})
it('knows every language, by name and by number', () => {
  expect(Language).toEqual(codes.languages)
  for (const [name, number] of Object.entries(codes.languages)) {
    expect([languageByName(name.toLowerCase()), languageByNumber(number)]).toEqual([name, name])
  }
})
it('shows the release that it behaves like', () => {
  expect({ versionOrdinal, versionName }).toEqual({
    versionOrdinal: codes.versionOrdinal,
    versionName: codes.versionName,
  })
})
it('knows the names of properties that are reserved', () => {
  const known = new Set<string>(Object.values(Property))
  expect(codes.properties.filter((name) => !known.has(name))).toEqual([])
})
