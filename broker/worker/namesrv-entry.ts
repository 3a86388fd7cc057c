// broker/worker/namesrv-entry.ts: the program of the name server's thread.
import { startNamesrvPart } from './namesrv-part'
import { runPart } from './part-thread'

runPart(startNamesrvPart)
