// server/notify/send.ts: one notice over one channel, once. HTTP goes through the guard; what it means when the other side
// answers is a table by kind of channel.
import { createHmac } from 'node:crypto'
import { Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import { askHttp } from '../guard/http'
import { checkTarget, type Resolve } from '../guard/target'
import type { ChannelKind, NoticeLanguage } from '../shared/alarms'
import { type Notice, noticeLines, noticeTitle } from './notice'

/** A channel with its secrets, in memory only. */
export interface OpenChannel {
  id: string
  kind: ChannelKind
  url?: string
  secret?: string
  host?: string
  port?: number
  security?: 'tls' | 'starttls' | 'plain'
  user?: string
  from?: string
  to?: readonly string[]
  language?: NoticeLanguage
}
export interface SendOptions {
  hosts: readonly string[]
  resolve?: Resolve
  now?: () => number
  mailTimeoutMs?: number
}
export interface Sent {
  ok: boolean
  /** Trying again may help. */
  again: boolean
  answer: string
}
/** A sending takes no longer than this, however many steps it has: a mail server may say a word now and then. */
export const SEND_WITHIN_MS = 10_000
const MAX_ANSWER_BYTES = 4096
const MAX_ANSWER_CHARACTERS = 300

interface Post {
  url: URL
  body: string
  headers: Record<string, string>
}
const post = async ({ url, body, headers }: Post, options: SendOptions): Promise<{ status: number; text: string }> => {
  const { status, body: answer } = await askHttp(
    url,
    { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body },
    { hosts: options.hosts, resolve: options.resolve, withinMs: SEND_WITHIN_MS, mostBytes: MAX_ANSWER_BYTES },
  )
  return { status, text: answer.toString('utf8') }
}

const hmac = (key: string, text: string, encoding: 'hex' | 'base64'): string =>
  createHmac('sha256', key).update(text).digest(encoding)
const json = (value: unknown): string => JSON.stringify(value)
const chatText = (notice: Notice, language: NoticeLanguage | undefined): string =>
  [noticeTitle(notice, language), ...noticeLines(notice, language)].join('\n')

interface HttpKind {
  build(
    url: URL,
    secret: string | undefined,
    notice: Notice,
    delivery: string,
    now: number,
    language: NoticeLanguage | undefined,
  ): Post
  /** These answer 200 and say in the body that they took nothing. */
  taken(text: string): boolean
}
const codeIs =
  (field: string) =>
  (text: string): boolean => {
    try {
      const answer: Record<string, unknown> = JSON.parse(text) // any JSON object
      return answer[field] === 0
    } catch {
      return false
    }
  }
const httpKinds: Record<Exclude<ChannelKind, 'mail'>, HttpKind> = {
  webhook: {
    build(url, secret, notice, delivery, now) {
      const body = json(notice)
      const stamp = String(Math.floor(now / 1000))
      return {
        url,
        body,
        headers: {
          'x-rocketdeck-delivery': delivery,
          'x-rocketdeck-timestamp': stamp,
          ...(secret ? { 'x-rocketdeck-signature': `sha256=${hmac(secret, `${stamp}.${body}`, 'hex')}` } : {}),
        },
      }
    },
    taken: () => true,
  },
  dingtalk: {
    build(url, secret, notice, _, now, language) {
      const signed = new URL(url)
      if (secret) {
        signed.searchParams.set('timestamp', String(now))
        signed.searchParams.set('sign', hmac(secret, `${now}\n${secret}`, 'base64'))
      }
      const text = [`#### ${noticeTitle(notice, language)}`, ...noticeLines(notice, language)].join('\n\n')
      return {
        url: signed,
        body: json({ msgtype: 'markdown', markdown: { title: noticeTitle(notice, language), text } }),
        headers: {},
      }
    },
    taken: codeIs('errcode'),
  },
  feishu: {
    build(url, secret, notice, _, now, language) {
      const stamp = String(Math.floor(now / 1000))
      const sign = secret ? { timestamp: stamp, sign: hmac(`${stamp}\n${secret}`, '', 'base64') } : {}
      return {
        url,
        body: json({ ...sign, msg_type: 'text', content: { text: chatText(notice, language) } }),
        headers: {},
      }
    },
    taken: codeIs('code'),
  },
  wecom: {
    build: (url, _secret, notice, _delivery, _now, language) => ({
      url,
      body: json({ msgtype: 'text', text: { content: chatText(notice, language) } }),
      headers: {},
    }),
    taken: codeIs('errcode'),
  },
  slack: {
    build: (url, _secret, notice, _delivery, _now, language) => ({
      url,
      body: json({ text: chatText(notice, language) }),
      headers: {},
    }),
    taken: (text) => text.trim() === 'ok',
  },
}

const brief = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, MAX_ANSWER_CHARACTERS)
/** A busy or broken other side may be well again; one that says no will say no again. */
const mayRecover = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429

