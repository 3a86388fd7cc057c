// broker/file/small-file.ts: small files that are replaced as a whole and survive a crash at any moment, in the manner of
// RocketMQ's own config files: the current one becomes `<file>.bak`, then the new one is written. For a moment only the
// backup exists, and loading falls back to it. One writer per file; its owner must not write it twice at once.
import { dirname } from 'node:path'
import { type Files, isMissing, nodeFiles } from './files'

export const backupOf = (path: string): string => `${path}.bak`

/** Resolves when the new content would survive a power cut. */
export async function writeFileAtomic(
  path: string,
  content: string | Buffer,
  files: Files = nodeFiles(),
): Promise<void> {
  const folder = dirname(path)
  try {
    await files.rename(path, backupOf(path))
    await files.syncFolder(folder)
  } catch (error) {
    if (!isMissing(error)) throw error // nothing there yet: no backup to keep
  }
  await files.writeWhole(path, typeof content === 'string' ? Buffer.from(content, 'utf8') : content)
  await files.syncFolder(folder)
}

/**
 * The file as `parse` reads it; when it is missing, empty or does not parse, its backup. Undefined when there is neither.
 * Throws what `parse` throws when the backup does not parse either: then what was known is lost, and nobody may guess.
 */
export async function readFileOrBackup<T>(
  path: string,
  parse: (text: string) => T,
  files: Files = nodeFiles(),
): Promise<T | undefined> {
  const current = await files.readWhole(path)
  if (current !== undefined && current.length > 0) {
    try {
      return parse(current.toString('utf8'))
    } catch {
      // the backup decides
    }
  }
  const backup = await files.readWhole(backupOf(path))
  // a broken current file goes, else the next write would make it the backup
  if (current !== undefined) await files.remove(path)
  if (backup === undefined || backup.length === 0) return undefined
  return parse(backup.toString('utf8'))
}
