// test/house/files.test.ts: how a file opens, where it may lie, and what no file may say.
import { describe, expect, it } from 'vitest'
import { projectFiles, textOf } from './sources'

const code = projectFiles.filter((file) => /\.(ts|tsx|mts|mjs|cjs)$/.test(file))
const text = projectFiles.filter((file) => /\.(ts|tsx|mts|mjs|cjs|js|json|md|css|yml|yaml|java|go|py)$/.test(file))

/** What may lie at the top, besides dot files. */
const topLevel = new Set([
  'app',
  'broker',
  'components',
  'server',
  'test',
  'package.json',
  'package-lock.json',
  'next.config.js',
  'playwright.config.ts',
  'vitest.config.ts',
  'tsconfig.json',
  'biome.json',
  'postcss.config.js',
  'postcss.config.mjs',
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
])

describe('the files', () => {
  it('open with their own path and what they are', () => {
    const wrong = code.filter((file) => {
      const first = textOf(file)
        .replace(/^#!.*\n/, '')
        .replace(/^(['"])use (client|server)\1;?\n+/, '')
        .split('\n', 1)[0]
      return !first?.startsWith(`// ${file}: `)
    })
    expect(wrong).toEqual([])
  })

  it('leave the top level to what a stranger expects there', () => {
    const top = new Set(projectFiles.map((file) => file.split('/')[0] ?? ''))
    expect([...top].filter((name) => !name.startsWith('.') && !topLevel.has(name))).toEqual([])
  })

  it('say nothing of unfinished work and switch off no check', () => {
    // Put together here, so that this file does not say it either.
    const words = ['TO' + 'DO', 'FIX' + 'ME', '@ts-' + 'ignore', '@ts-' + 'nocheck', 'debug' + 'ger;']
    const pattern = new RegExp(`(?<![\\w-])(${words.join('|')})(?!\\w)`)
    const guilty = text
      .filter((file) => file !== 'package-lock.json')
      .flatMap((file) =>
        textOf(file)
          .split('\n')
          .map((line, i) => ({ at: `${file}:${i + 1}`, line })),
      )
      .filter(({ line }) => pattern.test(line))
      .map(({ at, line }) => `${at} ${line.trim().slice(0, 100)}`)
    expect(guilty).toEqual([])
  })

  it('run every test: none is kept from running or runs alone', () => {
    const pattern = new RegExp(`\\b(it|test|describe)\\.(${['sk' + 'ip', 'on' + 'ly', 'to' + 'do'].join('|')})\\(`)
    expect(projectFiles.filter((file) => /\.(test|spec)\.tsx?$/.test(file) && pattern.test(textOf(file)))).toEqual([])
  })

  it('know no path of a machine they were written on', () => {
    const paths = new RegExp(`/(${['home/', 'Us' + 'ers/', 'ro' + 'ot/', 'wo' + 'rk/'].join('|')})[a-z]`)
    const guilty = text.filter(
      (file) => file !== 'package-lock.json' && paths.test(textOf(file).replace(/https?:\S+/g, '')),
    )
    expect(guilty).toEqual([])
  })

  it('stay small enough to be one room each', () => {
    const LONGEST_LINES = 800
    const long = code
      .filter((file) => !file.startsWith('test/'))
      .map((file) => ({ file, lines: textOf(file).split('\n').length }))
      .filter(({ lines }) => lines > LONGEST_LINES)
    expect(long).toEqual([])
  })
})
