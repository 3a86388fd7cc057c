// broker/net/tls.ts: TLS on a port that may speak plainly as well. A new connection shows by its first byte which of the two
// it means; from then on a plain one costs nothing more. Certificates are read again when their files change, and one that
// became wrong changes nothing. A port without TLS never comes here.
import { readFile, stat } from 'node:fs/promises'
import { isIP, type Socket } from 'node:net'
import {
  connect,
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls'
import { NetError } from './types'

export interface TlsFiles {
  readonly certPath: string
  readonly keyPath: string
  readonly keyPassword?: string | undefined
  /** Whom a peer's certificate must come from. */
  readonly trustPath?: string | undefined
}
export interface TlsServing extends TlsFiles {
  /** `enforcing` refuses who speaks plainly. */
  readonly mode: 'permissive' | 'enforcing'
  /** Whether a client must show a certificate, and whether it is checked against trustPath. */
  readonly clientCertificate: 'none' | 'optional' | 'require'
  readonly checksClients: boolean
  readonly log: (level: 'info' | 'warn', line: string) => void
  readonly lookEveryMs?: number
}
export interface TlsDoor {
  /** Hands on the socket once it is clear how it speaks; one that may not come in is closed. */
  admit(socket: Socket, idleMs: number, admitted: (socket: Socket) => void): void
  /** Reads the files again if they changed. */
  refresh(): Promise<void>
  close(): void
}

/** Throws when certificate and key cannot be read or do not fit: nobody shall believe in TLS that is not there. */
export async function openTlsDoor(options: TlsServing): Promise<TlsDoor> {
  const stamp = await stampOf(options)
  const context = await contextOf(options)
  return new PeekingDoor(options, context, stamp)
}

const tlsHandshake = 0x16
/** A handshake that takes longer is given up. */
const handshakeMs = 10_000

class PeekingDoor implements TlsDoor {
  readonly #options: TlsServing
  readonly #server: Server
  readonly #timer: NodeJS.Timeout
  readonly #waiting = new Set<Socket>()
  /** Who takes a socket once its handshake is done. */
  readonly #handshaking = new Map<string, (socket: Socket) => void>()
  #stamp: string

  constructor(options: TlsServing, context: SecureContextOptions, stamp: string) {
    this.#options = options
    this.#stamp = stamp
    this.#server = createServer({
      ...context,
      handshakeTimeout: handshakeMs,
      requestCert: options.clientCertificate !== 'none',
      rejectUnauthorized: options.checksClients && options.clientCertificate === 'require',
    })
    this.#server.on('secureConnection', (socket) => this.#secured(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      options.log('warn', `closing ${socket.remoteAddress}: ${error.message}`)
      socket.destroy()
    })
    this.#timer = setInterval(() => void this.refresh(), options.lookEveryMs ?? 1000)
    this.#timer.unref()
  }

  admit(socket: Socket, idleMs: number, admitted: (socket: Socket) => void): void {
    const failed = () => socket.destroy()
    this.#waiting.add(socket)
    socket.once('close', () => this.#waiting.delete(socket))
    socket.on('error', failed)
    socket.setTimeout(idleMs, failed)
    socket.once('readable', () => {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) return // it ended without a word
      socket.setTimeout(0)
      socket.off('timeout', failed)
      socket.unshift(chunk)
      if (chunk[0] === tlsHandshake) {
        this.#handshake(socket, admitted)
      } else if (this.#options.mode === 'enforcing') {
        this.#options.log('warn', `closing ${socket.remoteAddress}: it speaks plainly, and this port TLS only`)
        socket.destroy()
      } else {
        this.#waiting.delete(socket)
        socket.off('error', failed)
        admitted(socket)
      }
    })
  }

  #handshake(socket: Socket, admitted: (socket: Socket) => void): void {
    const key = keyOf(socket)
    this.#handshaking.set(key, (secured) => {
      this.#waiting.delete(socket)
      admitted(secured)
    })
    socket.once('close', () => this.#handshaking.delete(key))
    this.#server.emit('connection', socket) // as Node's manual says: a connection that was accepted elsewhere
  }

  #secured(socket: TLSSocket): void {
    const key = keyOf(socket)
    const admitted = this.#handshaking.get(key)
    this.#handshaking.delete(key)
    const wrong = this.#wrongWith(socket)
    if (admitted === undefined || wrong !== undefined) {
      this.#options.log('warn', `closing ${socket.remoteAddress}: ${wrong ?? 'nobody waits for it'}`)
      socket.destroy()
      return
    }
    admitted(socket)
  }

  #wrongWith(socket: TLSSocket): string | undefined {
    const { clientCertificate, checksClients } = this.#options
    if (clientCertificate === 'none') return undefined
    const shows = Object.keys(socket.getPeerCertificate()).length > 0
    if (!shows) return clientCertificate === 'require' ? 'it shows no certificate' : undefined
    return checksClients && !socket.authorized
      ? `its certificate is not trusted: ${socket.authorizationError}`
      : undefined
  }

  async refresh(): Promise<void> {
    try {
      const stamp = await stampOf(this.#options)
      if (stamp === this.#stamp) return
      this.#stamp = stamp
      this.#server.setSecureContext(await contextOf(this.#options))
      this.#options.log('info', `${this.#options.certPath} was read again`)
    } catch (error) {
      this.#options.log('warn', `the certificate that held goes on: ${error instanceof Error ? error.message : error}`)
    }
  }

  close(): void {
    clearInterval(this.#timer)
    for (const socket of this.#waiting) socket.destroy()
  }
}

/** A TLS socket and the plain one below it have the same ends; a port may listen at several addresses. */
const keyOf = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): string =>
  `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`

const stampOf = async ({ certPath, keyPath, trustPath }: TlsFiles): Promise<string> => {
  const stamps = [certPath, keyPath, ...(trustPath === undefined ? [] : [trustPath])].map(async (path) => {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true })
    return `${mtimeNs} ${size} ${ino}`
  })
  return (await Promise.all(stamps)).join(' ')
}

