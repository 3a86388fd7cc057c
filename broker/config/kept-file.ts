// broker/config/kept-file.ts: the file of properties changed while running, in the store's config folder. Ours alone:
// Apache's brokers leave it be. Owner: the thread of the part whose settings it holds.
import { readFileOrBackup, writeFileAtomic } from '../file/small-file'
import type { KeptText } from './open'

export const keptFileName = 'rocketdeck-properties.json'

/** Reads it (or its backup) so that the settings can be opened; never throws for a file that is missing. */
export async function openKeptFile(path: string): Promise<KeptText> {
  const text = await readFileOrBackup(path, (held) => held)
  return { text, save: (next) => writeFileAtomic(path, next) }
}
