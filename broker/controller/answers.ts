// broker/controller/answers.ts: what a controller answers, a row per request code. Texts are Apache's.
import { parseProperties } from '../config/properties-text'
import type { Reply } from '../net/types'
import { readBody, writeBody } from '../protocol/bodies'
import {
  brokerNames,
  electMasterBody,
  type ReplicasInfo,
  replicasInfoBody,
  syncStateSetBody,
} from '../protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command } from '../protocol/command'
import { readHeader, writeHeader } from '../protocol/header-table'
import * as headers from '../protocol/headers-controller'
import { brokerHeartbeatHeader } from '../protocol/headers-namesrv'
import type { Answer, ControllerState } from './open'
import { ControllerError, type ReplicaGroup } from './replicas'

const success: Reply = { code: ResponseCode.SUCCESS }
const defaultTimeoutMs = 10_000
const neverChanged = ['configBlackList', 'configStorePath', 'rocketmqHome']
/** One controller is its own group, as mqadmin shows it. */
const onlyOne = 'n0'

export function controllerAnswers(state: ControllerState): ReadonlyMap<number, Answer> {
  /** These tell nothing that is remembered. */
  const always: Readonly<Record<number, Answer>> = {
    [RequestCode.BROKER_HEARTBEAT]: (request, connection) => {
      const beat = readHeader(brokerHeartbeatHeader, request.ext)
      if (beat.brokerId === undefined) {
        return { code: ResponseCode.CONTROLLER_INVALID_REQUEST, remark: 'Heart beat with empty brokerId' }
      }
      // whom nobody registered cannot be elected, and is not remembered: anybody may send a heartbeat
      const isKnown = state.groups.find(beat.brokerName)?.replicas.has(beat.brokerId) === true
      if (!isKnown) return { code: ResponseCode.SUCCESS, remark: 'Heart beat success' }
      state.lives.heard(
        {
          brokerName: beat.brokerName,
          brokerId: beat.brokerId,
          address: beat.brokerAddr,
          timeoutMs: beat.heartbeatTimeoutMills ?? defaultTimeoutMs,
          epoch: beat.epoch ?? -1,
          maxOffset: beat.maxOffset ?? -1,
          electionPriority: beat.electionPriority ?? 0x7fff_ffff,
        },
        connection,
      )
      return { code: ResponseCode.SUCCESS, remark: 'Heart beat success' }
    },
    [RequestCode.CONTROLLER_GET_METADATA_INFO]: () => {
      const ext = writeHeader(headers.controllerMetadataReply, {
        group: 'rocketdeck',
        controllerLeaderId: onlyOne,
        controllerLeaderAddress: state.options.address,
        isLeader: true,
        peers: `${onlyOne}-${state.options.address}`,
      })
      return { code: ResponseCode.SUCCESS, ext }
    },
    [RequestCode.GET_CONTROLLER_CONFIG]: () => ({
      code: ResponseCode.SUCCESS,
      body: Buffer.from(state.options.settingsText(), 'utf8'),
    }),
    [RequestCode.UPDATE_CONTROLLER_CONFIG]: async ({ body }) => {
      const changes = parseProperties(body.toString('utf8'))
      const { configBlackList } = state.options.settings
      const blackList = [...neverChanged, ...(configBlackList ?? '').split(';')]
      if (blackList.some((key) => changes.has(key))) {
        return { code: ResponseCode.NO_PERMISSION, remark: 'Can not update config in black list.' }
      }
      await state.options.changeSettings(changes)
      return success
    },
  }
  /** These are answered from what is in the file: what was decided and could not be written is told to nobody. */
  const remembered: Readonly<Record<number, Answer>> = {
    [RequestCode.CONTROLLER_GET_NEXT_BROKER_ID]: ({ ext }) => {
      const { clusterName, brokerName } = readHeader(headers.nextBrokerIdHeader, ext)
      const nextBrokerId = state.groups.nextBrokerId(brokerName)
      return ok(writeHeader(headers.nextBrokerIdReply, { clusterName, brokerName, nextBrokerId }))
    },
    [RequestCode.CONTROLLER_APPLY_BROKER_ID]: async ({ ext }) => {
      const asked = readHeader(headers.applyBrokerIdHeader, ext)
      const { clusterName, brokerName, appliedBrokerId, registerCheckCode } = asked
      if (state.groups.applyBrokerId(clusterName, brokerName, appliedBrokerId, registerCheckCode)) await state.saved()
      return ok(writeHeader(headers.applyBrokerIdReply, { clusterName, brokerName }))
    },
    [RequestCode.CONTROLLER_REGISTER_BROKER]: (request) => register(state, request),
    [RequestCode.CONTROLLER_ELECT_MASTER]: (request) => elect(state, request),
    [RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET]: async (request) => {
      const { brokerName, masterBrokerId, masterEpoch } = readHeader(headers.alterSyncStateSetHeader, request.ext)
      const wanted = readBody(syncStateSetBody, request.body)
      state.groups.alterSyncStateSet(brokerName, masterBrokerId, masterEpoch, wanted)
      await state.saved()
      const group = state.groups.need(brokerName, ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED)
      state.options.log('info', `${brokerName}: in sync are ${[...group.syncStateSet].join(', ')}`)
      const ext = writeHeader(headers.alterSyncStateSetReply, { newSyncStateSetEpoch: group.syncStateSetEpoch })
      return { code: ResponseCode.SUCCESS, ext, body: setOf(group) }
    },
    [RequestCode.CONTROLLER_GET_REPLICA_INFO]: ({ ext }) => {
      const { brokerName } = readHeader(headers.replicaInfoHeader, ext)
      const group = state.groups.need(brokerName, ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST)
      return { code: ResponseCode.SUCCESS, ext: masterOf(group), body: setOf(group) }
    },
    [RequestCode.CONTROLLER_GET_SYNC_STATE_DATA]: ({ body }) => {
      const names = body.length === 0 ? [] : readBody(brokerNames, body)
      const rows = names.flatMap((name) => {
        const group = state.groups.find(name)
        return group === undefined ? [] : [[name, replicasOf(state, group)] as const]
      })
      return { code: ResponseCode.SUCCESS, body: writeBody(replicasInfoBody, { replicasInfoTable: new Map(rows) }) }
    },
    [RequestCode.CLEAN_BROKER_DATA]: (request) => clean(state, request),
  }
  const afterKept =
    (answer: Answer): Answer =>
    async (request, connection) => {
      await state.kept()
      return answer(request, connection)
    }
  const told = Object.entries(remembered).map(([code, answer]) => [code, afterKept(answer)] as const)
  return new Map([...Object.entries(always), ...told].map(([code, answer]) => [Number(code), refusing(answer)]))
}