/** Throws when they do not fit each other. */
async function contextOf({ certPath, keyPath, keyPassword, trustPath }: TlsFiles): Promise<SecureContextOptions> {
  const [cert, key, ca] = await Promise.all([
    readFile(certPath),
    readFile(keyPath),
    trustPath === undefined ? undefined : readFile(trustPath),
  ])
  const context: SecureContextOptions = {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword }),
  }
  createSecureContext(context)
  return context
}

export interface TlsDialing {
  /** Whether the peer's certificate is checked: against trustPath, or whom this machine trusts. */
  readonly checksServer: boolean
  readonly trustPath?: string | undefined
  /** The same as PEM, in place of a file. */
  readonly trust?: string | undefined
  /** What is shown to a peer that asks for a certificate. */
  readonly own?: TlsFiles | undefined
}

/** Speaks TLS on a connection that was just dialled. Throws a NetError. */
export async function secure(socket: Socket, host: string, options: TlsDialing, timeoutMs: number): Promise<Socket> {
  const ca = options.trustPath === undefined ? options.trust : await readFile(options.trustPath)
  const own = options.own === undefined ? {} : await contextOf(options.own)
  return new Promise((resolve, reject) => {
    const made = connect({
      socket,
      host, // which the certificate must be for
      ...own,
      ...(ca === undefined ? {} : { ca }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: options.checksServer,
    })
    const failed = (error: Error) => {
      clearTimeout(timer)
      made.destroy()
      reject(new NetError('refused', `no TLS with ${host}: ${error.message}`, { cause: error }))
    }
    const timer = setTimeout(() => failed(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    made.once('error', failed)
    made.once('secureConnect', () => {
      clearTimeout(timer)
      made.off('error', failed)
      resolve(made)
    })
  })
}
