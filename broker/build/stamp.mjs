// broker/build/stamp.mjs: one short text that changes when anything a build was made from changes: sources, the lock
// file, Node's major version, the build's own options. Reads files, writes none.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const SOURCE = /\.(ts|tsx|mjs|cjs|js|json|css|svg|png|ico|woff2)$/

/**
 * @param {string} root top of the project
 * @param {readonly string[]} parts folders and files, relative to it
 * @param {Record<string, string>} options what else the result depends on
 */
export function stampOf(root, parts, options = {}) {
  const hash = createHash('sha256')
  hash.update(JSON.stringify({ node: process.versions.node.split('.')[0], ...options }))
  for (const file of filesOf(root, [...parts, 'package-lock.json'])) {
    hash.update(`\n${relative(root, file)}\n`)
    hash.update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Every source file below the parts, in one order on every machine. A part that does not exist has none. */
export function filesOf(root, parts) {
  const found = []
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile()) found.push(path)
    else if (stat?.isDirectory()) {
      for (const name of readdirSync(path)) {
        const child = join(path, name)
        if (SOURCE.test(name) || statSync(child, { throwIfNoEntry: false })?.isDirectory()) visit(child)
      }
    }
  }
  for (const part of parts) visit(join(root, part))
  return found.sort()
}
