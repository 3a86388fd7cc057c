// components/access/password-strength.ts: a rough guess at how long a password would last, for the meter beside the field.
// The rule itself (12 characters) is the server's; this only advises.

export const PASSWORD_MIN = 12
/** 0 too short, 1 weak, 2 fair, 3 strong. */
export type Strength = 0 | 1 | 2 | 3

const common = [
  'password',
  'passw0rd',
  'rocketmq',
  'rocketdeck',
  'qwerty',
  'letmein',
  'welcome',
  'admin',
  '123456',
  'abc123',
  'iloveyou',
]
const FAIR_BITS = 50
const STRONG_BITS = 70

export function passwordStrength(password: string, name = ''): Strength {
  if ([...password].length < PASSWORD_MIN) return 0
  const bits = guessBits(password, name)
  return bits >= STRONG_BITS ? 3 : bits >= FAIR_BITS ? 2 : 1
}

/** Length times the size of the alphabet in use, after what everybody tries first is taken out. */
function guessBits(password: string, name: string): number {
  let rest = password.toLowerCase()
  for (const word of [...common, name.toLowerCase()]) if (word.length >= 3) rest = rest.replaceAll(word, '\u0000') // one guess, whatever its length
  const kept = [...rest].filter((_character, at, all) => !follows(all, at))
  const alphabet =
    (/[a-z]/.test(password) ? 26 : 0) +
    (/[A-Z]/.test(password) ? 26 : 0) +
    (/\d/.test(password) ? 10 : 0) +
    (/[^\w]|_/.test(password) ? 32 : 0) +
    ([...password].some((character) => character > '~') ? 200 : 0)
  const distinct = new Set(kept).size
  return Math.min(kept.length, distinct * 2) * Math.log2(Math.max(2, alphabet))
}

/** Repeats the one before, or is the next after it: aaaa, 1234, abcd. */
function follows(all: readonly string[], at: number): boolean {
  const before = all[at - 1]?.codePointAt(0)
  const here = all[at]?.codePointAt(0)
  if (before === undefined || here === undefined) return false
  return here === before || Math.abs(here - before) === 1
}
