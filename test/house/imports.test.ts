// test/house/imports.test.ts: every import of every source file goes through a door that rooms.ts lists.
import { describe, expect, it } from 'vitest'
import { rooms } from './rooms'
import { type Import, importsOf, projectFiles } from './sources'

const sources = projectFiles.filter(
  (file) => /^(broker|server|app|components)\//.test(file) && /\.(ts|tsx|mts|mjs|cjs|js)$/.test(file),
)

const CODE_ENDING = /\.(d\.mts|ts|tsx|mts|mjs|cjs|js)$/
const bare = (path: string) => path.replace(CODE_ENDING, '')

/** The most narrow room a file (with or without its ending) lies in. */
const roomOf = (file: string) =>
  rooms
    .filter(({ path }) => bare(file) === bare(path) || file.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0]

/** Why an import may not be, or nothing. */
function refusal(entry: Import): string | undefined {
  const { from, target, specifier, typeOnly } = entry
  if (target === undefined) return undefined
  const own = roomOf(from)
  const other = roomOf(target)
  if (!own) return `${from} lies in no room`
  if (!other) return `${from} looks into ${specifier}, which lies in no room`
  if (own === other || own.doors.includes(other.path)) return undefined
  if (typeOnly && own.types?.includes(other.path)) return undefined
  return `${from} -> ${other.path}${typeOnly ? ' (types)' : ''}: ${own.path} has no such door`
}

describe('the house', () => {
  it('opens no door that is not listed', () => {
    expect(
      sources
        .flatMap((file) => importsOf(file))
        .map(refusal)
        .filter(Boolean),
    ).toEqual([])
  })

  it('keeps every source file in a room', () => {
    expect(sources.filter((file) => !roomOf(file))).toEqual([])
  })

  it('sees a door that is not listed', () => {
    const seen = (from: string, text: string) => importsOf(from, text).map(refusal).filter(Boolean).length
    expect(seen('broker/store/x.ts', "import { a } from '../processor/send'")).toBe(1)
    expect(seen('broker/store/x.ts', "import {\n  a,\n} from '../net/listen'")).toBe(1)
    expect(seen('broker/processor/x.ts', "import { a } from '../ha/leader'")).toBe(1)
    expect(seen('broker/processor/x.ts', "import type { A } from '../ha/leader'")).toBe(0)
    expect(seen('components/topic/x.tsx', "import { a } from '../group/b'")).toBe(1)
    expect(seen('components/topic/x.tsx', "const a = await import('../../server/admin/a')")).toBe(1)
    expect(seen('components/trpc/x.ts', "import type { AppRouter } from '../../server/root'")).toBe(0)
    expect(seen('components/trpc/x.ts', "export { appRouter } from '../../server/root'")).toBe(1)
    expect(seen('broker/store/x.ts', "import { a } from '../file/segments'")).toBe(0)
  })
})
