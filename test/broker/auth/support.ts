// test/broker/auth/support.ts: requests as the wire brings them, signed or not.
import type { Command, ExtFields } from '../../../broker/protocol/command'
import { sign } from '../../../broker/protocol/signature'

export const request = (code: number, ext: ExtFields = {}, body = '', version = 513): Command => ({
  code,
  language: 'JAVA',
  version,
  opaque: 1,
  flag: 0,
  remark: null,
  ext: { ...ext },
  body: Buffer.from(body),
  form: 0,
})
export const signed = (accessKey: string, secretKey: string, given: Command, securityToken?: string): Command => {
  const ext = { ...given.ext }
  sign({ accessKey, secretKey, ...(securityToken === undefined ? {} : { securityToken }) }, ext, given.body)
  return { ...given, ext }
}
