// test/support/file-receiver.mjs: a plain copy of a folder's files over loopback, as a measure: this process sends them to a
// child of its own, which writes and syncs them. Tells its parent the seconds.
import { fork } from 'node:child_process'
import { createReadStream, createWriteStream, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

const [folder = '', target = '', port] = process.argv.slice(2)

if (port === undefined) {
  const names = readdirSync(folder)
    .filter((name) => /^\d{20}$/.test(name))
    .sort()
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver = fork(fileURLToPath(import.meta.url), [folder, target, String(server.address().port)])
  const socket = await new Promise((resolve) => server.once('connection', resolve))
  socket.setMaxListeners(0) // each file leaves some behind
  const fromMs = performance.now()
  for (const name of names) await pipeline(createReadStream(join(folder, name)), socket, { end: false })
  socket.end()
  await new Promise((resolve) => receiver.once('exit', resolve))
  process.send?.((performance.now() - fromMs) / 1000)
  server.close()
} else {
  const path = join(target, 'copied')
  await pipeline(connect({ host: '127.0.0.1', port: Number(port) }), createWriteStream(path))
  const file = await open(path)
  await file.sync()
  await file.close()
}
