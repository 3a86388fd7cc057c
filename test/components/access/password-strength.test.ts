// test/components/access/password-strength.test.ts: the meter does not praise what everybody would guess.
import { expect, it } from 'vitest'
import { PASSWORD_MIN, passwordStrength } from '../../../components/access/password-strength'
import { PASSWORD_MIN as serverMin } from '../../../server/shared/inputs'

it('holds the same least length as the server', () => {
  expect(PASSWORD_MIN).toBe(serverMin)
})
it('calls a short password short, whatever is in it', () => {
  expect(passwordStrength('aB3$xY7!pQ')).toBe(0)
})
it.each(['aaaaaaaaaaaaaaaa', '123456789012345', 'passwordpassword', 'qwertyqwerty1', 'abcdefghijklmnop'])(
  'calls %j weak',
  (password) => {
    expect(passwordStrength(password)).toBe(1)
  },
)
it('does not count the name of the user', () => {
  expect(passwordStrength('chen.yu-chen.yu-1', 'chen.yu')).toBe(1)
  expect(passwordStrength('chen.yu-chen.yu-1')).toBeGreaterThan(1)
})
it.each(['correct horse battery staple', 'tide-and-ember-42!X', '山高月小水落石出清风徐来'])(
  'calls %j strong',
  (password) => {
    expect(passwordStrength(password)).toBe(3)
  },
)
