// test/support/part-double.mjs: a part whose behaviour its plan says: a thread that starts, dies, falls silent or does
// not stop, so that the supervisor can be watched.
import { appendFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

const { behaviour = 'well', journal } = workerData.properties
const note = (word) => journal && appendFileSync(journal, `${workerData.name} ${word}\n`)
const tell = (message) => parentPort.postMessage(message)

note('begins')
if (behaviour === 'refuses') {
  tell({ type: 'failed', text: 'the disk is upside down' })
  parentPort.close()
} else {
  tell({ type: 'log', line: { level: 'info', part: workerData.name, text: 'hello', atMs: Date.now() } })
  tell({ type: 'ready', address: `${workerData.host}:${workerData.port}`, role: workerData.kind })
  const pulse = setInterval(() => {
    if (behaviour !== 'silent') tell({ type: 'pulse', heapUsedBytes: 1, eventLoopDelayP99Ms: 2 })
  }, 20)
  if (behaviour === 'dies') {
    setTimeout(() => {
      throw new Error('bit by a mouse')
    }, 30)
  }
  if (behaviour === 'eats') {
    const eaten = []
    setInterval(() => eaten.push(new Array(1e5).fill(Math.random())), 1)
  }
  parentPort.on('message', () => {
    if (behaviour === 'stubborn') return
    note('ends')
    clearInterval(pulse)
    parentPort.close()
  })
}
process.on('exit', () => note('gone'))
