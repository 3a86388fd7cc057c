// test/house/packages.test.ts: what the lock file brings in runs on the oldest Node that is promised, needs no compiler
// on the user's machine, and may be used by everyone.
import { describe, expect, it } from 'vitest'
import { textOf } from './sources'

interface Locked {
  version?: string
  engines?: { node?: string }
  license?: string
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
}
const lock: { packages: Record<string, Locked> } = JSON.parse(textOf('package-lock.json'))
const own: { engines: { node: string }; license: string } = JSON.parse(textOf('package.json'))
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')

/** The versions promised: the oldest, and the first of each later long-term line. */
const PROMISED: readonly Version[] = [
  [20, 9, 0],
  [22, 0, 0],
  [24, 0, 0],
]
type Version = readonly [number, number, number]

const PERMISSIVE =
  /^(MIT(-0)?|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|CC0-1\.0|CC-BY-4\.0|Unlicense|BlueOak-1\.0\.0|Python-2\.0|OFL-1\.1|Zlib)$/
/** Weak copyleft, used as separate libraries and unchanged: image codecs Next brings along, Tailwind's CSS compiler. */
const LIBRARY_ONLY = /^(LGPL-3\.0-or-later|MPL-2\.0)$/

const allows = (range: string, version: Version): boolean =>
  range.split('||').some((part) =>
    part
      .trim()
      .replace(/([<>=^~]+)\s+/g, '$1')
      .split(/\s+/)
      .every((term) => satisfies(term, version)),
  )

function satisfies(term: string, version: Version): boolean {
  const match = /^(>=|<=|>|<|\^|~|=)?v?(\d+|\*|x)(?:\.(\d+))?(?:\.(\d+))?/.exec(term)
  if (!match) return term === '' || term === '*'
  const [, operator = '', major = '*', minor, patch] = match
  if (!/^\d+$/.test(major)) return true
  const number = (text: string | undefined) => Number(text ?? 0)
  const bound: Version = [Number(major), number(minor), number(patch)]
  const order = compare(version, bound)
  if (operator === '>=') return order >= 0
  if (operator === '>') return order > 0
  if (operator === '<=') return order <= 0
  if (operator === '<') return order < 0
  if (operator === '^') return order >= 0 && version[0] === bound[0]
  if (operator === '~') return order >= 0 && version[0] === bound[0] && (minor === undefined || version[1] === bound[1])
  return (
    version[0] === bound[0] &&
    (minor === undefined || (version[1] === bound[1] && (patch === undefined || order === 0)))
  )
}
const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

/** Packages whose lock entry names no licence, and what they say elsewhere. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  'node_modules/JSON2': 'CC0-1.0', // public domain, at the top of its one file; comes with ali-ons, a test's client
}

const licencesOf = (text: string): string[] => text.replace(/[()]/g, '').split(/\s+(?:OR|AND)\s+/)

describe('the packages', () => {
  it('admit every Node that is promised', () => {
    expect(own.engines.node).toBe('>=20.9.0')
    const narrow = packages
      .filter(([, { engines, optional }]) => engines?.node !== undefined && !optional)
      .filter(([, { engines }]) => PROMISED.some((version) => !allows(engines?.node ?? '*', version)))
      .map(([path, { version, engines }]) => `${path} ${version}: node ${engines?.node}`)
    expect(narrow).toEqual([])
  })

  it('have licences that let anyone use, change and sell the whole', () => {
    const odd = packages
      .map(([path, { license }]) => ({ path, license: license ?? SAID_ELSEWHERE[path] ?? 'none' }))
      .filter(({ license }) => !licencesOf(license).some((name) => PERMISSIVE.test(name) || LIBRARY_ONLY.test(name)))
    expect(odd).toEqual([])
    expect(own.license).toBe('Apache-2.0')
  })

  it('judge engine ranges as npm does', () => {
    expect(allows('^20.19.0 || >=22.12.0', [20, 9, 0])).toBe(false)
    expect(allows('>= 18', [20, 9, 0])).toBe(true)
    expect(allows('18 || 20 || >=22', [20, 9, 0])).toBe(true)
    expect(allows('>=14.0.0 <21', [22, 0, 0])).toBe(false)
    expect(allows('20.x', [20, 9, 0])).toBe(true)
    expect(allows('~20.8', [20, 9, 0])).toBe(false)
  })
})
