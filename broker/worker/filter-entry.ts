// broker/worker/filter-entry.ts: a thread in which filter scripts of one broker run.
import { parentPort } from 'node:worker_threads'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core'
import { createScriptJudge } from '../filter/script-judge'
import type { ToScriptThread } from '../filter/script-types'

const port = parentPort
if (port === null) throw new Error('filter scripts run in a worker thread')
const judge = createScriptJudge(
  () => newQuickJSWASMModuleFromVariant(variant),
  (message) => port.postMessage(message),
)
port.on('message', (message: ToScriptThread) => void judge(message))