/** What a controller refuses has a code of its own. */
const refusing =
  (answer: Answer): Answer =>
  async (request, connection) => {
    try {
      return await answer(request, connection)
    } catch (error) {
      if (error instanceof ControllerError) return { code: error.code, remark: error.message }
      throw error
    }
  }

const ok = (ext: Reply['ext']): Reply => ({ code: ResponseCode.SUCCESS, ...(ext === undefined ? {} : { ext }) })

const masterOf = ({ clusterName, brokerName, masterId, masterEpoch, syncStateSetEpoch, replicas }: ReplicaGroup) =>
  writeHeader(headers.masterReply, {
    clusterName,
    brokerName,
    masterBrokerId: masterId,
    masterAddress: masterId === undefined ? undefined : replicas.get(masterId)?.address,
    masterEpoch,
    syncStateSetEpoch,
  })
const setOf = ({ syncStateSet, syncStateSetEpoch }: ReplicaGroup): Buffer =>
  writeBody(syncStateSetBody, { syncStateSet: [...syncStateSet], syncStateSetEpoch }, 'standard')

/**
 * A broker that starts. Was it the master, its process has ended since: whoever else of the in-sync set is alive holds all
 * that was acknowledged for certain, it may have lost its newest part with its power. Have all of them, the longest log counts.
 */
