// broker/protocol/errors.ts: what can be wrong with bytes or text that came from outside. The fault is for code, the
// message for people; it never quotes more than a short piece of what was sent.

export type ProtocolFault =
  | 'truncated' //  fewer bytes than a length promised
  | 'bad-frame' //  a length or header form that cannot be
  | 'bad-header' // a header that is neither JSON nor binary as agreed
  | 'bad-field' //  a custom field that is missing or of the wrong kind
  | 'bad-body' //   a body that does not read as what the request asks for
  | 'bad-record' // a stored record that contradicts itself
  | 'bad-id' //     a message id that is none
  | 'bad-name' //   a topic or group name that is not allowed
  | 'too-large' //  a value that does not fit its place on the wire

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly fault: ProtocolFault
  constructor(fault: ProtocolFault, text: string, options?: ErrorOptions) {
    super(text, options)
    this.fault = fault
  }
}

/** A short, printable piece of what was sent, for an error text. */
export const excerpt = (text: string, maxLength = 80): string => {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a log
  return cut.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
}
