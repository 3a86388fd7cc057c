// broker/processor/admin-cold.ts: how much of what is not in memory groups may read: codes 2001 to 2003, and 2004, whether
// the block behind the one that is read is read ahead. What is done about it: session/cold-reads.ts, pull.ts.
import { parseProperties } from '../config/properties-text'
import { RequestCode, ResponseCode } from '../protocol/codes'
import { groupNameFault } from '../protocol/names'
import { answerText, invalid, ok, refuse } from './admin-reply'
import type { AdminParts } from './admin-table'
import type { HandlerTable } from './context'

/** As madvise names them. */
const readModes: Readonly<Record<string, 'true' | 'false'>> = { 0: 'true', 1: 'false' }

export const coldHandlers = ({ config }: AdminParts): HandlerTable => ({
  [RequestCode.UPDATE_COLD_DATA_FLOW_CTR_CONFIG]: (request, connection, broker) => {
    const asked = [...parseProperties(request.body.toString('utf8'))].map(([group, text]) => {
      const fault = groupNameFault(group)
      if (fault !== null) throw invalid(fault)
      if (!/^\d{1,15}$/.test(text))
        throw invalid(`the threshold of ${group} is no number of bytes: ${text.slice(0, 40)}`)
      return [group, Number(text)] as const
    })
    for (const [group, sizeBytes] of asked) {
      if (!broker.coldReads.setThreshold(group, sizeBytes))
        throw invalid('there are thresholds of 10000 groups already')
      broker.log('info', `${connection.remoteAddress} set how much ${group} may read from disk: ${sizeBytes} bytes`)
    }
    return ok()
  },

  [RequestCode.REMOVE_COLD_DATA_FLOW_CTR_CONFIG]: (request, _connection, broker) => {
    broker.coldReads.removeThreshold(request.body.toString('utf8'))
    return ok()
  },

  [RequestCode.GET_COLD_DATA_FLOW_CTR_INFO]: (_request, _connection, broker) => {
    const { thresholds, groups, sumBytes } = broker.coldReads
    const runtimeTable = [...groups].map(([group, { sumBytes: coldAcc, beganMs, lastReadMs }]) => [
      group,
      { coldAcc, createTimeMills: beganMs, lastColdReadTimeMills: lastReadMs },
    ])
    const { cgColdReadThreshold, globalColdReadThreshold } = config.values
    const body = {
      // in Apache's order: the tool prints it as it comes
      runtimeTable: Object.fromEntries(runtimeTable),
      configTable: Object.fromEntries(thresholds),
      cgColdReadThreshold,
      globalColdReadThreshold,
      globalAcc: sumBytes,
    }
    return answerText(JSON.stringify(body))
  },

  [RequestCode.SET_COMMITLOG_READ_MODE]: async (request) => {
    const mode = request.ext.READ_AHEAD_MODE
    if (mode === undefined || !/^-?\d{1,9}$/.test(mode)) {
      return refuse(ResponseCode.SYSTEM_ERROR, 'set commitlog readahead mode failed')
    }
    const readsAhead = readModes[mode]
    if (readsAhead === undefined) throw invalid('set commitlog readahead mode param value error')
    await config.update(new Map([['dataReadAheadEnable', readsAhead]]))
    return { ...ok(), remark: `set commitlog readahead mode success, mode: ${mode}` }
  },
})
