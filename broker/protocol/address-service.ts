// broker/protocol/address-service.ts: the paths at which clients ask over HTTP which name servers there are, and the form of
// the answer: `ip:port;ip:port`. Nothing here opens a socket.

/** Which unit's name servers a path asks for; undefined: it asks for something else. */
export function unitAsked(url: string | undefined): { readonly unit: string | undefined } | undefined {
  const path = (url ?? '').split('?', 1)[0] ?? ''
  const found = /^\/rocketmq\/(?:nsaddr4client-(?:internal|internet)|nsaddr(?:-([^/]+))?)\/?$/.exec(path)
  if (found === null) return undefined
  return { unit: found[1] === undefined ? undefined : decoded(found[1]) }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An address that stands for every interface is of no use to others: they get the one they asked. */
export const reachableFrom = (askedAddress: string | undefined, addresses: readonly string[]): string => {
  const host = (askedAddress ?? '127.0.0.1').replace(/^::ffff:/, '')
  const shown = host.includes(':') ? `[${host}]` : host
  return addresses.map((one) => one.replace(/^(0\.0\.0\.0|\[?::\]?):(?=\d+$)/, `${shown}:`)).join(';')
}