async function register(state: ControllerState, request: Command): Promise<Reply> {
  const { brokerName, brokerId, brokerAddress } = readHeader(headers.registerReplicaHeader, request.ext)
  if (state.groups.register(brokerName, brokerId, brokerAddress)) await state.saved()
  const group = state.groups.need(brokerName, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED)
  state.registered(brokerName, brokerId)
  if (group.masterId === brokerId) await state.elect({ brokerName })
  const { clusterName } = group
  const ext = state.isLed(brokerName) ? masterOf(group) : writeHeader(headers.masterReply, { clusterName, brokerName })
  return { code: ResponseCode.SUCCESS, ext, body: setOf(group) }
}

async function elect(state: ControllerState, request: Command): Promise<Reply> {
  const { brokerName, brokerId, designateElect } = readHeader(headers.electMasterHeader, request.ext)
  const asked = brokerId < 0 ? undefined : brokerId
  const elected = await state.elect({ brokerName, brokerId: asked, designated: designateElect && asked !== undefined })
  const group = state.groups.need(brokerName, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED)
  if (elected === 'nobody') {
    return asked === undefined
      ? {
          code: ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE,
          remark: 'Old master has down and failed to elect a new broker master',
        }
      : { code: ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, remark: 'Failed to elect a new master' }
  }
  const brokerAddrs = new Map([...group.replicas].map(([id, { address }]) => [id, address]))
  const members = { brokerAddrs, brokerName, cluster: group.clusterName }
  const body = writeBody(
    electMasterBody,
    { syncStateSet: [...group.syncStateSet], ...(elected === 'new' ? { brokerMemberGroup: members } : {}) },
    'standard',
  )
  if (elected === 'new') return { code: ResponseCode.SUCCESS, ext: masterOf(group), body }
  const remark = `The old master ${group.masterId} is still alive, not need to elect new master for broker ${brokerName}`
  return { code: ResponseCode.CONTROLLER_MASTER_STILL_EXIST, remark, ext: masterOf(group), body }
}

function replicasOf({ lives }: ControllerState, group: ReplicaGroup): ReplicasInfo {
  const { brokerName, masterId, masterEpoch, replicas, syncStateSet, syncStateSetEpoch } = group
  const rows = [...replicas].map(([brokerId, { address }]) => ({
    alive: lives.get(brokerName, brokerId) !== undefined,
    brokerAddress: address,
    brokerId,
    brokerName,
  }))
  return {
    inSyncReplicas: rows.filter(({ brokerId }) => syncStateSet.has(brokerId)),
    notInSyncReplicas: rows.filter(({ brokerId }) => !syncStateSet.has(brokerId)),
    ...(masterId === undefined ? {} : { masterBrokerId: masterId }),
    ...(masterId === undefined ? {} : { masterAddress: replicas.get(masterId)?.address ?? '' }),
    masterEpoch,
    syncStateSetEpoch,
  }
}

async function clean(state: ControllerState, request: Command): Promise<Reply> {
  const asked = readHeader(headers.cleanBrokerDataHeader, request.ext)
  const { brokerName, brokerControllerIdsToClean = '', isCleanLivingBroker } = asked
  const invalid = ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA
  const texts = brokerControllerIdsToClean.split(';').filter((one) => one.trim() !== '')
  const bad = texts.find((one) => !/^\s*\d{1,15}\s*$/.test(one))
  if (bad !== undefined) {
    const remark = `Please set the option <brokerControllerIdsToClean> according to the format, exception: ${bad}`
    return { code: invalid, remark }
  }
  const ids = texts.length === 0 ? undefined : new Set(texts.map(Number))
  if (!isCleanLivingBroker) {
    const group = state.groups.find(brokerName)
    if (ids === undefined && group?.masterId !== undefined) {
      return { code: invalid, remark: `Broker ${brokerName} is still alive, clean up failure` }
    }
    const alive = [...(ids ?? [])].find((id) => state.lives.get(brokerName, id) !== undefined)
    if (alive !== undefined) {
      return { code: invalid, remark: `Broker [${brokerName},  ${alive}] is still alive, clean up failure` }
    }
  }
  state.groups.clean(brokerName, ids)
  for (const id of ids ?? []) state.lives.forget(brokerName, id)
  await state.saved()
  return success
}
