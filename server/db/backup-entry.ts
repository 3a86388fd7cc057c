// server/db/backup-entry.ts: the thread that makes a backup. libSQL's local client works synchronously inside, and a copy of
// months of history must hold neither the pages nor the thread of console.db.
import { parentPort, workerData } from 'node:worker_threads'
import { type BackupNote, writeBackup } from './backup'

const { file, target, note } = workerData as { file: string; target: string; note: BackupNote } // given by open.ts
writeBackup(file, target, note).then(
  () => parentPort?.postMessage(null),
  (error: unknown) => parentPort?.postMessage(error instanceof Error ? error.message : String(error)),
)
