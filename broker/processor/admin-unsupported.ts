// broker/processor/admin-unsupported.ts: requests of Apache's tools for what this broker does not have, each with the
// reason. The code and the start of the remark are those of a broker that lacks the request.
import { ResponseCode } from '../protocol/codes'
import { refuse } from './admin-reply'
import type { Handler, HandlerTable } from './context'

const reasons: Readonly<Record<string, readonly number[]>> = {
  'there is no RocksDB in this broker': [354, 355, 5001, 200056],
  'the filter classes of RocketMQ 4 are gone since 5.0: upload a filter script for the group (in the console, or by request 9101), or filter by tags or SQL92':
    [301, 302],
  'lite topics are not supported': [200070, 200071, 200072, 200074, 200075, 200076, 200077, 200078, 200079],
  'a broker is started as a part of its own, not inside a container': [902, 903],
}

export const unsupportedHandlers = (): HandlerTable => {
  const table: Record<number, Handler> = {}
  for (const [reason, codes] of Object.entries(reasons)) {
    for (const code of codes) {
      const remark = ` request type ${code} not supported: ${reason}`
      table[code] = () => refuse(ResponseCode.REQUEST_CODE_NOT_SUPPORTED, remark)
    }
  }
  return table
}