export const sendOver = async (
  channel: OpenChannel,
  notice: Notice,
  delivery: string,
  options: SendOptions,
): Promise<Sent> => {
  try {
    if (channel.kind === 'mail') return await mail(channel, notice, delivery, options)
    if (channel.url === undefined) return { ok: false, again: false, answer: 'it has no address' }
    const kind = httpKinds[channel.kind]
    const built = kind.build(
      new URL(channel.url),
      channel.secret,
      notice,
      delivery,
      (options.now ?? Date.now)(),
      channel.language,
    )
    const { status, text } = await post(built, options)
    const ok = status >= 200 && status < 300 && kind.taken(text)
    const moved = status >= 300 && status < 400 ? ' (redirects are not followed)' : ''
    return { ok, again: mayRecover(status) || (status < 300 && !ok), answer: brief(`${status}${moved} ${text}`) }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { ok: false, again: !(error instanceof Error && error.name === 'TargetError'), answer: brief(text) }
  }
}

/** Rejects in time; what was under way is the caller's to break off. */
const withinTime = <T>(work: Promise<T>, timeoutMs: number): Promise<T> => {
  let late: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`not sent within ${timeoutMs / 1000} s`)), timeoutMs)
  })
  return Promise.race([work, over]).finally(() => clearTimeout(late))
}

const mail = async (channel: OpenChannel, notice: Notice, delivery: string, options: SendOptions): Promise<Sent> => {
  const { host = '', port = 25, security = 'starttls', user, secret, from, to = [] } = channel
  const target = await checkTarget(host, port, options.hosts, options.resolve)
  const socket = new Socket() // of our own: the library has no way to break a mail off
  const transport = createTransport({
    socket,
    host: target.address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    tls: { servername: target.host },
    name: 'rocketdeck',
    connectionTimeout: SEND_WITHIN_MS,
    greetingTimeout: SEND_WITHIN_MS,
    socketTimeout: SEND_WITHIN_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user ? { auth: { user, pass: secret ?? '' } } : {}),
  })
  try {
    const sending = transport.sendMail({
      from,
      to: [...to],
      subject: noticeTitle(notice, channel.language),
      text: [...noticeLines(notice, channel.language), '', JSON.stringify(notice, null, 2)].join('\n'),
      // Sent again after a lost answer it is the same mail, and mail programs know by this.
      messageId: `<${delivery.replaceAll(':', '.')}@rocketdeck>`,
      headers: { 'x-rocketdeck-delivery': delivery, 'x-rocketdeck-event': notice.event },
    })
    const { response, rejected } = await withinTime(sending, options.mailTimeoutMs ?? SEND_WITHIN_MS)
    return {
      ok: true,
      again: false,
      answer: brief(`${response}${rejected.length > 0 ? `; refused: ${rejected.join(', ')}` : ''}`),
    }
  } catch (error) {
    const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
    // 5xx is a final no, but for a login that an admin is about to correct.
    return {
      ok: false,
      again: code < 500 || code === 535,
      answer: brief(error instanceof Error ? error.message : String(error)),
    }
  } finally {
    transport.close()
    socket.destroy()
  }
}
