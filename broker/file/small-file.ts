// broker/file/small-file.ts: small files that are replaced as a whole and survive a crash or a full disk at any moment. The new
// one is written beside, then, as RocketMQ does, the current one becomes `<file>.bak`, and the new one takes its name. For
// a moment only the backup exists, and loading falls back to it. One writer per file; its owner must not write it twice at
// once.
import { dirname } from 'node:path'
import { type Files, isMissing, nodeFiles } from './files'

export const backupOf = (path: string): string => `${path}.bak`

/** Resolves when the new content would survive a power cut. */
export async function writeFileAtomic(
  path: string,
  content: string | Buffer,
  files: Files = nodeFiles(),
): Promise<void> {
  const next = `${path}.tmp`
  await files.writeWhole(next, typeof content === 'string' ? Buffer.from(content, 'utf8') : content)
  try {
    await files.rename(path, backupOf(path))
  } catch (error) {
    if (!isMissing(error)) throw error // nothing there yet: no backup to keep
  }
  await files.rename(next, path)
  await files.syncFolder(dirname(path))
}

/**
 * The file as `parse` reads it; when it is missing, empty or does not parse, its backup. Undefined when there is neither.
 * Throws what `parse` throws when the backup does not help: then what was known is lost, nobody may guess, and the files
 * stay for whoever repairs them.
 */
export async function readFileOrBackup<T>(
  path: string,
  parse: (text: string) => T,
  files: Files = nodeFiles(),
): Promise<T | undefined> {
  const current = await files.readWhole(path)
  let fault: unknown
  if (current !== undefined && current.length > 0) {
    try {
      return parse(current.toString('utf8'))
    } catch (error) {
      fault = error // the backup decides
    }
  }
  const backup = await files.readWhole(backupOf(path))
  if (backup === undefined || backup.length === 0) {
    if (fault !== undefined) throw fault
    return undefined
  }
  const kept = parse(backup.toString('utf8'))
  // a broken current file goes, else the next write would make it the backup
  if (current !== undefined) await files.remove(path)
  return kept
}

/** With its backup. */
export async function removeSmallFile(path: string, files: Files = nodeFiles()): Promise<void> {
  await files.remove(path)
  await files.remove(backupOf(path))
}
