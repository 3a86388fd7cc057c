// test/components/message/send-draft.test.ts: a message made by hand is checked before it is sent.
import { expect, it } from 'vitest'
import { bodyFault, bodyInput, bytesOf, delayLevels, emptyDraft } from '../../../components/message/send-draft'

it.each([
  ['json', '{"a":1}', null],
  ['json', '{a:1}', 'json'],
  ['text', 'hello', null],
  ['text', '  ', 'empty'],
  ['hex', '0a ff', null],
  ['hex', '0a f', 'hex'],
  ['base64', 'aGVsbG8=', null],
  ['base64', 'aGVsbG8', 'base64'],
] as const)('a body of %s is checked: %s', (kind, body, fault) =>
  expect(bodyFault({ ...emptyDraft, kind, body })).toEqual(fault === null ? null : { fault, line: null }),
)
it('names the line of the one that is at fault, as the text box counts them', () => {
  const many = { ...emptyDraft, kind: 'json', many: true } as const
  expect(bodyFault({ ...many, body: '{"a":1}\n\n{a:1}\n{' })).toEqual({ fault: 'json', line: 3 })
  expect(bodyFault({ ...many, body: '1\r\n2\n' })).toBeNull()
  expect(bodyFault({ ...many, body: '\n \n' })).toEqual({ fault: 'empty', line: null })
})

it('counts the bytes that go over the wire', () => {
  expect(bytesOf({ ...emptyDraft, kind: 'text', body: '谢谢' })).toBe(6)
  expect(bytesOf({ ...emptyDraft, kind: 'hex', body: '0a ff 00' })).toBe(3)
  expect(bytesOf({ ...emptyDraft, kind: 'base64', body: 'aGVsbG8=' })).toBe(5)
})
it('sends JSON as the text that was typed, and bytes without their blanks', () => {
  expect(bodyInput({ ...emptyDraft, kind: 'json', body: '{"id": 9007199254740993}' })).toEqual({
    kind: 'text',
    value: '{"id": 9007199254740993}',
  })
  expect(bodyInput({ ...emptyDraft, kind: 'hex', body: '0a ff' })).toEqual({ kind: 'hex', value: '0aff' })
})
it('offers RocketMQ’s 18 levels and none', () => expect(delayLevels).toHaveLength(19))
