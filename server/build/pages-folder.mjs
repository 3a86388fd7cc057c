// server/build/pages-folder.mjs: where the pages of a base path lie once they are built: each path has its own, so that two
// consoles of one checkout do not build them in turn. A digest tells /a/b from /a-b.
import { createHash } from 'node:crypto'

/** @param {string} basePath `/mq`; empty: none */
export const pagesFolder = (basePath) =>
  basePath === ''
    ? '.next'
    : `.next-at${basePath.replaceAll('/', '-')}-${createHash('sha256').update(basePath).digest('hex').slice(0, 8)}`
