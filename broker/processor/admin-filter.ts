// broker/processor/admin-filter.ts: filter scripts of consumer groups are uploaded, removed and shown: requests of ours. They
// never run in this thread.
import { type FilterScript, scriptLimits } from '../filter/script-types'
import { filterScriptList, filterScriptVerdict } from '../protocol/bodies-admin'
import { OwnRequestCode, ResponseCode } from '../protocol/codes'
import { readHeader } from '../protocol/header-table'
import {
  filterScriptsHeader,
  groupHeader,
  setFilterScriptHeader,
  tryFilterScriptHeader,
} from '../protocol/headers-admin'
import { answer, invalid, ok, refuse } from './admin-reply'
import type { BrokerContext, HandlerTable } from './context'

export const filterScriptHandlers = (): HandlerTable => ({
  [OwnRequestCode.SET_FILTER_SCRIPT]: async (request, _connection, broker) => {
    const {
      group,
      onFault,
      timeLimitMs = scriptLimits.timeLimitMs.usual,
      replaces,
    } = readHeader(setFilterScriptHeader, request.ext)
    const { groups, filterScripts, scripts, clock } = broker
    if (onFault !== 'open' && onFault !== 'closed') throw invalid(`<onFault> is open or closed: ${onFault}`)
    mustBeWithin(timeLimitMs, request.body.length)
    const source = request.body.toString('utf8')
    const answered = (): ReturnType<typeof refuse> | undefined => {
      if (groups.peek(group) === undefined) return noGroup(group)
      const kept = filterScripts.get(group)
      const held = kept?.updatedAtMs ?? 0
      if (replaces !== undefined && replaces !== held) {
        // a slave may have it of its master by now
        if (kept?.source === source && kept.onFault === onFault && kept.timeLimitMs === timeLimitMs) return ok()
        const remark = `the filter script of ${group} was changed meanwhile (${held}, not ${replaces}): read it again`
        return refuse(ResponseCode.SUBSCRIPTION_NOT_LATEST, remark)
      }
      if (held > 0 || filterScripts.size < scriptLimits.scripts) return undefined
      throw invalid(`this broker has ${scriptLimits.scripts} filter scripts already: remove one first`)
    }
    const before = answered()
    if (before !== undefined) return before
    const fault = await scripts.faultOf(group, source, timeLimitMs)
    if (fault !== undefined) {
      return refuse(ResponseCode.SUBSCRIPTION_PARSE_FAILED, `the filter script cannot be used: ${fault}`)
    }
    // others may have been here while it was tried
    const meanwhile = answered()
    if (meanwhile !== undefined) return meanwhile
    const replaced = filterScripts.get(group)?.updatedAtMs ?? 0
    filterScripts.set({ group, source, onFault, timeLimitMs, updatedAtMs: Math.max(clock(), replaced + 1) })
    await filterScripts.saved()
    return ok()
  },

  /** Judges a record that is sent with it: nothing is kept, and no group's figures move. */
  [OwnRequestCode.TRY_FILTER_SCRIPT]: async (request, _connection, { groups, scripts }) => {
    const {
      group,
      timeLimitMs = scriptLimits.timeLimitMs.usual,
      sourceBytes,
    } = readHeader(tryFilterScriptHeader, request.ext)
    if (groups.peek(group) === undefined) return noGroup(group)
    mustBeWithin(timeLimitMs, sourceBytes)
    const record = request.body.subarray(sourceBytes)
    if (record.length === 0) throw invalid('there is no message behind the filter script')
    const source = request.body.toString('utf8', 0, sourceBytes)
    const trial = await scripts.tryOn(group, source, timeLimitMs, record)
    return 'fault' in trial
      ? answer(filterScriptVerdict, { verdict: 'fault', fault: trial.fault })
      : answer(filterScriptVerdict, { verdict: trial.passes ? 'passed' : 'left-out', fault: '' })
  },

  [OwnRequestCode.REMOVE_FILTER_SCRIPT]: async (request, _connection, broker) => {
    const { group } = readHeader(groupHeader, request.ext)
    if (!removeScript(broker, group)) {
      return refuse(ResponseCode.QUERY_NOT_FOUND, `group ${group} has no filter script at this broker`)
    }
    await broker.filterScripts.saved()
    return ok()
  },

  [OwnRequestCode.GET_FILTER_SCRIPTS]: (request, _connection, { filterScripts, scripts }) => {
    const { group } = readHeader(filterScriptsHeader, request.ext)
    const wanted = [...filterScripts.all()].filter((script) => group === undefined || script.group === group)
    return answer(filterScriptList, { scripts: wanted.map((script) => shown(script, scripts)) })
  },
})

const noGroup = (group: string) =>
  refuse(ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST, `there is no group ${group}: create it first`)

const mustBeWithin = (timeLimitMs: number, sourceBytes: number): void => {
  const { least, most } = scriptLimits.timeLimitMs
  if (timeLimitMs < least || timeLimitMs > most) {
    throw invalid(`<timeLimitMs> must be from ${least} to ${most}: ${timeLimitMs}`)
  }
  if (sourceBytes < 1 || sourceBytes > scriptLimits.sourceBytes) {
    throw invalid(`a filter script takes 1 to ${scriptLimits.sourceBytes} bytes: ${sourceBytes}`)
  }
}

const shown = (script: FilterScript, scripts: BrokerContext['scripts']) => {
  const { passed, leftOut, faults, lastFault, lastFaultAtMs, restsUntilMs } = scripts.figures(script)
  return { ...script, passed, leftOut, faults, lastFault, lastFaultAtMs, restsUntilMs }
}

/** Whether there was one. */
export function removeScript({ filterScripts, scripts }: BrokerContext, group: string): boolean {
  scripts.forget(group)
  return filterScripts.remove(group)
}
