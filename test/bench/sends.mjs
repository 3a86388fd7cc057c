// test/bench/sends.mjs: sends as the stock Java client writes them, made beforehand, and a plain socket that keeps some of
// them under way: a client that costs next to nothing.

/** As the stock Java client writes them: fastjson's letters for 0x01 and 0x02, one unique key each. */
export function frames(size, form, batch, topicOf = () => 'TopicOfTheCost') {
  const key = (serial) => `7F0000010F5A18B4AAC2${serial.toString(16).toUpperCase().padStart(12, '0')}`
  return (serial) => {
    const properties = `UNIQ_KEY\u0001${key(serial)}\u0002WAIT\u0001true\u0002`
    const body = batch === 1 ? Buffer.alloc(size, 97) : batchOf(batch, size, serial, key)
    const fields = {
      a: 'BenchmarkProducer',
      b: topicOf(serial),
      c: 'TBW102',
      d: '8',
      e: String(serial % 4),
      f: '0',
      g: String(1_700_000_000_000 + serial),
      h: '0',
      i: properties,
      j: '0',
      k: 'false',
      m: String(batch > 1),
      n: 'broker-a',
    }
    const code = batch > 1 ? 320 : 310
    const header =
      form === 0 ? jsonHeader(code, fields, serial) : binaryHeader({ code, version: 513, opaque: serial }, fields)
    const frame = Buffer.allocUnsafe(8 + header.length + body.length)
    frame.writeUInt32BE(4 + header.length + body.length, 0)
    frame.writeUInt32BE(((form << 24) | header.length) >>> 0, 4)
    header.copy(frame, 8)
    body.copy(frame, 8 + header.length)
    return frame
  }
}
const jsonHeader = (code, extFields, opaque) =>
  Buffer.from(
    JSON.stringify({
      code,
      extFields,
      flag: 0,
      language: 'JAVA',
      opaque,
      serializeTypeCurrentRPC: 'JSON',
      version: 513,
    }),
  )
/** As protocol/batch.ts lays it out. */
function batchOf(count, size, serial, key) {
  const entries = Array.from({ length: count }, (_, at) => {
    const properties = Buffer.from(`UNIQ_KEY\u0001${key(serial * count + at)}\u0002WAIT\u0001true\u0002`)
    const entry = Buffer.alloc(22 + size + properties.length, 97)
    entry.writeInt32BE(entry.length, 0)
    entry.fill(0, 4, 16)
    entry.writeInt32BE(size, 16)
    entry.writeInt16BE(properties.length, 20 + size)
    properties.copy(entry, 22 + size)
    return entry
  })
  return Buffer.concat(entries)
}
/** RocketMQ's binary header (broker/protocol/header-binary.ts). */
export function binaryHeader({ code = 0, version = 0, opaque = 0, flag = 0 }, fields) {
  const entries = Object.entries(fields).map(([name, value]) => {
    const entry = Buffer.alloc(6 + name.length + value.length)
    entry.writeUInt16BE(name.length, 0)
    entry.write(name, 2)
    entry.writeUInt32BE(value.length, 2 + name.length)
    entry.write(value, 6 + name.length)
    return entry
  })
  const ext = Buffer.concat(entries)
  const head = Buffer.alloc(21)
  head.writeInt16BE(code, 0)
  head.writeInt16BE(version, 3)
  head.writeInt32BE(opaque, 5)
  head.writeInt32BE(flag, 9)
  head.writeInt32BE(ext.length, 17)
  return Buffer.concat([head, ext])
}

/** Keeps `window` sends under way until `count` are answered. */
export function pump(socket, count, { window, joined }, makeFrame) {
  return new Promise((resolve, reject) => {
    let asked = 0
    let answered = 0
    let rest = Buffer.alloc(0)
    const ask = (many) => {
      const upTo = Math.min(count, asked + many)
      if (joined) socket.cork()
      while (asked < upTo) socket.write(makeFrame(asked++))
      if (joined) socket.uncork()
    }
    const onData = (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      let got = 0
      while (bytes.length - at >= 4 && bytes.length - at - 4 >= bytes.readUInt32BE(at)) {
        if (answered === 0 && got === 0) check(bytes.subarray(at))
        at += 4 + bytes.readUInt32BE(at)
        got++
      }
      rest = bytes.subarray(at)
      answered += got
      if (answered < count) return ask(got)
      socket.off('data', onData)
      resolve()
    }
    const check = (frame) => {
      const code =
        frame[4] === 0 ? JSON.parse(frame.toString('utf8', 8, 4 + frame.readUInt32BE(0))).code : frame.readInt16BE(8)
      if (code !== 0) reject(new Error(`the broker answers ${frame.toString('latin1', 8)}`))
    }
    socket.on('data', onData)
    socket.once('close', () => reject(new Error('the broker closed the connection')))
    ask(window)
  })
}
