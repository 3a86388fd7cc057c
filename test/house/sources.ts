// test/house/sources.ts: the project's own files, and what the house tests read of them.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { projectRoot } from '../support/folders'

/** Files git knows or would take, relative to the top. Ignored ones are not the project's. */
export const projectFiles: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: projectRoot, encoding: 'utf8', maxBuffer: 64 << 20 },
)
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(projectRoot, file)))

export const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

export interface Import {
  from: string
  /** As written. */
  specifier: string
  /** A file or folder of the project, or undefined for a package. */
  target: string | undefined
  typeOnly: boolean
}

const PATTERNS: readonly { pattern: RegExp; typeOnly: (match: string) => boolean }[] = [
  {
    pattern: /(?:^|[\n;])\s*(import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]/g,
    typeOnly: (match) => /^[\s;]*(import|export)\s+type\b/.test(match),
  },
  { pattern: /\btypeof\s+(import)\(\s*['"]([^'"]+)['"]\s*\)/g, typeOnly: () => true },
  { pattern: /(?<!typeof\s)\b(import|require)\(\s*['"]([^'"]+)['"]\s*\)/g, typeOnly: () => false },
]

export function importsOf(file: string, text = textOf(file)): Import[] {
  const code = withoutComments(text)
  return PATTERNS.flatMap(({ pattern, typeOnly }) =>
    [...code.matchAll(pattern)].map((match) => {
      const specifier = match[2] ?? ''
      const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined
      return { from: file, specifier, target, typeOnly: typeOnly(match[0]) }
    }),
  )
}

/** Whole-line comments and blocks only: a `//` inside a text stays, and no import hides behind one. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
